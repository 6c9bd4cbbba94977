"""List view that passes typed letters and input methods on to the reply."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QFrame, QListView, QWidget

from wxdesk.ui.widgets.row_index import Index

_SHIFTS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


def typed_text(event: QKeyEvent) -> str:
    """Return the text that a key types; empty for any other key."""
    text = event.text()
    return text if text.isprintable() and not event.modifiers() & ~_SHIFTS else ""


class RowsView(QListView):
    """List whose keys only move; letters and pastes go to the page, or to the reply."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._writes_into: QWidget | None = None

    def write_into(self, edit: QWidget) -> None:
        """Let an input method compose here for `edit`, which gets the focus on commit.

        An earlier change of focus would end the composition and leave its first letter raw.
        """
        self._writes_into = edit
        self._let_compose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if typed_text(event) or event.matches(QKeySequence.StandardKey.Paste):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        edit = self._writes_into
        if edit is None or not edit.isVisible():
            event.ignore()
            return
        decided = bool(event.commitString())
        QApplication.sendEvent(edit, event)
        if decided:
            edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:  # noqa: N802 - Qt's name
        """Answer for the reply, so that the candidates are shown there."""
        edit = self._writes_into
        if edit is None or not edit.isVisible():
            return super().inputMethodQuery(query)
        answer = edit.inputMethodQuery(query)
        if isinstance(answer, QRect | QRectF):
            by = self.mapFromGlobal(edit.mapToGlobal(edit.rect().topLeft()))
            return answer.translated(by)
        return answer

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Enable the input method, which Qt disables where nothing can be edited."""
        super().focusInEvent(event)
        self._let_compose()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        """Enable the input method, which Qt disables with each new row."""
        super().currentChanged(current, previous)
        self._let_compose()

    def _let_compose(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, self._writes_into is not None)
