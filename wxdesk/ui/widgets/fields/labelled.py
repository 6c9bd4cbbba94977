"""A text field with its name and its error, and a switch with its meaning."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from wxdesk.ui.widgets.boxes import hbox, restyle, vbox
from wxdesk.ui.widgets.buttons import Switch
from wxdesk.ui.widgets.labels import PlainLabel, small_label


class FieldWords(QWidget):
    """A note or an error, never both.

    With `room`, the place of one line is always kept: nothing below moves under the mouse when words come or go.
    """

    def __init__(self, parent: QWidget, *, room: bool) -> None:
        super().__init__(parent)
        self._room = room
        self.note = small_label(elide=True, parent=self)
        self.error = small_label(role="failed", wrap=True, parent=self)
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


class LabelledField(QWidget):
    """One line of text with a name, perhaps a button `beside` it, and its words.

    For `room` see `FieldWords`.

    Signals:
        edited: the text has changed.
    """

    edited = Signal()

    def __init__(
        self,
        name: str,
        hint: str = "",
        parent: QWidget | None = None,
        *,
        room: bool = False,
        beside: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.edit = QLineEdit(placeholderText=hint)
        self.edit.setAccessibleName(name)
        self.words = FieldWords(self, room=room)
        self.note, self.error = self.words.note, self.words.error
        line = self.edit if beside is None else hbox((self.edit, 1), beside, spacing=4)
        label = small_label(name, elide=True)
        vbox(label, line, self.words, within=self, spacing=3)
        self.edit.textChanged.connect(self._changed)

    def text(self) -> str:
        """Return the text without surrounding blanks."""
        return self.edit.text().strip()

    def show_error(self, reason: str) -> None:
        """Show an error below the field; empty removes it."""
        self.words.show_error(reason)
        self.edit.setAccessibleDescription(reason)
        set_wrong(self.edit, bool(reason))

    def refuse(self, reason: str) -> None:
        """Show why the text cannot be taken, and let it be written anew."""
        self.show_error(reason)
        self.edit.setFocus()

    def _changed(self, _: str) -> None:
        self.show_error("")
        self.edited.emit()


def switch_line(switch: Switch, words: str, name: str = "") -> QHBoxLayout:
    """Return a switch with its meaning beside it, which names it unless `name` does."""
    switch.setAccessibleName(name or words)
    return hbox(switch, (PlainLabel(words, wrap=True, parent=switch.parentWidget()), 1), spacing=8)


def set_wrong(field: QWidget, wrong: bool) -> None:
    """Frame a field in red, or not."""
    restyle(field, "wrong", wrong)
