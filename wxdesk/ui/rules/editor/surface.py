"""Rounded background in the theme's colours, for a card, a bubble or a notice."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from wxdesk.ui.look.theme import Measure, Theme


class Surface(QWidget):
    """Widget with a background, `fill` and `line` by theme role; empty for none."""

    def __init__(
        self,
        fill: str = "panel",
        line: str = "line",
        *,
        radius: int = Measure.RADIUS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fill = fill
        self._line = line
        self._radius = radius

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the background; children paint themselves."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color(self._fill) if self._fill else Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color(self._line), 1) if self._line else Qt.PenStyle.NoPen)
        inset = 0.5 if self._line else 0
        ground = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(ground, self._radius, self._radius)
        painter.end()
