"""An editable title that looks like a label until it is hovered or focused."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.labels import plain_tip


class TitleField(QLineEdit):
    """One frameless line in title size; an underline shows that it can be edited.

    A title that does not fit is shown whole in its tooltip.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "flat")
        self.setFont(font(Size.PAGE, strong=True))
        self.setTextMargins(-2, 0, 0, 0)  # the letters begin where the labels below do
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedHeight(32)
        self.textChanged.connect(self._tell_whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Update the tooltip for a title that does not fit."""
        super().resizeEvent(event)
        self._tell_whole()

    def _tell_whole(self) -> None:
        wide = self.fontMetrics().horizontalAdvance(self.text())
        self.setToolTip(plain_tip(self.text()) if wide > self.width() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, and the underline while it is needed."""
        super().paintEvent(event)
        wrong, focused = bool(self.property("wrong")), self.hasFocus()
        if not (wrong or focused or self.underMouse() or not self.text()):
            return
        role = "failed" if wrong else "accent" if focused else "line"
        painter = QPainter(self)
        painter.setPen(QPen(Theme.current().color(role), 2 if focused or wrong else 1))
        under = QRectF(self.rect()).adjusted(0, 0, 0, -1)
        painter.drawLine(under.bottomLeft(), under.bottomRight())
        painter.end()
