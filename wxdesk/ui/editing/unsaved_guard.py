"""Something that waits until the operator has decided about what he has not saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.rules.faults import Fault
from wxdesk.core.templates import TemplateFault
from wxdesk.i18n import tr
from wxdesk.ui.editing.leave_dialog import LeaveDialog


class Draft(Protocol):
    """An editor in which something stands that is not saved."""

    def judged(self) -> tuple[str, Fault | TemplateFault | None]:
        """What it is called, and what keeps it from being saved."""
        ...

    @property
    def unsaved(self) -> bool:
        """Whether something would be lost."""
        ...

    def save(self) -> bool:
        """Ask for it to be stored; tells whether it did."""
        ...

    def revert(self) -> None:
        """Go back to what is stored."""
        ...


class Leaving(QObject):
    """Asks over `page` whether to save, to discard or to stay, and remembers what was to happen then.

    Signals:
        stayed: nothing is to happen any more.
    """

    stayed = Signal()

    def __init__(self, page: QWidget, draft: Draft) -> None:
        super().__init__(page)
        self._page = page
        self._draft = draft
        self._then: Callable[[], None] | None = None

    @property
    def waits(self) -> bool:
        """Whether something is to happen once it is saved."""
        return self._then is not None

    def ask(self, then: Callable[[], None]) -> None:
        """Let the operator decide; `then` follows unless he stays. While he is asked, nothing else is."""
        window = self._page.window()
        if any(asking.isVisible() for asking in window.findChildren(LeaveDialog)):
            return
        self._then = then
        name, fault = self._draft.judged()
        why = tr("It cannot be saved as it is: {reason}", reason=tr(fault.reason)) if fault else ""
        LeaveDialog(window, name, why).ask(self._save, self._discard, self.stay)

    def stay(self) -> None:
        """Nothing is to happen any more."""
        self._then = None
        self.stayed.emit()

    def go_on(self) -> None:
        """It has been saved: let happen what was to happen, or ask again about what was written since."""
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
