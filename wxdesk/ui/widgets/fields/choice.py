"""A drop-down list with the program's own arrow, which no style sheet can draw in the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

from wxdesk.ui.look.icons import pixmap

_ARROW = 16


class Choice(QComboBox):
    """One of several; the wheel changes it only while it has the focus, so that scrolling a page never does."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the page scroll instead, unless this is where the operator works."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Qt's field, and the arrow at its end."""
        super().paintEvent(event)
        painter = QPainter(self)
        arrow = pixmap("chevron-down", "secondary" if self.isEnabled() else "faint", _ARROW)
        painter.drawPixmap(self.width() - _ARROW - 7, (self.height() - _ARROW) // 2, arrow)
        painter.end()
