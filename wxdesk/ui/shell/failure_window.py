"""The window that shows why the desk cannot open, where nobody sees stderr."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut

from wxdesk.i18n import explain, tr
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import AT_TOP, STRETCH, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import WIDTH
from wxdesk.ui.widgets.dialogs.file_jobs import ask_for_backup
from wxdesk.ui.widgets.dialogs.shortcut_sheet import bind
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel


class FailureWindow(Frame):
    """One error in a small window with a button to quit; Esc and Ctrl+Q quit too.

    `mend` is the label of a second button, which lets the error be mended; `mended` tells if it was chosen. With
    `by_backup` it asks for a `backup` first.

    Signals:
        left: the operator has read it.
    """

    left = Signal()

    def __init__(self, error: Exception, mend: str = "", *, by_backup: bool = False) -> None:
        super().__init__("panel")
        self.mended = False
        self.backup: Path | None = None
        self._by_backup = by_backup
        self.setWindowTitle("wxdesk")
        self.setFixedWidth(WIDTH)
        self.title = PlainLabel(tr("wxdesk cannot start"), size=Size.TITLE, strong=True, wrap=True)
        self.sentence = PlainLabel(explain(error), wrap=True)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remedy = PlainLabel(tr("Once this is fixed, start wxdesk again."), role="secondary", wrap=True)
        self.remedy.setVisible(not mend)
        self.quit = Button(tr("Quit"), kind=ButtonKind.QUIET if mend else ButtonKind.PRIMARY, then=self.close)
        self.mend = Button(mend, kind=ButtonKind.PRIMARY, then=self._mend)
        self.mend.setVisible(bool(mend))
        self._lay_out()
        for key in ("Esc", "Ctrl+Q"):
            bind(self, key, self.close)
        for enter in ENTER:
            QShortcut(QKeySequence(enter), self, self._mend if mend else self.close)
        self.setAccessibleName(self.title.full_text())
        self.setAccessibleDescription(self.sentence.full_text())
        (self.mend if mend else self.quit).setFocus()

    def _mend(self) -> None:
        if self._by_backup:
            ask_for_backup(self, self._mend_by)
        else:
            self._mend_by(None)

    def _mend_by(self, backup: Path | None) -> None:
        self.mended, self.backup = True, backup
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.left.emit()

    def _lay_out(self) -> None:
        words = vbox(self.title, self.sentence, self.remedy, spacing=12)
        row = hbox((IconLabel("warning", "failed", 24), AT_TOP), (words, 1), spacing=16)
        vbox(row, hbox(STRETCH, self.quit, self.mend, spacing=8), within=self, spacing=16, margins=(24, 20, 24, 20))
        self.resize(WIDTH, self.heightForWidth(WIDTH))
