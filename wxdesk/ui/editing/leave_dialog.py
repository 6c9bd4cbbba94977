"""Dialog about unsaved changes: save, discard or stay."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.widgets.boxes import STRETCH, hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import NarrowDialog
from wxdesk.ui.widgets.labels import PlainLabel

DISCARDED = 2
"""Result of the dialog besides Qt's own two: neither accepted nor rejected."""


class LeaveDialog(NarrowDialog):
    """Dialog with save, discard and stay; Enter alone stays, so nothing is lost.

    `why` says why the changes cannot be saved as they are; empty where they can.
    """

    def __init__(self, parent: QWidget, name: str, why: str = "") -> None:
        super().__init__(parent, tr("Unsaved changes"))
        self.stay = Button(tr("Stay"), parent=self, then=self.reject)
        self.discard = Button(tr("Discard"), kind=ButtonKind.DANGER, parent=self, then=partial(self.done, DISCARDED))
        self.save = Button(tr("Save"), kind=ButtonKind.PRIMARY, parent=self, then=self.accept)
        self.save.setEnabled(not why)
        text = why or tr("What you wrote is not used until it is saved.")
        words = PlainLabel(text, role="failed" if why else "secondary", wrap=True, parent=self)
        buttons = hbox(self.discard, STRETCH, self.stay, self.save, spacing=8)
        self._lay_out(tr("Save the changes to “{name}”?", name=name), words, 4, buttons)
        self.stay.setDefault(True)
        self.stay.setFocus()

    def ask(self, save: Callable[[], None], discard: Callable[[], None], stay: Callable[[], None]) -> None:
        """Show the question; returns at once."""
        self._answers = (stay, save, discard)  # by the dialog's result
        self.finished.connect(self._act)
        self.open()

    def _act(self, result: int) -> None:
        self._answers[result]()
