"""Painter of a row in the conversation list, 76 pixels high."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.conversation import Conversation
from wxdesk.desk.ports import Clock
from wxdesk.ui.inbox.conversation_list.model import RowRole
from wxdesk.ui.look.theme import Measure, Size, Theme, font, sentence_font
from wxdesk.ui.widgets.painting import paint_avatar, paint_badge, paint_face, paint_focus, paint_icon, paint_text
from wxdesk.ui.widgets.row_index import Index
from wxdesk.ui.wording.conversation import (
    draft_mark,
    hold_reason_of_row,
    preview_of_row,
    quota_wordings,
    row_time,
    status_of_row,
)
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.reply_status import FindHoldReason, ReplyStatus

AVATAR = 40
_PAD = 12
_GAP = 10
_ICON = 12
_FACE = 16
_LEAST = 24
"""Pixels below which the replies left are not shown beside the status."""


class ConversationDelegate(QStyledItemDelegate):
    """Shows an `InboxRow` as it is now, and what colleagues do in it."""

    def __init__(
        self, clock: Clock, hold_reason_of: FindHoldReason, activity_of: Callable[[int], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._activity_of = activity_of
        self._clock = clock
        self._hold_reason_of = hold_reason_of

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(Measure.LIST, Measure.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: InboxRow | None = index.data(RowRole.ROW)
        if row is None:
            return
        theme = Theme.current()
        rect: QRect = option.rect
        painter.save()
        self._paint_ground(painter, option, theme)
        top = rect.top() + 10
        paint_avatar(painter, QRectF(rect.left() + _PAD, top, AVATAR, AVATAR), row.conversation.contact)
        left = rect.left() + _PAD + AVATAR + _GAP
        lines = QRect(left, top, rect.right() - _PAD - left + 1, 20)
        self._paint_name(painter, lines, row, theme)
        self._paint_preview(painter, lines.translated(0, 21), row, theme)
        self._paint_status(painter, lines.translated(0, 41), row, theme)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, theme: Theme) -> None:
        rect: QRect = option.rect
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("selection"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), theme.color("accent_fill"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.color("line"))
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            paint_focus(painter, QRectF(rect).adjusted(2, 2, -2, -3), theme)

    def _paint_name(self, painter: QPainter, line: QRect, row: InboxRow, theme: Theme) -> None:
        when = row_time(row, self._clock())
        face = font(Size.SMALL, strong=when.strong, tabular=True)
        width = QFontMetrics(face).horizontalAdvance(when.text)
        corner = QRect(line.right() - width + 1, line.top(), width + 1, line.height())
        paint_text(painter, corner, when.text, face, theme.color(when.role))
        name = line.adjusted(0, 0, -width - 8, 0)
        if row.conversation.claimed_by:
            paint_face(painter, QRectF(name.right() - _FACE, name.top() + 2, _FACE, _FACE), row.conversation.claimed_by)
            name = name.adjusted(0, 0, -_FACE - 6, 0)
        if row.conversation.pinned:
            name.setRight(name.right() - _ICON - 4)
            paint_icon(painter, QPointF(name.right() + 5, name.top() + 4), "pin", "secondary", _ICON)
        paint_text(painter, name, name_of(row.conversation.contact), font(14, strong=True), theme.color("text"))

    def _paint_preview(self, painter: QPainter, line: QRect, row: InboxRow, theme: Theme) -> None:
        taken, conversation = 0, row.conversation
        if conversation.unread:
            middle = line.center().y() + 1
            taken = paint_badge(painter, line.right() + 1, middle, conversation.unread, theme) + 8
        role = "text" if conversation.unread else "secondary"
        room = line.adjusted(0, 0, -taken, 0)
        marked = paint_text(painter, room, draft_mark(row), font(Size.BODY), theme.color("failed"))
        rest = room.adjusted(marked + 4 if marked else 0, 0, 0, 0)
        paint_text(painter, rest, preview_of_row(row), font(Size.BODY), theme.color(role))

    def _paint_status(self, painter: QPainter, line: QRect, row: InboxRow, theme: Theme) -> None:
        now = self._clock()
        status = status_of_row(row, now, hold_reason_of_row(row, self._hold_reason_of))
        at = line.left() + self._paint_mark(painter, line, status)
        face = sentence_font(Size.CAPTION, strong=status.strong, tabular=True)
        room = QRect(at, line.top(), line.right() - at + 1, line.height())
        at += paint_text(painter, room, status.text, face, theme.color(status.role)) + 8
        rest = QRect(at, line.top(), line.right() - at + 1, line.height())
        activity = self._activity_of(row.conversation.id)
        if activity:
            face = sentence_font(Size.CAPTION)
            paint_text(painter, rest, activity, face, theme.color("accent"))
        elif rest.width() > _LEAST:
            face = sentence_font(Size.CAPTION, tabular=True)
            paint_text(painter, rest, self._left_text(row.conversation, face, rest), face, theme.color("faint"))

    def _left_text(self, conversation: Conversation, face: QFont, rect: QRect) -> str:
        """Return replies left and their time, or only the number where both do not fit."""
        metrics, now = QFontMetrics(face), self._clock()
        wordings = quota_wordings(conversation, now)
        return next((one for one in wordings if metrics.horizontalAdvance(one) <= rect.width()), wordings[-1])

    def _paint_mark(self, painter: QPainter, line: QRect, status: ReplyStatus) -> int:
        if not status.icon:
            return 0
        top = line.top() + (line.height() - _ICON) / 2
        paint_icon(painter, QPointF(line.left(), top), status.icon, status.role, _ICON)
        return _ICON + 4
