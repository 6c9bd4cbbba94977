"""Queries of the inbox window, one coroutine each, so one trip between threads."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.conversations.listing import InboxCounts, InboxFilter, InboxRow, TimelineItem
from wxdesk.core.model.conversation import EVERYTHING, Contact, Narrowing
from wxdesk.core.model.decision import Decision
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies import parts
from wxdesk.core.replies.lifecycle import can_be_undone
from wxdesk.store import Store

LIST_PAGE = 100
"""Conversations in one page of the list."""

TIMELINE_PAGE = 50
"""Messages and replies in one page of a timeline."""

_CONTEXT = timedelta(minutes=10)


class ListPage(Struct, frozen=True):
    """A page of the conversation list, with the counts of its filter chips."""

    chosen: InboxFilter
    narrowing: Narrowing
    offset: int
    rows: tuple[InboxRow, ...]
    counts: InboxCounts


class ConversationSnapshot(Struct, frozen=True):
    """The open conversation at one moment: its row, newest items and latest decision.

    `more` are older replies that had changed.
    """

    row: InboxRow
    items: tuple[TimelineItem, ...]
    latest: Decision | None
    more: tuple[Reply, ...] = ()


class HeldReply(Struct, frozen=True):
    """A held reply with its contact and the end of the contact's reply window.

    Of an answer whose parts have no deadline, the first has their number in `asking`, and the others `follow`:
    one decision is for all. `behind`: it does not leave in time, because an earlier part of its answer has not
    arrived. `question` is the message that it answers. `owner` is the operator who has the conversation, by name.
    """

    reply: Reply
    contact: Contact
    closes_at: datetime | None = None
    asking: int = 0
    follows: bool = False
    behind: bool = False
    question: Message | None = None
    owner: str = ""


class TimelinePage(Struct, frozen=True):
    """A piece of a timeline; `to_end`: nothing newer exists."""

    items: tuple[TimelineItem, ...]
    to_end: bool


class InboxQueries:
    """Queries of the list and of all held replies; `me` names the operator."""

    def __init__(self, store: Store, me: Callable[[], str]) -> None:
        self._store = store
        self._me = me
        self.day_counts = store.inbox.day_counts
        self.search, self.customers, self.choices = store.inbox.search, store.inbox.customers, store.inbox.choices

    async def list_page(
        self, chosen: InboxFilter, offset: int, narrowing: Narrowing = EVERYTHING, now: datetime | None = None
    ) -> ListPage:
        """Return the rows from `offset` on; `now` counts where days are wanted."""
        rows = await self._store.inbox.page(chosen, offset, LIST_PAGE, self._me(), narrowing, now or datetime.now(UTC))
        return ListPage(chosen, narrowing, offset, tuple(map(_less_leaving, rows)), await self.counts())

    async def counts(self) -> InboxCounts:
        """Return the figures for the chips."""
        return await self._store.inbox.counts(self._me())

    async def rows(self, ids: Collection[int]) -> list[InboxRow]:
        """Return the rows of these conversations, unordered; unknown ids are left out."""
        return list(map(_less_leaving, await self._store.inbox.rows(ids, self._me())))

    async def touched_rows(self, ids: Collection[int]) -> tuple[list[InboxRow], InboxCounts]:
        """Return the current rows of conversations that events named."""
        rows, counts = await self._store.inbox.rows_and_counts(ids, self._me())
        return list(map(_less_leaving, rows)), counts

    async def held_replies(self) -> tuple[HeldReply, ...]:
        """Return held replies by deadline, then those without; none in their undo time."""
        pending = await self._store.replies.pending()
        waiting = sorted(filter(_is_held, pending), key=lambda reply: reply.due_at is None)
        if not waiting:
            return ()
        rows = await self._store.inbox.rows({reply.conversation_id for reply in waiting})
        conversations = {row.conversation.id: row.conversation for row in rows}
        asking = {
            first: answer for first, answer in parts.parts_needing_operator(pending).items() if _is_held(answer[0])
        }
        follow = {part.id for answer in asking.values() for part in answer[1:]}
        behind = parts.blocked_parts(
            await self._store.replies.parts({one.part_of for one in waiting if one.part_of is not None})
        )
        asked = {one.message_id for one in waiting if one.message_id is not None}
        questions = {message.id: message for message in await self._store.inbox.messages(asked)}
        found = []
        for one in waiting:
            conversation, count = conversations[one.conversation_id], len(asking.get(one.id, ()))
            question = questions.get(one.message_id or 0)
            contact, closes_at, owner = conversation.contact, conversation.window.until, conversation.claimed_by
            is_behind, follows = one.id in behind, one.id in follow
            found.append(HeldReply(one, contact, closes_at, count, follows, is_behind, question, owner))
        return tuple(found)


class TimelineQueries:
    """Queries of one conversation's timeline."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.steps, self.find = store.replies.steps, store.inbox.find

    async def snapshot(self, conversation_id: int, changed_replies: Collection[int] = ()) -> ConversationSnapshot:
        """Return the open conversation; raises `NotFound`."""
        row, items, latest, more = await self._store.inbox.open_conversation(
            conversation_id, TIMELINE_PAGE, changed_replies
        )
        return ConversationSnapshot(_less_leaving(row), tuple(items), latest, tuple(more))

    async def last_contact_message(self, conversation_id: int) -> Message | None:
        """Return the contact's last message on the timeline's newest page, if any."""
        items = await self._store.inbox.timeline(conversation_id, limit=TIMELINE_PAGE)
        written = (item for item in reversed(items) if isinstance(item, Message) and item.event is None)
        return next(written, None)

    async def older(self, conversation_id: int, before: datetime) -> TimelinePage:
        """Return the page above `before`."""
        items = await self._store.inbox.timeline(conversation_id, before, TIMELINE_PAGE)
        return TimelinePage(tuple(items), to_end=False)

    async def around(self, conversation_id: int, hit: TimelineItem) -> TimelinePage:
        """Return the page that contains `hit`, with a little of what came after it."""
        newest = await self._store.inbox.timeline(conversation_id, limit=TIMELINE_PAGE)
        if _holds(newest, hit):
            return TimelinePage(tuple(newest), to_end=True)
        near = await self._store.inbox.timeline(conversation_id, hit.at + _CONTEXT, TIMELINE_PAGE)
        if not _holds(near, hit):
            near = await self._store.inbox.timeline(conversation_id, hit.at + timedelta(microseconds=1), TIMELINE_PAGE)
        return TimelinePage(tuple(near), to_end=False)

    async def newer(self, conversation_id: int, last: TimelineItem) -> TimelinePage:
        """Return the page below `last`."""
        items = await self._store.inbox.timeline(conversation_id, limit=TIMELINE_PAGE, after=last.at)
        return TimelinePage(tuple(items), to_end=len(items) < TIMELINE_PAGE)


def _less_leaving(row: InboxRow) -> InboxRow:
    """Take replies that are on their way off those that are left."""
    if not row.leaving:
        return row
    window = row.conversation.window
    window = replace(window, left=max(0, window.left - row.leaving))
    return replace(row, conversation=replace(row.conversation, window=window))


def one_per_answer(held: Sequence[HeldReply]) -> list[HeldReply]:
    """Keep one reply for each decision, leaving out the parts that follow."""
    return [one for one in held if not one.follows]


def _is_held(reply: Reply) -> bool:
    return reply.state is ReplyState.HELD and not can_be_undone(reply)


def _holds(items: Collection[TimelineItem], one: TimelineItem) -> bool:
    return any(type(item) is type(one) and item.id == one.id for item in items)
