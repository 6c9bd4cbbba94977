"""Guard that settles unsaved changes before an action goes on, and its dialog."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.editing.record_editor import RecordEditor
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import NarrowDialog
from wxdesk.ui.widgets.labels import PlainLabel

DISCARDED = 2
"""Result of the dialog besides Qt's own two: neither accepted nor rejected."""


class UnsavedGuard(QObject):
    """Asks over `page` to save, discard or stay, and then runs the pending action.

    Signals:
        stayed: the pending action was given up.
    """

    stayed = Signal()

    def __init__(self, page: QWidget, draft: RecordEditor[Any]) -> None:
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
        name, reason = self._draft.judged()
        why = tr("It cannot be saved as it is: {reason}", reason=reason) if reason else ""
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


class LeaveDialog(NarrowDialog):
    """Dialog with save, discard and stay; Enter alone stays, so nothing is lost.

    `why` says why the changes cannot be saved as they are; empty where they can.
    """

    def __init__(self, parent: QWidget, name: str, why: str = "") -> None:
        super().__init__(parent, tr("Unsaved changes"))
        self.stay = Button(tr("Stay"), parent=self)
        self.discard = Button(tr("Discard"), kind=ButtonKind.DANGER, parent=self)
        self.save = Button(tr("Save"), kind=ButtonKind.PRIMARY, parent=self)
        self.save.setEnabled(not why)
        self._discard: Callable[[], None] | None = None
        self.stay.clicked.connect(self.reject)
        self.discard.clicked.connect(self._discard_now)
        self.save.clicked.connect(self.accept)
        text = why or tr("What you wrote is not used until it is saved.")
        words = PlainLabel(text, role="failed" if why else "secondary", wrap=True, parent=self)
        buttons = hbox(self.discard, STRETCH, self.stay, self.save, spacing=8)
        self._lay_out(tr("Save the changes to “{name}”?", name=name), words, 4, buttons)
        self.stay.setDefault(True)
        self.stay.setFocus()

    def ask(self, save: Callable[[], None], discard: Callable[[], None], stay: Callable[[], None]) -> None:
        """Show the question; returns at once."""
        self.accepted.connect(save)
        self.rejected.connect(stay)
        self._discard = discard
        self.open()

    def _discard_now(self) -> None:
        self.done(DISCARDED)
        if self._discard is not None:
            self._discard()
