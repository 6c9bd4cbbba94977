"""Rows of the conversation list, loaded by page; changes keep the selection."""

from bisect import bisect_left
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, Signal

from wxdesk.core.conversations.listing import InboxFilter, InboxRow, matches, sort_key
from wxdesk.core.conversations.takeover import ends_soon
from wxdesk.core.model.conversation import EVERYTHING
from wxdesk.desk.conversations.inbox_queries import LIST_PAGE
from wxdesk.desk.ports import Clock
from wxdesk.ui.inbox.lists import ROOT, RowModel
from wxdesk.ui.widgets.row_index import Index
from wxdesk.ui.wording.conversation import accessible_row_text, hold_reason_of_row
from wxdesk.ui.wording.reply_status import FindHoldReason, no_hold_reason


class RowRole(IntEnum):
    """Data roles of the conversation list."""

    ROW = Qt.ItemDataRole.UserRole + 1
    ID = Qt.ItemDataRole.UserRole + 2


class ConversationListModel(RowModel[InboxRow]):
    """Conversations under one filter, in the store's order.

    Signals:
        more_wanted: the number of rows of the filter already read, when the view nears their end.
    """

    more_wanted = Signal(int)

    def __init__(
        self, clock: Clock, hold_reason_of: FindHoldReason = no_hold_reason, parent: QObject | None = None
    ) -> None:
        super().__init__(clock, hold_reason_of, parent)
        self._complete = True
        self._asked = False
        self._kept: int | None = None
        self.chosen = InboxFilter.ALL
        self.narrowing = EVERYTHING
        self.me = ""

    def _spoken(self, row: InboxRow) -> str:
        return accessible_row_text(row, self._clock(), hold_reason_of_row(row, self._hold_reason_of))

    def _fact(self, row: InboxRow, role: int) -> object:
        if role == RowRole.ID:
            return row.conversation.id
        return row if role == RowRole.ROW else None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._complete and not self._asked

    def fetchMore(self, parent: Index) -> None:
        """Ask for the next page; it arrives by `append`."""
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit(sum(self._belongs(row) for row in self._rows))

    def show(self, chosen: InboxFilter, rows: Sequence[InboxRow]) -> None:
        """Replace everything by the first page under `chosen`."""
        self.beginResetModel()
        self.chosen = chosen
        self._rows = list(rows)
        self._complete = len(rows) < LIST_PAGE
        self._asked = False
        self.endResetModel()

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
            at = self.position(row.conversation.id)
            if at is None:
                self._insert(row)
            elif not self._stays(row):
                self._remove_rows(at, at + 1)
            else:
                self._replace(at, row)

    def keep(self, conversation_id: int | None) -> None:
        """Keep the open conversation's row in its place, also one the filter would hide."""
        before, self._kept = self._kept, conversation_id
        at = self.position(before) if before is not None and before != conversation_id else None
        if at is not None:
            self.merge([self._rows[at]])

    def position(self, conversation_id: int) -> int | None:
        """Return the index of a conversation's row, None if it was not read."""
        return next((i for i, row in enumerate(self._rows) if row.conversation.id == conversation_id), None)

    def row(self, conversation_id: int) -> InboxRow | None:
        """Return a conversation's row, None if it was not read."""
        at = self.position(conversation_id)
        return None if at is None else self._rows[at]

    def counts_down(self, now: datetime) -> bool:
        """Return True if a takeover in these rows is about to end."""
        return any(ends_soon(row.conversation, now) for row in self._rows)

    def _belongs(self, row: InboxRow) -> bool:
        return matches(row, self.chosen, self.me) and self.narrowing.admits(row.conversation, self._clock())

    def _stays(self, row: InboxRow) -> bool:
        return row.conversation.id == self._kept or self._belongs(row)

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
        if to != at:
            self.beginMoveRows(ROOT, at, at, ROOT, to + 1 if to > at else to)
            self._rows.insert(to, self._rows.pop(at))
            self.endMoveRows()
        self._put(to, row)

    def _place(self, row: InboxRow) -> int:
        """Return the index of `row` among the others; the kept one may stand anywhere."""
        others = [one for one in self._rows if one.conversation.id != row.conversation.id]
        in_order = [one for one in others if one.conversation.id != self._kept]
        key = self._key(row)
        at = bisect_left(in_order, key, key=self._key)
        to = others.index(in_order[at]) if at < len(in_order) else len(others)
        beside = to > 0 and others[to - 1].conversation.id == self._kept and key < self._key(others[to - 1])
        return to - 1 if beside else to

    def _key(self, row: InboxRow) -> tuple[int, float, float, int]:
        return sort_key(row, self.chosen)
