"""A key as it looks on the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.ui.theme import Size, Theme, font


class KeyCap(QWidget):
    """The name of a key or a combination in a small frame, as this system writes it."""

    def __init__(self, sequence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText) or sequence
        self.setAccessibleName(self.text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Room for the name."""
        return QSize(max(22, QFontMetrics(font(Size.SMALL)).horizontalAdvance(self.text) + 12), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A rounded frame round the name."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("line"), 1))
        painter.setBrush(theme.color("window"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(font(Size.SMALL))
        painter.setPen(theme.color("secondary"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)
        painter.end()
