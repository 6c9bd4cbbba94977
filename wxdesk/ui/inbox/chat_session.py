"""State of the open conversation: its row, its timeline, and their updates.

No widget: it turns events and answers of the desk into entries of the timeline's model.
"""

from collections import defaultdict
from collections.abc import Callable, Coroutine, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from wxdesk.core import events
from wxdesk.core.conversations.listing import InboxRow, SearchHit, TimelineItem
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.decision import Decision
from wxdesk.core.model.message import Message
from wxdesk.desk.conversations.inbox_queries import ConversationSnapshot, TimelinePage
from wxdesk.ui.inbox.sendability import closed_text
from wxdesk.ui.inbox.timeline.entries import WindowEnd, entries_of, first_unread, gap_lines, key_of, return_line
from wxdesk.ui.inbox.timeline.model import LoadedItems, TimelineModel
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.wording.hold_reasons import HoldReasons
from wxdesk.ui.wording.outages import KnownOutages

_TOUCHING = (*events.ROW_CHANGES, events.PictureChanged)


class Visit(Struct, eq=False):
    """Progress of reading the open conversation since it was opened."""

    fresh: bool = False  # nothing of it has been shown yet
    failed: bool = False  # nor could anything be read
    paging: bool = False  # a page above or below is being read
    hit: TimelineItem | None = None  # the search result to go to, once it is read
    unread_from: int | None = None  # id of the first message that was new then
    newest_read: int | None = None  # id of the newest message read, 0 for none; None before the first answer


