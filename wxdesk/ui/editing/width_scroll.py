"""Vertically scrolled, centred column of an editor, limited to a readable width."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

SIDE_MARGINS = 48
"""Pixels of both side margins together."""


class WidthScroll(QScrollArea):
    """Vertical scroll area whose content is centred and at most `widest` wide."""

    def __init__(self, inside: QWidget, widest: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        inside.setProperty("class", "flat")
        inside.setMaximumWidth(widest + SIDE_MARGINS)
        around = QWidget(self)
        around.setProperty("class", "window")
        row = QHBoxLayout(around)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(inside)
        self.setWidget(around)

    def minimumSizeHint(self) -> QSize:
        """Return the smallest size in which the fields can still be used."""
        return QSize(360, 200)
