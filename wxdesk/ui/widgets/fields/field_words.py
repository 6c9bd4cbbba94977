"""Words below a field: what was corrected, or what is wrong."""

from PySide6.QtWidgets import QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.labels import PlainLabel


class FieldWords(QWidget):
    """A note or an error, never both.

    With `room`, the place of one line is always kept: nothing below moves under the mouse when words come or go.
    """

    def __init__(self, parent: QWidget, *, room: bool) -> None:
        super().__init__(parent)
        self._room = room
        self.note = PlainLabel(size=Size.SMALL, role="secondary", elide=True, parent=self)
        self.error = PlainLabel(size=Size.SMALL, role="failed", wrap=True, parent=self)
        vbox(self.note, self.error, within=self, spacing=0)
        if room:
            self.setMinimumHeight(self.note.fontMetrics().height() + 1)
        self._show()

    def show_note(self, text: str) -> None:
        """Tell what was corrected; empty removes it."""
        self.note.setText(text)
        self._show()

    def show_error(self, reason: str) -> None:
        """Tell what is wrong; empty removes it."""
        self.error.setText(reason)
        self._show()

    def _show(self) -> None:
        note, error = self.note.full_text(), self.error.full_text()
        self.error.setVisible(bool(error))
        self.note.setVisible(bool(note) and not error)
        self.setVisible(self._room or bool(note or error))
