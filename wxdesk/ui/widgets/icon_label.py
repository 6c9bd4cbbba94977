"""A standalone icon that follows the colours of the appearance."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.ui.look.icons import pixmap


class IconLabel(QWidget):
    """The icon `name` in the colour of `role`, ignored by screen readers."""

    def __init__(self, name: str, role: str = "secondary", size: int = 20, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.role = role
        self._name = name
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_icon(self, name: str, role: str) -> None:
        """Show another icon, or the same in another colour."""
        if (name, role) != (self._name, self.role):
            self._name, self.role = name, role
            self.update()

    def sizeHint(self) -> QSize:
        """Return the icon's square."""
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the icon in the middle."""
        painter = QPainter(self)
        left, top = (self.width() - self._size) // 2, (self.height() - self._size) // 2
        painter.drawPixmap(left, top, pixmap(self._name, self.role, self._size))
        painter.end()
