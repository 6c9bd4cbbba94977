"""Mistakes in a rule: marked at their fields, counted, and focused one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wxdesk.core.rules.faults import RuleFault
from wxdesk.i18n import tr
from wxdesk.ui.rules.editor.head import RuleEditorHead
from wxdesk.ui.rules.editor.places import FaultLocator


class FaultCard(Protocol):
    """Part of the editor that marks its own faults."""

    def show_faults(self, faults: Sequence[RuleFault], /) -> None:
        """Mark the faults that belong to this card, and nothing else."""
        ...


class RuleMistakes:
    """Mistakes that are shown now."""

    def __init__(self, head: RuleEditorHead, cards: Sequence[FaultCard], places: FaultLocator) -> None:
        self._head = head
        self._cards = cards
        self._places = places
        self._shown: tuple[RuleFault, ...] = ()
        self._at = -1

    def show(self, faults: Sequence[RuleFault]) -> None:
        """Mark each at its field, and show their number."""
        if self._shown != tuple(faults):
            self._shown, self._at = tuple(faults), -1
        self._head.show_error(next((tr(fault.reason) for fault in faults if fault.where == ("name",)), ""))
        for card in self._cards:
            card.show_faults(faults)
        self._head.show_mistakes(len(faults))

    def go_on(self) -> None:
        """Focus the next mistake, beginning with the first one."""
        if self._shown:
            self._at = (self._at + 1) % len(self._shown)
            self._places.show(self._shown[self._at])
