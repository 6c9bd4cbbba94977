"""Rows and counts of the conversation list, and items of the timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wxdesk.core.conversations.attention import Attention
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply


class InboxFilter(StrEnum):
    """Filter of the list: the chips above it, and the statuses beside the search."""

    ALL = "all"  # that are open
    WAITING = "waiting"  # somebody wrote and nobody answered; longest first
    NEEDS_HUMAN = "needs_human"  # calls for somebody: left to a human, a window closing, failed, unknown …
    PENDING = "pending"  # a held or draft reply waits for its time or its human
    UNREAD = "unread"
    SNOOZED = "snoozed"  # the first to come back first
    RESOLVED = "resolved"
    ANY_STATUS = "with_aside"  # all, open or set aside


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One conversation in the list, with the needs of its replies.

    `due_at` is the earliest deadline of a held reply that may leave then, `waits` how many of the `held` ones
    may not, because an earlier part of their answer needs the operator (`core.replies.parts`). `drafts` is the
    number of drafts, `failed` the newest reply that failed or is unknown and has not been settled, `last_reply`
    the newest reply of all. `unfinished_at` is when a rule last had an answer that nobody has completed, or
    that could not be made and is still waited for; one to a contact who has only opened the chat does not
    count. `calls` is its attention.
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


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """The figures on the chips, the rail, the strip and the pause bar.

    `unread` counts conversations, `messages` messages. `automatic` are the replies that a pause keeps back or would:
    what rules made and no human has released, held or queued.
    """

    unread: int = 0
    messages: int = 0
    waiting: int = 0
    needs_human: int = 0
    pending: int = 0
    snoozed: int = 0
    automatic: int = 0


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Counts of the status bar: today's messages and replies, and who waits now.

    `waiting` counts the conversations under the chip of that name, of any day.
    """

    messages: int = 0
    by_rule: int = 0
    by_operator: int = 0
    waiting: int = 0


type TimelineItem = Message | Reply


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A message or reply of a conversation that contains the searched phrase."""

    conversation: Conversation
    item: TimelineItem
