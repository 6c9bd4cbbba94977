"""Rows and counts of the conversation list, and items of the timeline.

Each figure of the window has one meaning: `matches` here, its SQL in `store.schema.figures`, and its words in
`ui.wording.figures`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from wxdesk.core.conversations.attention import RINGING, Attention
from wxdesk.core.model.conversation import Conversation, ConversationStatus
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, Reply


class InboxFilter(StrEnum):
    """Filter of the list: the chips above it, and the statuses beside the search."""

    ALL = "all"  # that are open
    WAITING = "waiting"  # somebody wrote and nobody answered; longest first
    NEEDS_HUMAN = "needs_human"  # left to a human, a window closing, failed, unknown …, and no colleague has it
    PENDING = "pending"  # a held or draft reply waits for its time or its human
    FAILED = "failed"  # a reply failed, or nobody knows whether it arrived, and nobody has settled it
    UNREAD = "unread"
    MINE = "mine"  # that the operator has, among the colleagues of a team
    NOBODYS = "nobodys"  # wait, and none of the colleagues has them; longest first
    SNOOZED = "snoozed"  # the first to come back first
    RESOLVED = "resolved"
    ANY_STATUS = "with_aside"  # all, also snoozed and resolved ones; stored views have this older word


class InboxRow(Struct, frozen=True):
    """One conversation in the list, with the needs of its replies.

    `due_at` is the earliest deadline of a held reply that may leave then, `waits` how many of the `held` ones
    may not, because an earlier part of their answer needs the operator (`core.replies.parts`). `drafts` is the
    number of drafts, `failed` the newest reply that failed or is unknown and has not been settled, `last_reply`
    the newest reply of all. `unfinished_at` is when a rule last had an answer that nobody has completed, or
    that could not be made and is still waited for; one to a contact who has only opened the chat does not
    count. `calls` is its attention. `leaving` are operators' replies on their way. `unsent` is what the operator has
    begun to write there. `question` is the contact's last message where it waits although a rule has replied.
    """

    conversation: Conversation
    due_at: datetime | None = None
    held: int = 0
    drafts: int = 0
    failed: Reply | None = None
    last_reply: Reply | None = None
    calls: tuple[Attention, ...] = ()
    unfinished_at: datetime | None = None
    waits: int = 0
    leaving: int = 0
    unsent: Content | None = None
    question: Message | None = None


class Waiting(Struct, frozen=True):
    """Customer who waits, by conversation and newest message.

    `skipped`: a pause or a delay kept that message from the rules. `at` is when it came here.
    """

    conversation_id: int
    message_id: int
    skipped: bool
    at: datetime


STATUS_SHOWN = {InboxFilter.SNOOZED: ConversationStatus.SNOOZED, InboxFilter.RESOLVED: ConversationStatus.RESOLVED}
"""Conversation status that a filter shows, where that is not open."""

LONGEST_FIRST = frozenset({InboxFilter.WAITING, InboxFilter.NEEDS_HUMAN, InboxFilter.NOBODYS})
"""Filters that show the longest waiting first; the others show the newest first."""

_NEVER = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


def matches(row: InboxRow, chosen: InboxFilter, me: str = "") -> bool:
    """Return True if `chosen` shows `row` to the operator named `me`."""
    if chosen is InboxFilter.ANY_STATUS:
        return True
    return row.conversation.status is STATUS_SHOWN.get(chosen, ConversationStatus.OPEN) and _is(row, chosen, me)


def _is(row: InboxRow, chosen: InboxFilter, me: str) -> bool:
    match chosen:
        case InboxFilter.WAITING:
            return row.conversation.awaits_answer
        case InboxFilter.NEEDS_HUMAN:
            left = row.conversation.taken_over and row.conversation.awaits_answer
            needs = left or row.failed is not None or any(call.cause in RINGING for call in row.calls)
            return needs and not row.conversation.is_a_colleagues(me)
        case InboxFilter.PENDING:
            return row.held > 0 or row.drafts > 0
        case InboxFilter.FAILED:
            return row.failed is not None
        case InboxFilter.UNREAD:
            return row.conversation.unread > 0
        case InboxFilter.MINE:
            return row.conversation.claimed_by == me != ""
        case InboxFilter.NOBODYS:
            return row.conversation.awaits_answer and not row.conversation.claimed_by
    return True


def sort_key(row: InboxRow, chosen: InboxFilter) -> tuple[int, float, float, int]:
    """Return a key that sorts rows as `chosen` shows them, smallest first.

    Where nothing waits, the newest is first. Among all, the pinned ones come first, then those with a call that
    rises; the longest waiting first.
    """
    conversation = row.conversation
    pinned = chosen is InboxFilter.ALL and conversation.pinned
    risen = pinned or (chosen is InboxFilter.ALL and any(call.sorts_first for call in row.calls))
    last = -_seconds(conversation.last_at or _NEVER)
    if chosen is InboxFilter.SNOOZED:
        return (True, _seconds(conversation.snoozed_until or _LAST), last, -conversation.id)
    if risen or chosen in LONGEST_FIRST:
        return (1 - risen - pinned, _seconds(conversation.waiting_since or _LAST), last, -conversation.id)
    return (True, last, 0.0, -conversation.id)


def _seconds(at: datetime) -> float:
    return (at - _NEVER).total_seconds()


class InboxCounts(Struct, frozen=True):
    """The figures on the chips, the rail, the strip, and the bars of pause and status.

    Those with the name of an `InboxFilter` count its rows, `messages` unread messages. `automatic` are the replies that
    a pause keeps back or would: what rules made and no human has released, held or queued.
    """

    unread: int = 0
    messages: int = 0
    waiting: int = 0
    needs_human: int = 0
    pending: int = 0
    failed: int = 0
    snoozed: int = 0
    automatic: int = 0
    mine: int = 0
    nobodys: int = 0


class DayCounts(Struct, frozen=True):
    """Counts of the status bar: today's messages and sent replies."""

    messages: int = 0
    by_rule: int = 0
    by_operator: int = 0


type TimelineItem = Message | Reply


def in_order(items: Iterable[TimelineItem]) -> list[TimelineItem]:
    """Return the items, oldest first; a message before a reply of the same instant."""
    return sorted(items, key=lambda item: (item.at, isinstance(item, Reply), item.id))


class SearchHit(Struct, frozen=True):
    """A message or reply of a conversation that contains the searched phrase."""

    conversation: Conversation
    item: TimelineItem
