"""Field of a search."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.icons import icon
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.widgets.labels import KeyCap


class SearchField(QLineEdit):
    """One line to search; shows its `key` while empty, then a button that clears it.

    Signals:
        left: Esc or the button was pressed. went_down: Down was pressed. entered: Enter, for the best result.
    """

    left = Signal()
    entered = Signal()
    went_down = Signal()

    def __init__(self, words: str, key: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent, placeholderText=words)
        self.setProperty("class", "search")
        self.setAccessibleName(words)
        self.key = KeyCap(key, self)
        self.empty_it = self.addAction(icon("close"), QLineEdit.ActionPosition.TrailingPosition)
        self.empty_it.setToolTip(tr("Clear search"))
        self.empty_it.triggered.connect(self.left)
        self.textChanged.connect(self._show_end)
        self._show_end("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in ENTER:
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self.key.sizeHint()
        self.key.setGeometry(
            self.width() - size.width() - 8, (self.height() - size.height()) // 2, size.width(), size.height()
        )

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "empty_it"):
            self.empty_it.setIcon(icon("close"))

    def _show_end(self, text: str) -> None:
        self.key.setVisible(not text and bool(self.key.text))
        self.empty_it.setVisible(bool(text))