class ChatSession(QObject):
    """Follows one conversation at a time.

    Signals:
        turned: another conversation is followed now, or none; at most its row is known.
        opened: the first page of another conversation is shown; carries the key to go to, or an empty text.
        refreshed: the open conversation's row, decision or pages have changed, or it could not be read.
        arrived: a message of the contact was added.
    """

    turned = Signal()
    opened = Signal(str)
    refreshed = Signal()
    arrived = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.hold_reasons = HoldReasons(bridge, self)
        self.model = TimelineModel(bridge.desk.clock, self.hold_reasons.of, self)
        self.conversation_id: int | None = None
        self.row: InboxRow | None = None
        self.latest: Decision | None = None
        self.known = LoadedItems()
        self.at_end: Callable[[], bool] = lambda: False  # nobody looks at what is far above
        self.visit = Visit()  # answers to questions of an earlier one are not shown
        self._changed_replies: set[int] = set()
        self._asked: AbstractSet[int] = frozenset()  # replies of the question whose answer is awaited
        self._refresher = Refresher(bridge, self._question, self._answered, self, failed=self._not_answered)
        self.retry = self._refresher.ask
        bridge.events.connect(self._on_events)
        bridge.message_arrived.connect(self._show_arrived)
        self._outages = KnownOutages(bridge, self)
        self._outages.changed.connect(self.refresh_times)
        self._returned: defaultdict[int, list[datetime]] = defaultdict(list)

    @property
    def conversation(self) -> Conversation | None:
        """The open conversation, once its row is known."""
        return None if self.row is None else self.row.conversation

    @property
    def leaving(self) -> bool:
        """True if an automatic reply leaves here by itself, as far as it has been read."""
        if self.visit.fresh:
            return self.row is not None and self.row.due_at is not None
        return self.known.leaving

    def open(self, conversation_id: int, hit: SearchHit | None = None, row: InboxRow | None = None) -> None:
        """Show a conversation, at its end or at `hit`; `row` is its row, if known."""
        other = conversation_id != self.conversation_id
        if other or hit is not None:
            self._reset(conversation_id)
        self.visit.hit = hit.item if hit else None
        if other:
            self._turn(row)
        if hit is not None:
            work = self._bridge.desk.timeline.around(conversation_id, hit.item)
            self._bridge.ask(work, self._show_page, self._not_found, about=lambda: self.visit)
        self._refresher.ask()

    def close(self) -> None:
        """Follow no conversation."""
        self._reset(None)
        self._turn(None)

    def reload(self) -> None:
        """Show the newest page after a jump into the past."""
        if self.conversation_id is not None and not self.known.to_end:
            self._reset(self.conversation_id)
            self._refresher.ask()

    def refresh_times(self) -> None:
        """Update what is not read anew: day names, gaps, or a closed reply window."""
        if not self.visit.fresh:
            self._show()

    def older(self) -> None:
        """Read the page above, unless one is being read or there is none."""
        if not self.known.complete:
            self._read_page(above=True)

    def newer(self) -> None:
        """Read the page below, after a jump into the past."""
        if not self.known.to_end:
            self._read_page(above=False)

    def _read_page(self, *, above: bool) -> None:
        if self.visit.paging or not self.known or self.conversation_id is None:
            return
        self.visit.paging = True
        timeline, here, items = self._bridge.desk.timeline, self.conversation_id, self.known.in_order()
        work = timeline.older(here, items[0].at) if above else timeline.newer(here, items[-1])
        done = partial(self._show_page, above=above)
        self._bridge.ask(work, done, self._read_failed, about=lambda: self.visit)

    def _on_events(self, batch: Sequence[events.Event]) -> None:
        for event in batch:
            match event:
                case events.ReplyChanged(conversation_id, reply_id) if conversation_id == self.conversation_id:
                    self._changed_replies.add(reply_id)
                case events.ContactErased(conversation_id) if conversation_id == self.conversation_id:
                    self.close()
                case events.TakeoverEnded(conversation_id, at):
                    self._returned[conversation_id].append(at)
                case events.EverythingChanged():
                    self._changed_replies |= self.known.reply_ids()
        if self.conversation_id is not None and any(self._touches(event) for event in batch):
            self._refresher.ask()

    def _show_arrived(self, message: Message) -> None:
        """Show a new message at once; what belongs to it is read after the next frame."""
        if self.visit.fresh or message.conversation_id != self.conversation_id:
            return
        if self.known.to_end and message not in self.known:
            self.known.add(TimelinePage((message,), to_end=True))
            self._show()

    def _touches(self, event: events.Event) -> bool:
        here = isinstance(event, _TOUCHING) and event.conversation_id == self.conversation_id
        return here or isinstance(event, events.PreferencesChanged | events.EverythingChanged)

    # -- answers

    def _question(self) -> Coroutine[Any, Any, ConversationSnapshot] | None:
        if self.conversation_id is None:
            return None
        self._asked = self._changed_replies & self.known.reply_ids()
        self._changed_replies.clear()
        return self._bridge.desk.timeline.snapshot(self.conversation_id, self._asked)

    def _answered(self, now: ConversationSnapshot) -> None:
        visit, newest = self.visit, max((item.id for item in now.items if isinstance(item, Message)), default=0)
        before, visit.newest_read = visit.newest_read, newest
        self.row, self.latest, visit.failed = now.row, now.latest, False
        if before is None:
            visit.unread_from = first_unread(now.items, now.row.conversation.unread)
        if visit.hit is None:
            self.known.add_newest(now.items, alone=self.at_end() and not visit.paging)
        self.known.renew((*now.items, *now.more))
        if visit.hit is None or self.known:
            self._show()
        self.refreshed.emit()
        if before is not None and newest > before:
            self.arrived.emit()

    def _not_answered(self) -> None:
        self._changed_replies |= self._asked
        self.visit.failed = self.visit.fresh
        self.refreshed.emit()

    def _read_failed(self, error: Exception) -> None:
        self.visit.paging = False
        self._bridge.outdated.emit(error)

    def _not_found(self, error: Exception) -> None:
        """Show the end, because the place of a search result could not be read."""
        self._bridge.outdated.emit(error)
        self.visit.hit = None
        self._refresher.ask()

    def _show_page(self, page: TimelinePage, *, above: bool = False) -> None:
        self.visit.paging = False
        if above:
            self.known.add_older(page.items)
        else:
            self.known.add(page)
        self._show()
        self.refreshed.emit()

    def _show(self) -> None:
        visit, latest = self.visit, self.latest if self.known.to_end else None
        now, items, closing = self._bridge.desk.clock(), self.known.in_order(), self._closing()
        lines = gap_lines(self._outages.all, items, now, to_end=self.known.to_end)
        if self.known.to_end:
            lines += [return_line(at) for at in self._returned.get(self.conversation_id or 0, ())]
        self.model.show(entries_of(items, now, visit.unread_from, latest, lines, closing))
        if visit.fresh and (self.known or visit.hit is None):
            visit.fresh = False
            self.opened.emit(key_of(visit.hit) if visit.hit else "unread" if visit.unread_from else "")
            visit.hit = None

    def _closing(self) -> WindowEnd | None:
        conversation = self.conversation
        if conversation is None or conversation.window.until is None:
            return None
        closed = closed_text(conversation, self._bridge.desk.clock())
        return WindowEnd(conversation.window.until, self.hold_reasons.last_moment, closed)

    def _turn(self, row: InboxRow | None) -> None:
        self.row = row
        self.turned.emit()
        self.refreshed.emit()

    def _reset(self, conversation_id: int | None) -> None:
        """Forget what was read; the row of a conversation already open stays."""
        self._refresher.turn()
        self.visit = Visit(fresh=conversation_id is not None)
        if conversation_id != self.conversation_id:
            self.row = self.latest = None
        self.conversation_id = conversation_id
        self.known.clear()
        self._changed_replies.clear()
        self.model.replace_rows(())
