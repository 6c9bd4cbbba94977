"""What the insides of all actions have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.rule import Action
from wxdesk.core.rules.faults import Fault, Place
from wxdesk.i18n import tr


class ActionBody(QWidget):
    """The inside of one action.

    Signals:
        changed: it says something else now.
    """

    changed = Signal()

    def action(self) -> Action:
        """What it says."""
        raise NotImplementedError

    def start(self) -> None:
        """Give it the keyboard."""
        self.setFocus()

    def place(self, where: Place, line: int) -> QWidget | None:
        """The widget that a path inside the action is about; None where it has no field. `line`: see `Fault`."""
        return None

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Say all that is wrong with it; most have a place for one thing only."""
        first = next(iter(faults), None)
        self.show_fault(first, tr(first.reason) if first else "")

    def show_fault(self, fault: Fault | None, reason: str) -> None:
        """Say what is wrong with it; None takes that away."""

    def show_groups(self, names: Iterable[str]) -> None:
        """Tell it which named groups the rule's patterns have."""
