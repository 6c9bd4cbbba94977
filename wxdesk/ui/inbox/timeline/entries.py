"""What stands in a timeline, made from messages and replies: bubbles, day lines, arrivals, the unread bar.

Pure functions of records, so that a test can say what a conversation looks like without a window.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from wxdesk.core.content.text_links import as_seen
from wxdesk.core.conversations.listing import TimelineItem
from wxdesk.core.model.content import ReplyKind
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.model.rule import Decision, Outcome
from wxdesk.core.preferences import LastMoment
from wxdesk.core.replies import parts
from wxdesk.core.replies.lifecycle import can_be_undone
from wxdesk.core.replies.on_new_message import closes_with
from wxdesk.i18n import tr
from wxdesk.ui.inbox.timeline.incoming_text import event_text, other_text
from wxdesk.ui.wording.messages import clock_time, day_word, kind_word, readable
from wxdesk.ui.wording.reply_status import Standstill, StandstillOf


class EntryKind(Enum):
    """What a row of the timeline is."""

    DAY = "day"
    ACTIVITY = "activity"
    UNREAD = "unread"
    MESSAGE = "message"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class WindowEnd:
    """When the reply window of the conversation closes, and what becomes then of a held reply.

    `refused` says why WeChat takes nothing at all now; it is empty while something may be sent.
    """

    at: datetime
    last_moment: LastMoment
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `key` names it for as long as the conversation is open; `text` is what it says without a caption.

    `silence` is set on a message that got no automatic answer: the outcome of its decision. On a reply that has not
    left, `answers` is the message that it answers where another stands between, `since` the newest that the customer
    wrote after it, and `spoken` the newest that the operator himself has said since it was made. `waits`: it does not
    leave, because an earlier part of its answer has not arrived. `following`: how many later parts have not left.
    `ahead`: how many earlier ones leave with it if it is sent. `asking`: it is the first of so many parts of its answer
    that need a word. `lacking` names a value that is missing
    in an earlier part, without which it may not leave. `closing` is set where the end of the reply window is what it
    waits for. `refused` says why it cannot be sent now, where somebody would have to say so.
    """

    kind: EntryKind
    key: str
    at: datetime
    text: str = ""
    message: Message | None = None
    reply: Reply | None = None
    silence: Outcome | None = None
    answers: Message | None = None
    since: Message | None = None
    spoken: Reply | None = None
    waits: bool = False
    following: int = 0
    ahead: int = 0
    asking: int = 0
    lacking: str = ""
    closing: WindowEnd | None = None
    refused: str = ""

    @property
    def outgoing(self) -> bool:
        """Whether it stands on the right."""
        return self.reply is not None


def key_of(item: TimelineItem) -> str:
    """The key of a message's or a reply's row."""
    return f"m{item.id}" if isinstance(item, Message) else f"r{item.id}"


def in_order(items: Iterable[TimelineItem]) -> list[TimelineItem]:
    """Oldest first; at the same instant what was asked stands before what answers it."""
    return sorted(items, key=lambda item: (item.at, isinstance(item, Reply), item.id))


def entries_of(
    items: Sequence[TimelineItem],
    now: datetime,
    unread_from: int | None = None,
    latest: Decision | None = None,
    returned: Sequence[datetime] = (),
    closing: WindowEnd | None = None,
) -> list[Entry]:
    """The rows for `items`, which are in order.

    `unread_from` is the id of the first message that was new on opening. `latest` is the newest decision of
    the conversation; where it gave no answer and nobody else did, its message says so. `returned` are the times at
    which automatic replies returned by themselves, in order. `closing` is the end of the reply window.
    """
    silent = _silent_message(items, latest)
    written = [item for item in items if isinstance(item, Message) and item.event is None]
    replies = [item for item in items if isinstance(item, Reply)]
    waiting, following, asking = parts.waiting(replies), parts.following(replies), parts.asking(replies)
    lacking, ahead = parts.lacking_ahead(replies), parts.going_ahead(replies)
    entries: list[Entry] = []
    day: date | None = None
    lines = [_return_entry(at) for at in returned if items and at >= items[0].at]
    for item in items:
        while lines and lines[0].at <= item.at:
            entries.append(lines.pop(0))
        local = item.at.astimezone().date()
        if local != day:
            day = local
            entries.append(Entry(EntryKind.DAY, f"d{local.isoformat()}", item.at, day_word(item.at, now)))
        if isinstance(item, Message) and item.id == unread_from:
            entries.append(Entry(EntryKind.UNREAD, "unread", item.at, tr("New messages")))
        if isinstance(item, Message):
            entries.append(_message_entry(item, latest.outcome if latest and silent == item.id else None))
        else:
            entry = replace(_reply_entry(item, written, replies, closing), asking=len(asking.get(item.id, ())))
            entry = replace(entry, lacking=lacking.get(item.id, ""), ahead=ahead.get(item.id, 0))
            entry = replace(entry, refused=closing.refused if closing is not None and _wants_a_word(item) else "")
            entries.append(replace(entry, waits=item.id in waiting, following=following.get(item.id, 0)))
    return entries + lines


