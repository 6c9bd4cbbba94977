"""The open conversation as the page knows it: what was read of its timeline, and how it is kept up to date.

No widget: it turns events and answers of the desk into entries of the timeline's model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Signal

from wxdesk.core.events import (
    CallRaised,
    CallsChanged,
    ConversationChanged,
    DecisionMade,
    Event,
    MessageKept,
    PictureChanged,
    PreferencesChanged,
    ReplyChanged,
    TakeoverEnded,
)
from wxdesk.core.inbox import InboxRow, SearchHit, TimelineItem
from wxdesk.core.lifecycle import can_be_undone, is_automatic
from wxdesk.core.model import Message, Reply, ReplyState
from wxdesk.core.rules import Decision
from wxdesk.desk import inbox_reading
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.inbox.timeline_entries import Closing, entries_of, first_unread, in_order, key_of
from wxdesk.ui.inbox.timeline_model import TimelineModel
from wxdesk.ui.standstills import Standstills

_LEAVES = frozenset({ReplyState.HELD, ReplyState.QUEUED})


class ChatSession(QObject):
    """Follows one conversation at a time.

    Signals:
        opened: the first page of another conversation is shown; carries the key to go to, or an empty text.
        refreshed: the open conversation's row or decision is another one now.
        arrived: a contact's message came into the open conversation.
    """

    opened = Signal(str)
    refreshed = Signal()
    arrived = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.standstills = Standstills(bridge, self)
        self.model = TimelineModel(bridge.desk.clock, self.standstills.of, self)
        self.conversation_id: int | None = None
        self.row: InboxRow | None = None
        self.latest: Decision | None = None
        self._items: dict[str, TimelineItem] = {}
        self._unread_from: int | None = None
        self._hit: TimelineItem | None = None
        self._visit = 0  # answers to questions of an earlier one are not shown
        self._fresh = False  # nothing of this conversation has been shown yet
        self._to_end = True
        self._complete = False
        self._reading = False
        self._asking = False
        self._again = False
        self._changed_replies: set[int] = set()
        self._returned: defaultdict[int, list[datetime]] = defaultdict(list)

    @property
    def to_end(self) -> bool:
        """Whether the newest message is among those read; False after a jump into the past."""
        return self._to_end

    def open(self, conversation_id: int, hit: SearchHit | None = None) -> None:
        """Show another conversation, at its end or at `hit`."""
        if conversation_id != self.conversation_id or hit is not None:
            self._reset(conversation_id)
        self._hit = hit.item if hit else None
        if hit is not None:
            work = inbox_reading.around(self._bridge.desk.store, conversation_id, hit.item)
            self._bridge.ask(work, partial(self._show_stretch, self._visit))
        self._ask()

    def close(self) -> None:
        """Follow nothing."""
        self._reset(None)
        self.refreshed.emit()

    def reload(self) -> None:
        """Show the newest page, after a jump into the past."""
        if self.conversation_id is not None and not self._to_end:
            self._reset(self.conversation_id)
            self._ask()

    def older(self) -> None:
        """Read the page above; nothing happens while one is being read or when there is none."""
        if self._reading or self._complete or not self._items or self.conversation_id is None:
            return
        self._reading = True
        first = in_order(self._items.values())[0]
        work = inbox_reading.older(self._bridge.desk.store, self.conversation_id, first.at)
        self._bridge.ask(work, partial(self._show_older, self._visit), self._read_failed)

    def newer(self) -> None:
        """Read the page below, after a jump into the past."""
        if self._reading or self._to_end or not self._items or self.conversation_id is None:
            return
        self._reading = True
        last = in_order(self._items.values())[-1]
        desk = self._bridge.desk
        work = inbox_reading.newer(desk.store, self.conversation_id, last, desk.clock())
        self._bridge.ask(work, partial(self._show_stretch, self._visit), self._read_failed)

    def hear(self, events: Sequence[Event]) -> None:
        """Read again what these events touch of the open conversation."""
        touched = False
        for event in events:
            match event:
                case ReplyChanged(conversation_id, reply_id) if conversation_id == self.conversation_id:
                    self._changed_replies.add(reply_id)
                    touched = True
                case PreferencesChanged() if self.conversation_id is not None:
                    touched = True
                case TakeoverEnded(conversation_id, at):
                    self._returned[conversation_id].append(at)
                case (
                    MessageKept(conversation_id)
                    | PictureChanged(conversation_id)
                    | DecisionMade(conversation_id)
                    | ConversationChanged(conversation_id)
                    | CallRaised(conversation_id)
                    | CallsChanged(conversation_id)
                ) if conversation_id == self.conversation_id:
                    touched = True
        if touched:
            self._ask()

    def message(self, key: str) -> Message | None:
        """The message that an entry shows or that a reply's entry answers, if it has been read."""
        item = self._items.get(key)
        if isinstance(item, Reply):
            item = self._items.get(f"m{item.message_id}")
        return item if isinstance(item, Message) else None

    def reply(self, key: str) -> Reply | None:
        """The reply of an entry."""
        item = self._items.get(key)
        return item if isinstance(item, Reply) else None

    @property
    def promised(self) -> bool:
        """Whether something automatic waits here that leaves by itself, or asks."""
        replies = (item for item in self._items.values() if isinstance(item, Reply))
        return any(is_automatic(reply) and reply.state in _LEAVES for reply in replies)

    def undoable(self) -> Reply | None:
        """The newest reply that its operator can still take back."""
        written = [item for item in self._items.values() if isinstance(item, Reply) and can_be_undone(item)]
        return max(written, key=lambda reply: reply.id, default=None)

    def since(self, key: str) -> Message | None:
        """The newest message that came after what a reply's entry answers."""
        return next((entry.since for entry in self.model.entries() if entry.key == key), None)

    def asking(self, key: str) -> int:
        """How many parts of its answer need a word where this reply is the first of them, else 0."""
        return next((entry.asking for entry in self.model.entries() if entry.key == key), 0)

    def last_message(self) -> Message | None:
        """The newest message that has been read."""
        messages = [item for item in self._items.values() if isinstance(item, Message) and item.event is None]
        return max(messages, key=lambda message: message.at, default=None)

    def source(self) -> str | None:
        """Where the contact came from last, as far as it has been read."""
        entered = [item for item in self._items.values() if isinstance(item, Message) and item.session_from]
        return max(entered, key=lambda message: message.at).session_from if entered else None

    # -- answers

    def _ask(self) -> None:
        """Ask for the newest state; while an answer is awaited, once more after it."""
        if self.conversation_id is None:
            return
        if self._asking:
            self._again = True
            return
        self._asking = True
        known = {int(key[1:]) for key in self._items if key.startswith("r")}
        changed = self._changed_replies & known
        self._changed_replies.clear()
        work = inbox_reading.snapshot(self._bridge.desk.store, self.conversation_id, changed)
        self._bridge.ask(work, partial(self._answered, self._visit), self._ask_failed)

    def _answered(self, visit: int, now: inbox_reading.Snapshot) -> None:
        self._asking = False
        if visit != self._visit:
            self._ask()
            return
        self._take_in(now)
        if self._again:
            self._again = False
            self._ask()

    def _ask_failed(self, error: Exception) -> None:
        self._asking = self._again = False
        self._bridge.failed.emit(error)

    def _read_failed(self, error: Exception) -> None:
        self._reading = False
        self._bridge.failed.emit(error)

    def _take_in(self, now: inbox_reading.Snapshot) -> None:
        first_time = self.row is None
        self.row, self.latest = now.row, now.latest
        if first_time:
            self._unread_from = first_unread(now.items, now.row.conversation.unread)
        new_message = not first_time and any(isinstance(i, Message) and key_of(i) not in self._items for i in now.items)
        if self._hit is None:
            self._merge_newest(now.items)
        self._put(item for item in (*now.items, *now.more) if key_of(item) in self._items)
        if self._hit is None or self._items:
            self._show()
        self.refreshed.emit()
        if new_message:
            self.arrived.emit()

    def _merge_newest(self, items: Sequence[TimelineItem]) -> None:
        """Add the newest page; one that does not touch what was read replaces it."""
        if not self._to_end:
            return
        if self._items and items and not any(key_of(item) in self._items for item in items):
            self._items.clear()
            self._complete = False
        if not self._items:
            self._complete = len(items) < inbox_reading.TIMELINE_PAGE
        self._put(items)

    def _show_older(self, visit: int, stretch: inbox_reading.Stretch) -> None:
        if visit == self._visit:
            self._reading = False
            self._complete = len(stretch.items) < inbox_reading.TIMELINE_PAGE
            self._put(stretch.items)
            self._show()

    def _show_stretch(self, visit: int, stretch: inbox_reading.Stretch) -> None:
        if visit == self._visit:
            self._reading = False
            self._to_end = stretch.to_end
            self._put(stretch.items)
            self._show()

    def _show(self) -> None:
        items = in_order(self._items.values())
        latest = self.latest if self._to_end else None
        returned = self._returned.get(self.conversation_id or 0, ()) if self._to_end else ()
        now, unread, closing = self._bridge.desk.clock(), self._unread_from, self._closing()
        self.model.show(entries_of(items, now, unread, latest, returned, closing))
        if self._fresh and (self._items or self._hit is None):
            self._fresh = False
            self.opened.emit(key_of(self._hit) if self._hit else "unread" if self._unread_from else "")
            self._hit = None

    def _closing(self) -> Closing | None:
        until = self.row.conversation.window.until if self.row is not None else None
        return None if until is None else Closing(until, self.standstills.last_moment)

    def _put(self, items: Iterable[TimelineItem]) -> None:
        self._items.update((key_of(item), item) for item in items)

    def _reset(self, conversation_id: int | None) -> None:
        self._visit += 1
        self.conversation_id = conversation_id
        self.row = self.latest = None
        self._items.clear()
        self._changed_replies.clear()
        self._unread_from = self._hit = None
        self._fresh, self._to_end = conversation_id is not None, True
        self._complete = self._reading = False
        self.model.clear()
