"""List of conversations: its rows by page, their painter, and the view of several."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QMouseEvent, QMoveEvent, QPainter
from PySide6.QtWidgets import QListView, QStyleOptionViewItem, QWidget

from wxdesk.core.conversations.changes import MOST_ROWS
from wxdesk.core.conversations.listing import InboxFilter, InboxRow, matches, sort_key
from wxdesk.core.conversations.takeover import ends_soon
from wxdesk.core.model.conversation import EVERYTHING, Conversation
from wxdesk.desk.conversations.inbox_queries import LIST_PAGE
from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.lists import RowsView, TimedRows
from wxdesk.ui.look.theme import Measure, Size, color_of, font, line_height, row_height, sentence_font, smaller, spaced
from wxdesk.ui.widgets.boxes import Frame, hbox
from wxdesk.ui.widgets.buttons import Button, SmallButton
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.painting import fitting, paint_avatar, paint_badge, paint_face, paint_icon, paint_row, paint_text
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate
from wxdesk.ui.wording.conversation import (
    accessible_row_text,
    draft_mark,
    hold_reason_of_row,
    preview_of_row,
    quota_wordings,
    row_time,
    status_of_row,
)
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.reply_status import FindHoldReason, ReplyStatus


class ConversationListModel(TimedRows[InboxRow]):
    """Conversations under one filter, in the store's order.

    Signals:
        more_wanted: the number of rows of the filter already read, when the view nears their end.
    """

    more_wanted = Signal(int)

    def __init__(self, clock: Clock, hold_reason_of: FindHoldReason, parent: QObject | None = None) -> None:
        super().__init__(clock, hold_reason_of, parent)
        self._complete = True
        self._asked = False
        self._kept: int | None = None
        self.chosen = InboxFilter.ALL
        self.narrowing = EVERYTHING
        self.me = ""

    def _accessible_text(self, row: InboxRow) -> str:
        said = accessible_row_text(row, self.clock(), self.status(row))
        return ", ".join(filter(None, (said, self.account_of(row.conversation.contact))))

    def status(self, row: InboxRow) -> ReplyStatus:
        """Return the most urgent status of a row now."""
        return status_of_row(row, self.clock(), hold_reason_of_row(row, self._hold_reason_of), self.me)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete and not self._asked

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page; it arrives by `append`."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit(sum(self._belongs(row) for row in self._rows))

    def show(self, chosen: InboxFilter, rows: Sequence[InboxRow]) -> None:
        """Replace everything by the first page under `chosen`."""
        self.chosen = chosen
        self._complete = len(rows) < LIST_PAGE
        self._asked = False
        self.replace_rows(rows)

    def page_failed(self) -> None:
        """Allow the next page to be asked for again after a failed read."""
        self._asked = False

    def append(self, rows: Sequence[InboxRow]) -> None:
        """Add the next page; rows that moved into it meanwhile are shown once."""
        self._asked = False
        self._complete = len(rows) < LIST_PAGE
        known = {row.conversation.id for row in self._rows}
        fresh = [row for row in rows if row.conversation.id not in known]
        if fresh:
            self._insert_rows(len(self._rows), fresh)

    def merge(self, rows: Collection[InboxRow]) -> None:
        """Change, move, add or remove these rows as the filter demands."""
        for row in rows:
            at = self.row_of(row.conversation.id)
            if at < 0:
                self._insert(row)
            elif row.conversation.id != self._kept and not self._belongs(row):
                self._remove_rows(at, at + 1)
            else:
                self._replace(at, row)

    def keep(self, conversation_id: int | None) -> None:
        """Keep the open conversation's row in its place, also one the filter would hide."""
        before, self._kept = self._kept, conversation_id
        kept = self.record(before) if before != conversation_id else None
        if kept is not None:
            self.merge([kept])

    def _key(self, row: InboxRow) -> int:
        return row.conversation.id

    def counts_down(self, now: datetime) -> bool:
        """Return True if a takeover in these rows is about to end."""
        return any(ends_soon(row.conversation, now) for row in self._rows)

    def _belongs(self, row: InboxRow) -> bool:
        return matches(row, self.chosen, self.me) and self.narrowing.admits(row.conversation, self.clock())

    def _insert(self, row: InboxRow) -> None:
        if not self._belongs(row):
            return
        at = self._place(row)
        if at == len(self._rows) and not self._complete:
            return  # it stands below what was read and comes with its page
        self._insert_rows(at, [row])

    def _replace(self, at: int, row: InboxRow) -> None:
        to = at if row.conversation.id == self._kept else self._place(row)
        if to == len(self._rows) - 1 != at and not self._complete:
            self._remove_rows(at, at + 1)  # it stands below what was read now
            return
        self._move_row(at, to)
        self._put(to, row)

    def _place(self, row: InboxRow) -> int:
        """Return the index of `row` among the others; the kept one may stand anywhere."""
        others = [one for one in self._rows if one.conversation.id != row.conversation.id]
        in_order = [one for one in others if one.conversation.id != self._kept]
        order = partial(sort_key, chosen=self.chosen)
        key = order(row)
        at = bisect_left(in_order, key, key=order)
        to = others.index(in_order[at]) if at < len(in_order) else len(others)
        beside = to > 0 and others[to - 1].conversation.id == self._kept and key < order(others[to - 1])
        return to - 1 if beside else to


