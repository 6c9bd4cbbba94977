"""A field for one picture: chosen from a file, pasted or dropped."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from wxdesk.i18n import explain, tr
from wxdesk.ui.content.picture_intake import AddedPicture, PictureSource, add_picture, source_in, source_of
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel

KILOBYTE = 1024


class PictureField(QWidget):
    """Holds the picture that was added last, and shows its size or its error.

    Signals:
        changed: another picture, or none, or one is being read.
    """

    changed = Signal()

    def __init__(self, name: str, hint: str, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._hint = hint
        self._name = name
        self._turn = 0  # only the picture that was chosen last counts
        self.digest = ""
        self.choose = Button(tr("Choose a file…"), icon="folder")
        self.remove = Button(tr("Remove"), kind=ButtonKind.LINK)
        self.words = PlainLabel(hint, size=Size.SMALL, role="secondary", wrap=True)
        self.error = PlainLabel(size=Size.SMALL, role="failed", wrap=True)
        row = hbox(self.choose, self.remove, STRETCH, spacing=12)
        vbox(PlainLabel(name, size=Size.SMALL, role="secondary"), row, self.words, self.error, within=self, spacing=4)
        self.setAcceptDrops(True)
        self.choose.clicked.connect(self.open_files)
        self.remove.clicked.connect(self.clear)
        self._show()

    def open_files(self) -> None:
        """Let the operator choose a file; returns at once."""
        dialog = QFileDialog(self.window(), self._name, "", tr("Pictures (*.png *.jpg *.jpeg *.gif)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._take_file)
        dialog.open()

    def take(self, source: PictureSource) -> None:
        """Read and store another picture."""
        self._turn += 1
        self.digest = ""
        self._show(tr("Reading the picture…"))
        done, failed = partial(self._took, self._turn), partial(self._refused, self._turn)
        self._bridge.ask(add_picture(self._bridge.desk.pictures, source), done, failed)

    def hold(self, digest: str) -> None:
        """Hold a picture that is stored already; empty for none."""
        self._turn += 1
        self.digest = digest
        self._show(tr("As before") if digest else "")

    def clear(self) -> None:
        """Hold no picture."""
        self.hold("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pasted = event.matches(QKeySequence.StandardKey.Paste)
        source = source_in(QGuiApplication.clipboard().mimeData()) if pasted else None
        if source is not None:
            self.take(source)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if source_in(event.mimeData()) is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        source = source_in(event.mimeData())
        if source is not None:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self.take(source)

    def show_error(self, reason: str) -> None:
        """Show an error below the field; empty removes it."""
        self.error.setText(reason)
        self.error.setVisible(bool(reason))
        self.choose.setAccessibleDescription(reason)

    def _take_file(self, file: str) -> None:
        self.take(source_of(Path(file)))

    def _took(self, turn: int, taken: AddedPicture) -> None:
        if turn == self._turn:
            self.digest = taken.picture.digest
            self._show(taken_text(taken))

    def _refused(self, turn: int, error: Exception) -> None:
        if turn == self._turn:
            self._show()
            self.show_error(explain(error))

    def _show(self, words: str = "") -> None:
        self.show_error("")
        self.words.setText(words or self._hint)
        self.remove.setVisible(bool(words))
        self.changed.emit()


def taken_text(taken: AddedPicture) -> str:
    """Return a picture's name and size, and its smaller upload size if it has one."""
    size, own = size_text(taken.size), size_text(taken.picture.size)
    upload = tr("{size}, was {own}: shrunk", size=size, own=own) if taken.size < taken.picture.size else size
    return f"{taken.name} · {upload}" if taken.name else upload


def size_text(size: int) -> str:
    """Return a number of bytes in a suitable unit."""
    kilobytes = size / KILOBYTE
    if kilobytes < KILOBYTE:
        return tr("{n} KB", n=max(1, round(kilobytes)))
    return tr("{n} MB", n=f"{kilobytes / KILOBYTE:.1f}")
