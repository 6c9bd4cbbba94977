"""Painter of a held reply's row: customer, question, text, status, buttons."""

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.ui.inbox.held_replies.model import HeldRole, asked_text, held_text
from wxdesk.ui.look.theme import Size, Theme, font, sentence_font
from wxdesk.ui.widgets.painting import paint_focus, paint_icon, paint_text
from wxdesk.ui.widgets.row_index import Index
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.reply_status import ReplyStatus

ROW_HEIGHT = 72
BUTTON = 26
_PAD = 12
_GAP = 4
_ICON = 12


BUTTONS = {"send": (0, 0), "stop": (1, 0), "edit": (0, 1), "person": (1, 1)}
"""Column and line of a row's buttons, by their icons; `person` takes over."""


def button_rect(row: QRect, name: str) -> QRect:
    """Return the rectangle of a row's button."""
    column, line = BUTTONS[name]
    first = QRect(row.right() - _PAD - 2 * BUTTON - _GAP + 3, row.top() + 7, BUTTON, BUTTON)
    return first.translated(column * (BUTTON + _GAP), line * (BUTTON + _GAP))


def words_beside(name: str, status: ReplyStatus, row: QRect) -> str:
    """Return the status, in brief if the name would be cut: cut openids look alike."""
    room = _first_line(row).width() - _ICON - 3 * _GAP - QFontMetrics(_name_font()).horizontalAdvance(name)
    whole = QFontMetrics(_status_font()).horizontalAdvance(status.text) + 1
    return status.brief if status.brief and whole > room else status.text


def _first_line(row: QRect) -> QRect:
    left, right = row.left() + _PAD, button_rect(row, "send").left() - 8
    return QRect(left, row.top() + 7, right - left, 18)


def _name_font() -> QFont:
    return font(Size.BODY, strong=True)


def _status_font() -> QFont:
    return sentence_font(Size.CAPTION, strong=True, tabular=True)


class HeldDelegate(QStyledItemDelegate):
    """Paints a `HeldReply`; `hot` is row and button of `BUTTONS` under the mouse."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hot: tuple[int, str] = (-1, "")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        held: HeldReply | None = index.data(HeldRole.HELD)
        if held is None:
            return
        theme, rect = Theme.current(), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_MouseOver or option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect, theme.color("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        self._paint_text(painter, rect, held, index.data(HeldRole.STATUS), theme)
        for name in BUTTONS:
            role = "accent" if name == "send" else "secondary"
            self._paint_button(painter, button_rect(rect, name), name, role, self.hot == (index.row(), name))
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, QRectF(rect).adjusted(2, 2, -2, -3), theme)
        painter.restore()

    def _paint_text(self, painter: QPainter, rect: QRect, held: HeldReply, status: ReplyStatus, theme: Theme) -> None:
        """Paint name and text, and at the right the countdown or another status."""
        line = _first_line(rect)
        face, said = _status_font(), words_beside(name_of(held.contact), status, rect)
        width = min(QFontMetrics(face).horizontalAdvance(said) + 1, line.width() * 2 // 3)
        told = QRect(line.right() - width + 1, line.top(), width, line.height())
        paint_text(painter, told, said, face, theme.color(status.role))
        at = QPointF(told.left() - _ICON - _GAP, line.top() + (line.height() - _ICON) / 2)
        paint_icon(painter, at, status.icon, status.role, _ICON)
        name = line.adjusted(0, 0, -width - _ICON - 3 * _GAP, 0)
        paint_text(painter, name, name_of(held.contact), _name_font(), theme.color("text"))
        paint_text(painter, line.translated(0, 20), asked_text(held), font(Size.SMALL), theme.color("secondary"))
        paint_text(painter, line.translated(0, 39), held_text(held), font(Size.SMALL), theme.color("text"))

    def _paint_button(self, painter: QPainter, rect: QRect, name: str, role: str, hot: bool) -> None:
        theme = Theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color(role if hot else "line"))
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        paint_icon(painter, QPointF(rect.left() + 6, rect.top() + 6), name, role, BUTTON - 12)
