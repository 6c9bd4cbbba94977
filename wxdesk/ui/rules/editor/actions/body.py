"""Base class of the fields of an action."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Action
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.i18n import tr


class ActionBody(QWidget):
    """Fields of one action.

    Signals:
        changed: the action has changed.
    """

    changed = Signal()

    def action(self) -> Action:
        """Return the action as written."""
        raise NotImplementedError

    def start(self) -> None:
        """Focus the first field."""
        self.setFocus()

    def place(self, where: FieldPath, line: int) -> QWidget | None:
        """Return the field for a path inside the action, or None; `line`: see `RuleFault`."""
        return None

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show all faults; most actions have room for one only."""
        first = next(iter(faults), None)
        self.show_fault(first, tr(first.reason) if first else "")

    def show_fault(self, fault: RuleFault | None, reason: str) -> None:
        """Show a fault; None clears it."""

    def show_groups(self, names: Iterable[str]) -> None:
        """Take over the named groups of the rule's patterns."""
