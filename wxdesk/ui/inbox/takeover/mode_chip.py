"""Chip in the header that shows the mode and opens its menu."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.painting import LEFT, paint_icon

_PAD, _ARROW, _HEIGHT, _WIDEST = 12, 12, 28, 220


class ModeChip(QAbstractButton):
    """Pill with text and an arrow; `quiet` marks a mode in which nothing is automatic."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFont(font(Size.SMALL, strong=True))

    def say(self, text: str, *, quiet: bool, spoken: str = "") -> None:
        """Show this mode; `spoken` tells its origin in a sentence for screen readers."""
        self.setAccessibleDescription(spoken)
        if (text, quiet) == (self.text(), self._quiet):
            return
        self._quiet = quiet
        self.setText(text)
        self.setAccessibleName(tr("Mode: {mode}", mode=text))
        self.updateGeometry()
        self.update()

    def width_for(self, text: str) -> int:
        """Return the width in pixels that it takes with this text."""
        return min(_WIDEST, QFontMetrics(self.font()).horizontalAdvance(text) + 2 * _PAD + _ARROW + 4)

    def sizeHint(self) -> QSize:
        return QSize(self.width_for(self.text()), _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = Theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = "accent" if self.hasFocus() else "line"
        painter.setPen(QPen(theme.color(line), 1.0))
        painter.setBrush(theme.color("hover" if self.underMouse() else "panel"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _HEIGHT / 2, _HEIGHT / 2)
        role = "secondary" if self._quiet else "accent"
        room = self.rect().adjusted(_PAD, 0, -_PAD - _ARROW - 4, 0)
        text = QFontMetrics(self.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width() + 1)
        painter.setPen(theme.color(role))
        painter.drawText(room, LEFT, text)
        at = QPointF(self.width() - _PAD - _ARROW + 2, (self.height() - _ARROW) / 2)
        paint_icon(painter, at, "chevron-down", role, _ARROW)
        painter.end()