_PAD = 12
_GAP = 10
_FACE = 16
_LEAST = 24
"""Pixels below which the replies left are not shown beside the status."""


class ConversationDelegate(RowDelegate[InboxRow]):
    """Shows an `InboxRow` as it is now, and what colleagues do in it."""

    def __init__(self, model: ConversationListModel, activity_of: Callable[[int], str]) -> None:
        super().__init__()
        self._model = model
        self._activity_of = activity_of

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(Measure.LIST, row_height())

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: InboxRow) -> None:
        rect = option.rect
        paint_row(painter, option)
        top, avatar, height = rect.top() + spaced(10, 4), spaced(40, 34), line_height()
        contact, place = row.conversation.contact, QRectF(rect.left() + _PAD, top, avatar, avatar)
        paint_avatar(painter, place, contact.openid, contact.alias)
        left = rect.left() + _PAD + avatar + _GAP
        lines = QRect(left, top, rect.right() - _PAD - left + 1, height)
        self._paint_name(painter, lines, row)
        self._paint_preview(painter, lines.translated(0, height + 1), row)
        self._paint_status(painter, lines.translated(0, 2 * height + 1), row)

    def _paint_name(self, painter: QPainter, line: QRect, row: InboxRow) -> None:
        when = row_time(row, self._model.clock())
        face = font(smaller(2), strong=when.strong, tabular=True)
        words = fitting((when.text,), face, line.width() * 3 // 5) or when.brief or when.text  # room for the name
        width = QFontMetrics(face).horizontalAdvance(words)
        corner = QRect(line.right() - width + 1, line.top(), width + 1, line.height())
        paint_text(painter, corner, words, face, color_of(when.role))
        name = line.adjusted(0, 0, -width - 8, 0)
        if row.conversation.claimed_by:
            paint_face(painter, QRectF(name.right() - _FACE, name.top() + 2, _FACE, _FACE), row.conversation.claimed_by)
            name = name.adjusted(0, 0, -_FACE - 6, 0)
        if row.conversation.pinned:
            name.setRight(name.right() - smaller(2) - 4)
            paint_icon(painter, QPointF(name.right() + 5, name.top() + 4), "pin", "secondary", smaller(2))
        contact = row.conversation.contact
        taken = paint_text(painter, name, name_of(contact), font(Size.MESSAGE, strong=True), color_of("text")) + 8
        if name.width() - taken > _LEAST:
            face = sentence_font(smaller(3))
            beside = name.adjusted(taken, 0, 0, 0)
            paint_text(painter, beside, self._model.account_of(contact), face, color_of("secondary"))

    def _paint_preview(self, painter: QPainter, line: QRect, row: InboxRow) -> None:
        taken, conversation = 0, row.conversation
        if conversation.unread:
            middle = line.center().y() + 1
            taken = paint_badge(painter, line.right() + 1, middle, conversation.unread) + 8
        role = "text" if conversation.unread else "secondary"
        room, face = line.adjusted(0, 0, -taken, 0), font(smaller(1))
        marked = paint_text(painter, room, draft_mark(row), face, color_of("failed"))
        rest = room.adjusted(marked + 4 if marked else 0, 0, 0, 0)
        paint_text(painter, rest, preview_of_row(row), face, color_of(role))

    def _paint_status(self, painter: QPainter, line: QRect, row: InboxRow) -> None:
        status = self._model.status(row)
        at = line.left() + self._paint_mark(painter, line, status)
        face = sentence_font(smaller(3), strong=status.strong, tabular=True)
        room = QRect(at, line.top(), line.right() - at + 1, line.height())
        at += paint_text(painter, room, status.text, face, color_of(status.role)) + 8
        rest = QRect(at, line.top(), line.right() - at + 1, line.height())
        activity = self._activity_of(row.conversation.id)
        if activity:
            face = sentence_font(smaller(3))
            paint_text(painter, rest, activity, face, color_of("accent"))
        else:
            face = sentence_font(smaller(3), tabular=True)
            quota = quota_wordings(row.conversation, self._model.clock())
            left = fitting(quota, face, rest.width())  # the number alone, or nothing
            paint_text(painter, rest, left, face, color_of("faint"))

    def _paint_mark(self, painter: QPainter, line: QRect, status: ReplyStatus) -> int:
        if not status.icon:
            return 0
        size = smaller(2)
        top = line.top() + (line.height() - size) / 2
        paint_icon(painter, QPointF(line.left(), top), status.icon, status.role, size)
        return size + 4


_SEVERAL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ConversationRows(RowsView):
    """List of conversations: a click opens one, Ctrl and Shift choose several.

    `choosing` is True while a key or click chooses one more, and opens nothing. A right click opens the menu only.

    Signals:
        menu_wanted: this list, the conversations that a menu is for, the tags in use, and where it shall open.
        given_up: no more than the open conversation shall be chosen.
        taken: a row was clicked; Qt's `clicked` does not come where opening it has moved it away.
    """

    menu_wanted = Signal(object, object, object, QPoint)
    given_up = Signal()
    taken = Signal()

    def __init__(self, model: ConversationListModel, delegate: ConversationDelegate, parent: QWidget) -> None:
        super().__init__(model, delegate, tr("Conversations"), parent)
        self.verticalScrollBar().setSingleStep(24)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.choosing = False
        self._pressed = False
        self._shifted = 0

    def several(self) -> Sequence[Index]:
        """Return the first `MOST_ROWS` chosen rows, if they are more than one."""
        rows = self.selectedIndexes()
        return sorted(rows, key=lambda index: index.row())[:MOST_ROWS] if len(rows) > 1 else ()

    def chosen(self) -> Sequence[Conversation]:
        """Return the conversations of these rows."""
        return [index.data(RECORD).conversation for index in self.several()]

    def ask_for_menu(self, index: Index, at: QPoint) -> None:
        """Want a menu for all chosen rows, or for `index` where that is none of them."""
        several = self.several()
        some = [one.data(RECORD).conversation for one in (several if index in several else (index,))]
        rows = [self.model().index(at, 0).data(RECORD) for at in range(self.model().rowCount())]
        tags = Counter(tag for row in rows for tag in row.conversation.contact.tags)
        self.menu_wanted.emit(self, some, [tag for tag, _ in tags.most_common()], at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.RightButton:  # its menu follows, and nothing is opened
            self._pressed = self.indexAt(event.position().toPoint()).isValid()
            self.choosing = bool(event.modifiers() & _SEVERAL)
            super().mousePressEvent(event)
            self.choosing = False

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        taken, self._pressed = self._pressed, False
        if taken:
            self.taken.emit()

    def moveEvent(self, event: QMoveEvent) -> None:
        """Keep rows under the pointer when the line of held replies comes or goes."""
        super().moveEvent(event)
        if self.underMouse():
            self._shifted += self._shift(event.pos().y() - event.oldPos().y())

    def leaveEvent(self, event: QEvent) -> None:
        """Show the first row whole again."""
        super().leaveEvent(event)
        self._shift(-self._shifted)
        self._shifted = 0

    def _shift(self, pixels: int) -> int:
        bar = self.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + pixels)
        return bar.value() - before

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons():  # a hand that slips while clicking chooses nothing more
            super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.several():
            self.given_up.emit()
            return
        self.choosing = bool(event.modifiers() & _SEVERAL)
        super().keyPressEvent(event)
        self.choosing = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if by_key else event.pos()
            self.ask_for_menu(index, self.viewport().mapToGlobal(place))


class ChosenRows(Frame):
    """Line below the list while several rows are chosen: their number and menu."""

    def __init__(self, rows: ConversationRows) -> None:
        super().__init__("footer")
        self._rows = rows
        self.count = PlainLabel(strong=True)
        self.menu = Button(tr("With all of them…"), then=self._open)
        self.away = SmallButton("close", tr("Choose none"), self, then=rows.given_up)
        hbox((self.count, 1), self.menu, self.away, within=self, spacing=8, margins=(12, 6, 8, 6))
        self.hide()

    def follow(self) -> None:
        """Show how many rows are chosen now."""
        several = len(self._rows.several())
        self.count.setText(ntr("{n} chosen", "{n} chosen", several))
        self.setVisible(several > 0)

    def _open(self) -> None:
        several = self._rows.several()
        if several:
            self._rows.ask_for_menu(several[0], self.menu.mapToGlobal(QPoint(0, 0)))
