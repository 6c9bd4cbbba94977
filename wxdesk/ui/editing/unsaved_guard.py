"""Guard that settles unsaved changes before an action goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.rules.faults import RuleFault
from wxdesk.core.templates import TemplateFault
from wxdesk.i18n import tr
from wxdesk.ui.editing.leave_dialog import LeaveDialog


class GuardedEditor(Protocol):
    """Editor that can have unsaved changes."""

    def judged(self) -> tuple[str, RuleFault | TemplateFault | None]:
        """Return the record's name, and the fault that keeps it from being saved, if any."""
        ...

    @property
    def unsaved(self) -> bool:
        """True if leaving the editor would lose changes."""
        ...

    def save(self) -> bool:
        """Ask to store the record; return True if asked."""
        ...

    def revert(self) -> None:
        """Go back to what is stored."""
        ...


class UnsavedGuard(QObject):
    """Asks over `page` to save, discard or stay, and then runs the pending action.

    Signals:
        stayed: the pending action was given up.
    """

    stayed = Signal()

    def __init__(self, page: QWidget, draft: GuardedEditor) -> None:
        super().__init__(page)
        self._page = page
        self._draft = draft
        self._then: Callable[[], None] | None = None

    @property
    def waits(self) -> bool:
        """True while an action is pending until the record is saved."""
        return self._then is not None

    def ask(self, then: Callable[[], None]) -> None:
        """Ask the operator, then call `then` unless they stay; one question at a time."""
        window = self._page.window()
        if any(asking.isVisible() for asking in window.findChildren(LeaveDialog)):
            return
        self._then = then
        name, fault = self._draft.judged()
        why = tr("It cannot be saved as it is: {reason}", reason=tr(fault.reason)) if fault else ""
        LeaveDialog(window, name, why).ask(self._save, self._discard, self.stay)

    def stay(self) -> None:
        """Give up the pending action."""
        self._then = None
        self.stayed.emit()

    def go_on(self) -> None:
        """Run the pending action after saving, or ask again if there are newer changes."""
        then, self._then = self._then, None
        if then is None:
            return
        if self._draft.unsaved:
            self.ask(then)
        else:
            then()

    def _save(self) -> None:
        if self._draft.save():
            return
        if self._draft.unsaved:
            self.stay()  # it has become such that it cannot be saved
        else:
            self.go_on()  # what is stored has become the same

    def _discard(self) -> None:
        then, self._then = self._then, None
        self._draft.revert()
        if then is not None:
            then()