def first_unread(items: Sequence[TimelineItem], unread: int) -> int | None:
    """The id of the oldest of the `unread` newest messages that are shown as bubbles."""
    messages = [item for item in items if isinstance(item, Message) and item.event is None]
    return messages[-min(unread, len(messages))].id if unread and messages else None


def message_text(message: Message) -> str:
    """What a message says, its emoticons readable, or what it is where it has no text."""
    if message.text:
        return readable(message.text)
    if message.type is MessageType.OTHER:
        return other_text(message)
    return f"{kind_word(message.type.value)} {message.fields.get('Title', '')}".strip()


def reply_text(reply: Reply) -> str:
    """What a reply says, its emoticons readable and its links by their labels, or what it is where it has no text."""
    content = reply.content
    if content.kind is ReplyKind.TEXT:
        return readable(as_seen(content.text))
    title = f"{kind_word(content.kind.value)} {readable(content.title)}".strip()
    return "\n".join(line for line in (title, readable(content.description), content.url) if line)


def _message_entry(message: Message, silence: Outcome | None) -> Entry:
    if message.event is None:
        text = message_text(message)
        return Entry(EntryKind.MESSAGE, key_of(message), message.at, text, message=message, silence=silence)
    text = f"{event_text(message)} · {clock_time(message.at)}"
    return Entry(EntryKind.ACTIVITY, key_of(message), message.at, text, message=message, silence=silence)


_ANSWERING = frozenset({ReplyState.DRAFT, ReplyState.HELD, ReplyState.FAILED})
_UNSAID = frozenset({ReplyState.DRAFT, ReplyState.FAILED, ReplyState.CANCELLED})


def _wants_a_word(reply: Reply) -> bool:
    """Whether it leaves only if somebody says so."""
    asks = reply.state is ReplyState.HELD and reply.due_at is None
    return asks or reply.state in {ReplyState.DRAFT, ReplyState.FAILED}


def _is_unsaid(reply: Reply) -> bool:
    return reply.state in _UNSAID or can_be_undone(reply)


def _reply_entry(
    reply: Reply, written: Sequence[Message], replies: Sequence[Reply], closing: WindowEnd | None
) -> Entry:
    """A reply; one of a rule that has not left says to what it answers, and whether the talk has moved on."""
    entry = Entry(EntryKind.REPLY, key_of(reply), reply.at, reply_text(reply), reply=reply)
    if reply.author is not Author.RULE or reply.state not in _ANSWERING:
        return entry
    asked = next((message for message in written if message.id == reply.message_id), None)
    asked_at = reply.created_at if asked is None else asked.at
    later = [message for message in written if message.at > asked_at]
    by_hand = [one for one in replies if one.author is Author.OPERATOR and not _is_unsaid(one)]
    spoken = next((one for one in reversed(by_hand) if (one.at, one.id) > (reply.at, reply.id)), None)
    last = closing if closing is not None and closes_with(reply.due_at, closing.at) else None
    since = later[-1] if later else None
    return replace(entry, answers=asked if later else None, since=since, spoken=spoken, closing=last)


def _return_entry(at: datetime) -> Entry:
    text = f"{tr('Automatic replies have returned')} · {clock_time(at)}"
    return Entry(EntryKind.ACTIVITY, f"b{at.isoformat()}", at, text)


def _silent_message(items: Sequence[TimelineItem], latest: Decision | None) -> int | None:
    """The message of `latest` if no answer of it stands or waits below it."""
    if latest is None or latest.outcome is Outcome.REPLIED:
        return None
    asked = next((item.at for item in items if isinstance(item, Message) and item.id == latest.message_id), None)
    if asked is None:
        return None
    answered = any(
        isinstance(item, Reply) and item.state is not ReplyState.CANCELLED and item.at >= asked for item in items
    )
    return None if answered else latest.message_id


def standstill_of_entry(entry: Entry, standstill_of: StandstillOf) -> Standstill:
    """What holds back the reply of an entry."""
    if entry.reply is None:
        return Standstill.NONE
    if entry.waits:
        return Standstill.BEHIND
    closes_at = None if entry.closing is None else entry.closing.at
    return standstill_of(entry.reply.conversation_id, entry.reply.due_at, closes_at)
