"""Base class of the fields of an action."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Action
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.i18n import tr
from wxdesk.ui.rules.editor.conditions.parts import error_label


class ActionBody(QWidget):
    """Fields of one action; `_only` is the one that is focused and blamed.

    Where `_error` stands, a subclass says.

    Signals:
        changed: the action has changed.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._only: QWidget | None = None
        self._error = error_label(self)

    def action(self) -> Action:
        """Return the action as written."""
        raise NotImplementedError

    def start(self) -> None:
        """Focus the first field."""
        (self._only or self).setFocus()

    def place(self, where: FieldPath, line: int) -> QWidget | None:
        """Return the field for a path inside the action, or None; `line`: see `RuleFault`."""
        return self._only

    def show_faults(self, faults: Sequence[RuleFault]) -> None:
        """Show all faults; most actions have room for one only."""
        first = next(iter(faults), None)
        self.show_fault(first, tr(first.reason) if first else "")

    def show_fault(self, fault: RuleFault | None, reason: str) -> None:
        """Show a fault below the fields; None clears it."""
        self._error.show_if_any(reason)

    def show_groups(self, names: Iterable[str]) -> None:
        """Take over the named groups of the rule's patterns."""
