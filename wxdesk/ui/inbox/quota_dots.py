"""How many of WeChat's five replies are left, as five dots."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.core.quota import AFTER_MESSAGE
from wxdesk.ui.theme import Theme

_DOT, _STEP = 8, 11


class QuotaDots(QWidget):
    """Filled for each reply left. It says nothing to a screen reader; the words beside it do."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_left(self, left: int) -> None:
        """Fill `left` dots."""
        if left != self._left:
            self._left = left
            self.update()

    def sizeHint(self) -> QSize:
        """Five dots in a row."""
        return QSize(_STEP * (AFTER_MESSAGE[0] - 1) + _DOT, _DOT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The dots, those that are spent in the colour of lines."""
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        few = "accent_fill" if self._left > 1 else "failed"
        for dot in range(AFTER_MESSAGE[0]):
            painter.setBrush(theme.color(few if dot < self._left else "line"))
            painter.drawEllipse(QPointF(_DOT / 2 + dot * _STEP, self.height() / 2), _DOT / 2, _DOT / 2)
        painter.end()
