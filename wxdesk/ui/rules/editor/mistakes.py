"""Mistakes in a rule, told apart from what is merely unfinished."""

from collections.abc import Sequence
from typing import Protocol

from wxdesk.core.model.rule import Condition, Rule
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.i18n import tr
from wxdesk.ui.rules.editor.actions.bodies import empty_action
from wxdesk.ui.rules.editor.conditions.table import is_empty
from wxdesk.ui.rules.editor.head import RuleEditorHead
from wxdesk.ui.rules.editor.places import FaultLocator


class FaultCard(Protocol):
    """Part of the editor that marks its own faults."""

    def show_faults(self, faults: Sequence[RuleFault], /) -> None:
        """Mark the faults that belong to this card, and nothing else."""


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


def is_unfinished(fault: RuleFault, rule: Rule) -> bool:
    """Return True for mere lacks: name, condition, action, or its empty fields."""
    if fault.where in (("name",), ("when",), ("then",)):
        return True
    if fault.where[0] == "when" and _is_empty_condition(rule.when, fault.where):
        return True
    at = fault.where[1] if fault.where[0] == "then" else None
    return isinstance(at, int) and rule.then[at] == empty_action(rule.then[at].kind)


def _is_empty_condition(when: Condition, where: FieldPath) -> bool:
    """Return True if a condition that was just added is still empty."""
    if where[1:2] == ("not",):
        return when.unless is not None and _is_empty_condition(when.unless, where[1:])
    return len(where) > 1 and is_empty(when, str(where[1]))
