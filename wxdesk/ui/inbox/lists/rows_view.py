"""A list in which letters seek nothing: what is typed over it belongs into the reply, and so does what is composed."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QListView, QWidget

_SHIFTS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier

type Index = QModelIndex | QPersistentModelIndex


def written(event: QKeyEvent) -> str:
    """What a key writes; empty for one that does something else."""
    text = event.text()
    return text if text.isprintable() and not event.modifiers() & ~_SHIFTS else ""


class RowsView(QListView):
    """Keys move in the rows. Letters go on to the page; what an input method makes goes to where one writes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._writes_into: QWidget | None = None

    def write_into(self, edit: QWidget) -> None:
        """Let an input method work here as though `edit` had the keyboard; it gets it with the first decided word.

        It must not get it before: a change of the focus ends what is being composed, and its first letter stays raw.
        """
        self._writes_into = edit
        self._let_compose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let letters go on."""
        if written(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Compose where it will stand."""
        edit = self._writes_into
        if edit is None or not edit.isVisible():
            event.ignore()
            return
        decided = bool(event.commitString())
        QApplication.sendEvent(edit, event)
        if decided:
            edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def inputMethodQuery(self, query: Qt.InputMethodQuery) -> object:  # noqa: N802 - Qt's name
        """Answer for the place where it will stand; the candidates are shown there."""
        edit = self._writes_into
        if edit is None or not edit.isVisible():
            return super().inputMethodQuery(query)
        answer = edit.inputMethodQuery(query)
        if isinstance(answer, QRect | QRectF):
            by = self.mapFromGlobal(edit.mapToGlobal(edit.rect().topLeft()))
            return answer.translated(by)
        return answer

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt turns the input method off where nothing can be edited."""
        super().focusInEvent(event)
        self._let_compose()

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802 - Qt's name
        """Qt turns it off with each row as well."""
        super().currentChanged(current, previous)
        self._let_compose()

    def _let_compose(self) -> None:
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, self._writes_into is not None)
