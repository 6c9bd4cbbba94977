"""The column of an editor: as wide as can be read, in the middle, and scrolled."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

EDGES = 48
"""What stands at both sides of it together."""


class WidthScroll(QScrollArea):
    """Scrolls upwards and downwards only; the inside is at most `widest` wide and stands in the middle."""

    def __init__(self, inside: QWidget, widest: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside.setProperty("class", "flat")
        inside.setMaximumWidth(widest + EDGES)
        around = QWidget(self)
        around.setProperty("class", "window")
        row = QHBoxLayout(around)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inside)
        self.setWidget(around)

    def minimumSizeHint(self) -> QSize:
        """Narrower than that, fields could not be written in."""
        return QSize(360, 200)
