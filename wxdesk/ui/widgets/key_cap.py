"""A keyboard key, drawn as a cap."""

from __future__ import annotations

import sys

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.ui.look.theme import Size, Theme, font

_SIGNS = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→"}


def key_name(sequence: str) -> str:
    """Return the label of a key: symbols on macOS, elsewhere names in every language.

    Qt would translate them, and the sheet of keys would differ from the sentences of the window.
    """
    if sys.platform == "darwin":
        return QKeySequence(sequence).toString(QKeySequence.SequenceFormat.NativeText) or sequence
    portable = QKeySequence(sequence).toString(QKeySequence.SequenceFormat.PortableText)
    return "+".join(_SIGNS.get(part, part) for part in portable.split("+")) or sequence


class KeyCap(QWidget):
    """The name of a key or a combination in a small frame, as this system writes it."""

    def __init__(self, sequence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = key_name(sequence)
        self.setAccessibleName(self.text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return room for the name."""
        return QSize(max(22, QFontMetrics(font(Size.SMALL)).horizontalAdvance(self.text) + 12), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint a rounded frame round the name."""
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
