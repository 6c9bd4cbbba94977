"""Messages and replies read of one conversation: a stretch without gaps."""

from collections.abc import Iterable, Sequence

from wxdesk.core.conversations.listing import TimelineItem
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import can_be_undone, leaves_by_itself
from wxdesk.desk.conversations.inbox_queries import TIMELINE_PAGE, TimelinePage
from wxdesk.ui.inbox.timeline.entries import in_order, key_of


class LoadedItems:
    """Messages and replies by the keys of their rows."""

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

    def add_newest(self, items: Sequence[TimelineItem]) -> None:
        """Add the newest page; one that does not touch the others replaces them."""
        if not self.to_end:
            return
        if self._items and items and not any(item in self for item in items):
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
