"""Completion of colleagues' names behind an @."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QStringListModel
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit

WIDE = 160


class NameCompletion(QObject):
    """Offers `names` that begin as written behind an @ in `edit`."""

    def __init__(self, edit: QPlainTextEdit, names: Callable[[], Iterable[str]]) -> None:
        super().__init__(edit)
        self._edit = edit
        self._names = names
        self._found = QStringListModel(self)
        self.completer = QCompleter(self._found, self)
        self.popup = QListView()
        self.completer.setPopup(self.popup)
        self.completer.setWidget(edit)
        self.completer.activated.connect(self._insert)
        edit.textChanged.connect(self._offer)

    @property
    def is_open(self) -> bool:
        """True while names are offered, to which Enter and Esc belong."""
        return self.popup.isVisible()

    def _begun(self) -> str | None:
        cursor = self._edit.textCursor()
        _, at, begun = cursor.block().text()[: cursor.positionInBlock()].rpartition("@")
        return begun if at else None

    def _offer(self) -> None:
        begun = self._begun()
        names = [] if begun is None else sorted(name for name in self._names() if name.startswith(begun))
        if not names or names == [begun] or not self._edit.hasFocus():
            self.popup.hide()
            return
        self._found.setStringList(names)
        self.completer.setCompletionPrefix("")
        place = self._edit.cursorRect()
        place.setWidth(WIDE)
        self.completer.complete(place)
        self.popup.setCurrentIndex(self._found.index(0))

    def _insert(self, name: str) -> None:
        cursor = self._edit.textCursor()
        left, keep = QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor
        cursor.movePosition(left, keep, len(self._begun() or ""))
        cursor.insertText(f"{name} ")
