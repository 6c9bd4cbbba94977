"""Painting shared by the rows beside an editor: background and elided text."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle

from wxdesk.ui.look.theme import Theme


def paint_row_background(painter: QPainter, rect: QRect, state: QStyle.StateFlag, theme: Theme) -> None:
    """Paint a row's background, its lower edge and the ring of keyboard focus."""
    selected = bool(state & QStyle.StateFlag.State_Selected)
    if selected or state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, theme.color("selection" if selected else "hover"))
    if selected:
        painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("accent_fill"))
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
    if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
        painter.setPen(QPen(theme.color("accent_fill"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(4, 3, -3, -4), 6, 6)


def paint_elided(painter: QPainter, rect: QRect, text: str) -> None:
    """Paint a text on one line, elided where `rect` ends."""
    shown = QFontMetrics(painter.font()).elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
