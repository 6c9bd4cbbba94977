"""Open conversation: messages and replies read of it, and the rows made of them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Signal

from wxdesk.core.conversations.listing import TimelineItem, in_order
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import EDITABLE, ON_ITS_WAY, Reply, ReplyState
from wxdesk.core.replies.lifecycle import can_be_undone, leaves_by_itself
from wxdesk.desk.conversations.inbox_queries import TIMELINE_PAGE, TimelinePage
from wxdesk.ui.inbox.lists import TimedRows
from wxdesk.ui.inbox.timeline.bubble_text import accessible_entry
from wxdesk.ui.inbox.timeline.entries import EntryKind, TimelineEntry, hold_reason_of_entry, key_of
from wxdesk.ui.wording.reply_status import HoldReason


class LoadedItems:
    """Messages and replies by the keys of their rows.

    `to_end`: the newest message is among them; False after a jump into the past.
    """

    def __init__(self) -> None:
        self._items: dict[str, TimelineItem] = {}
        self.to_end = True
        self.complete = False

    def __bool__(self) -> bool:
        return bool(self._items)

    def __contains__(self, item: TimelineItem) -> bool:
        return key_of(item) in self._items

    def clear(self) -> None:
        """Forget all; the newest page comes next."""
        self._items.clear()
        self.to_end, self.complete = True, False

    def in_order(self) -> list[TimelineItem]:
        """Return all, oldest first."""
        return in_order(self._items.values())

    def reply_ids(self) -> set[int]:
        """Return the ids of the replies."""
        return {reply.id for reply in self._replies()}

    # -- reading

    def add_older(self, items: Sequence[TimelineItem]) -> None:
        """Add the page above."""
        self.complete = len(items) < TIMELINE_PAGE
        self._put(items)

    def add(self, stretch: TimelinePage) -> None:
        """Add a page that reaches no further back than those read, or the first one."""
        self.to_end = stretch.to_end
        self._put(stretch.items)

    def add_newest(self, items: Sequence[TimelineItem], *, alone: bool) -> None:
        """Add the newest page; one that does not touch the others replaces them.

        `alone`: nobody looks at what is above it, so that much of it is forgotten, unless a reply there can still be
        edited. Each change goes through all items.
        """
        if not self.to_end:
            return
        page = {key_of(item) for item in items}
        above = [item for key, item in self._items.items() if key not in page]
        apart = page and len(above) == len(self._items)
        editable = any(isinstance(item, Reply) and item.state in EDITABLE for item in above)
        if apart or (alone and len(above) > TIMELINE_PAGE and not editable):
            self.clear()
        if not self._items:
            self.complete = len(items) < TIMELINE_PAGE
        self._put(items)

    def renew(self, items: Iterable[TimelineItem]) -> None:
        """Update the items that are already here."""
        self._put([item for item in items if item in self])

    def _put(self, items: Iterable[TimelineItem]) -> None:
        self._items.update((key_of(item), item) for item in items)

    # -- asking

    def message(self, key: str) -> Message | None:
        """Return the message of an entry, or the one that its reply answers."""
        item = self._items.get(key)
        if isinstance(item, Reply):
            item = self._items.get(f"m{item.message_id}")
        return item if isinstance(item, Message) else None

    def reply(self, key: str) -> Reply | None:
        """Return the reply of an entry."""
        item = self._items.get(key)
        return item if isinstance(item, Reply) else None

    @property
    def leaving(self) -> bool:
        """True if an automatic reply leaves by itself."""
        return any(map(leaves_by_itself, self._replies()))

    def undoable(self) -> Reply | None:
        """Return the newest reply that can be undone."""
        return max(filter(can_be_undone, self._replies()), key=lambda reply: reply.id, default=None)

    def last_message(self) -> Message | None:
        """Return the newest message."""
        written = [message for message in self._messages() if message.event is None]
        return max(written, key=lambda message: message.at, default=None)

    def source(self) -> str | None:
        """Return the contact's last source."""
        entered = [message for message in self._messages() if message.session_from]
        return max(entered, key=lambda message: message.at).session_from if entered else None

    def _messages(self) -> Iterable[Message]:
        return (item for item in self._items.values() if isinstance(item, Message))

    def _replies(self) -> Iterable[Reply]:
        return (item for item in self._items.values() if isinstance(item, Reply))


class TimelineModel(TimedRows[TimelineEntry]):
    """The entries read so far, oldest first.

    Signals:
        changing, changed: before and after every change, so that the view can keep its scroll position.
        told: the sentence of a message that came, or of a reply that was sent, refused, stopped or drafted.
    """

    changing = Signal()
    changed = Signal()
    told = Signal(str)

    def _accessible_text(self, row: TimelineEntry) -> str:
        return accessible_entry(row, self.clock(), self.hold_reason(row))

    def hold_reason(self, entry: TimelineEntry) -> HoldReason:
        """Return what holds back the reply of an entry now."""
        return hold_reason_of_entry(entry, self._hold_reason_of)

    def show(self, entries: Sequence[TimelineEntry]) -> None:
        """Become `entries`; rows with the same key keep place and selection."""
        if list(entries) != self._rows:
            before, now = {row.key: row for row in self._rows}, self.clock()
            self.changing.emit()
            self.update_rows(entries)
            self.changed.emit()
            for entry in entries if before else ():
                if _is_news(entry, before.get(entry.key), now):
                    self.told.emit(self._accessible_text(entry))

    def _key(self, row: TimelineEntry) -> str:
        return row.key


_NEW = timedelta(minutes=1)
"""An entry that is older was read, and did not come."""


def _is_news(entry: TimelineEntry, before: TimelineEntry | None, now: datetime) -> bool:
    """Tell if an entry has come, or its reply has come to a state where it stays."""
    reply = entry.reply
    if reply is not None and (reply.state in ON_ITS_WAY or (reply.state is ReplyState.HELD and reply.due_at)):
        return False
    if before is not None:
        return reply is not None and before.reply is not None and before.reply.state is not reply.state
    return entry.kind in {EntryKind.MESSAGE, EntryKind.REPLY} and now - entry.at < _NEW
