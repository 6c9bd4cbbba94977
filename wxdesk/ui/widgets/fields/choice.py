"""A drop-down list with a themed arrow, which no style sheet can draw."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from wxdesk.ui.look.icons import pixmap

_ARROW = 16


class ChoiceField(QComboBox):
    """A drop-down list that the wheel changes only with the focus, not by scrolling."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        arrow = pixmap("chevron-down", "secondary" if self.isEnabled() else "faint", _ARROW)
        painter.drawPixmap(self.width() - _ARROW - 7, (self.height() - _ARROW) // 2, arrow)
        painter.end()
