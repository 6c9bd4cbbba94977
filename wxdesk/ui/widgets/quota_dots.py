"""WeChat's quota of five replies, as five dots."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from wxdesk.core.wechat.quota import AFTER_MESSAGE
from wxdesk.ui.look.theme import color_of
from wxdesk.ui.widgets.painting import painting

_DOT, _STEP, _RING = 8, 11, 1.6


class QuotaDots(QWidget):
    """A dot for each reply left, as a ring where it is reserved for the operator.

    A screen reader ignores it; the text beside it is read.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._left = self._kept = 0
        self.setFixedSize(_STEP * (AFTER_MESSAGE[0] - 1) + _DOT, _DOT)

    def show_left(self, left: int, kept: int = 0) -> None:
        """Mark `left` dots, the first `kept` of them as rings, reserved for the operator."""
        if (left, kept) != (self._left, self._kept):
            self._left, self._kept = left, kept
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            few = color_of("accent_fill" if self._left > 1 else "failed")
            for dot in range(AFTER_MESSAGE[0]):
                ring = dot < self._kept
                painter.setPen(QPen(few, _RING) if ring else Qt.PenStyle.NoPen)
                painter.setBrush(color_of("panel") if ring else few if dot < self._left else color_of("line"))
                radius = (_DOT - _RING) / 2 if ring else _DOT / 2
                painter.drawEllipse(QPointF(_DOT / 2 + dot * _STEP, self.height() / 2), radius, radius)
