"""Rows of a timeline, made from messages and replies, with the texts of events.

Pure functions of records, which can be tested without a window. WeChat says that customers of a mini program send
only text, pictures and cards; others still come, from older clients or other programs. They are named, with what can
be read of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.content.text_links import visible_text
from wxdesk.core.content.writing_direction import contained
from wxdesk.core.conversations.listing import TimelineItem
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import EDITABLE, Reply, ReplyKind, ReplyState
from wxdesk.core.preferences import LastMoment
from wxdesk.core.replies import parts
from wxdesk.core.replies.lifecycle import is_scheduled
from wxdesk.core.replies.on_new_message import is_due_at_closing
from wxdesk.core.setup.reach import Outage, gaps_between
from wxdesk.core.wechat.session_from import fields_of
from wxdesk.i18n import size_text, tr
from wxdesk.ui.wording.messages import first_words, kind_text, readable
from wxdesk.ui.wording.outages import gap_text
from wxdesk.ui.wording.reply_status import FindHoldReason, HoldReason
from wxdesk.ui.wording.times import clock_time, day_text, is_same_day


def event_text(message: Message) -> str:
    """Return what happened in a conversation, on one line."""
    if message.type is MessageType.ENTER_SESSION:
        source = source_line(message.session_from or "")
        return tr("Came in from “{source}”", source=source) if source else tr("Came into the conversation")
    match message.event:
        case "kf_create_session":
            return _of_agent(tr("WeChat's own service tool has begun to serve"), _field(message, "KfAccount"))
        case "kf_switch_session":
            return _of_agent(tr("Passed on within WeChat's own service tool"), _field(message, "ToKfAccount"))
        case "kf_close_session":
            return _of_agent(tr("WeChat's own service tool has ended its session"), _field(message, "KfAccount"))
    return message.event or ""


def source_line(session_from: str) -> str:
    """Return a contact's source on one line: its fields, else the raw text."""
    fields = fields_of(session_from)
    told = (contained(f"{name} {first_words(value, 39)}".strip()) for name, value in fields.items())
    return " · ".join(told) or " ".join(session_from.split())


def source_rows(session_from: str) -> str:
    """Return a contact's source, one field a line."""
    rows = (tr("{name}: {value}", name=name, value=value) for name, value in fields_of(session_from).items())
    return "\n".join(rows) or session_from


def _of_agent(what: str, agent: str) -> str:
    return f"{what} · {agent}" if agent else what


def _field(message: Message, name: str) -> str:
    return contained(message.fields.get(name, "").strip())


def _size(text: str) -> str:
    return size_text(int(text)) if text.isascii() and text.isdigit() and len(text) < 16 else ""


class EntryKind(Enum):
    """Kinds of timeline rows."""

    DAY = "day"
    ACTIVITY = "activity"
    GAP = "gap"
    UNREAD = "unread"
    MESSAGE = "message"
    REPLY = "reply"


class WindowEnd(Struct, frozen=True):
    """End of the reply window, and what happens to a held reply then.

    `refused` is why WeChat accepts nothing now; empty while something may be sent.
    """

    at: datetime
    last_moment: LastMoment
    refused: str = ""


class TimelineEntry(Struct, frozen=True):
    """One row; `key` is stable while the conversation is open, `text` has no caption.

    On a message: `silence` is its decision if it got no automatic answer. On a reply that is not
    sent: `answers` is the message it answers, if others stand between; `since` the customer's newest message
    after that one; `spoken` the newest that an operator has sent since; `waits` means that an earlier part
    of its answer has not arrived; `following` is the number of later parts not sent, `ahead` of earlier parts
    sent with it, `asking` of parts that need a decision (on the first of them); `lacking` a value missing in an
    earlier part, which blocks it; `closing` is set if it waits for the end of the reply window; `refused` is
    why it cannot be sent now, if it needs a decision.
    """

    kind: EntryKind
    key: str
    at: datetime
    text: str = ""
    message: Message | None = None
    reply: Reply | None = None
    silence: Decision | None = None
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
        """True if it stands on the right."""
        return self.reply is not None


def key_of(item: TimelineItem) -> str:
    """Return the key of a message's or a reply's row."""
    return f"m{item.id}" if isinstance(item, Message) else f"r{item.id}"


def entries_of(
    items: Sequence[TimelineItem],
    now: datetime,
    unread_from: int | None = None,
    latest: Decision | None = None,
    lines: Iterable[TimelineEntry] = (),
    closing: WindowEnd | None = None,
) -> list[TimelineEntry]:
    """Return the rows for `items`, which must be in order.

    `unread_from` is the id of the first message that was new on opening. `latest` is the newest decision; if it
    and everybody else gave no answer, its message says so. `lines` are what else happened. `closing` is the end of the
    reply window.
    """
    silent = _silent_message(items, latest)
    written = [item for item in items if isinstance(item, Message) and item.event is None]
    replies = [item for item in items if isinstance(item, Reply)]
    among_parts = _among_parts(replies)
    entries: list[TimelineEntry] = []
    day: date | None = None
    for item in _with_lines(items, lines):
        local = item.at.astimezone().date()
        if local != day:
            day = local
            entries.append(TimelineEntry(EntryKind.DAY, f"d{local.isoformat()}", item.at, day_text(item.at, now)))
        if isinstance(item, Message) and item.id == unread_from:
            since = "" if is_same_day(item.at, now) else f" · {day_text(item.at, now)}"
            entries.append(TimelineEntry(EntryKind.UNREAD, "unread", item.at, tr("New messages") + since))
        if isinstance(item, TimelineEntry):
            entries.append(item)
        elif isinstance(item, Message):
            entries.append(_message_entry(item, latest if silent == item.id else None))
        else:
            entries.append(replace(_reply_entry(item, written, replies, closing), **among_parts[item.id]))
    return entries


def _among_parts(replies: Sequence[Reply]) -> dict[int, dict[str, Any]]:
    """Return fields of `TimelineEntry` about an answer's other parts, by reply id."""
    waiting, asking = parts.blocked_parts(replies), parts.parts_needing_operator(replies)
    following, ahead = parts.later_parts_unsent(replies), parts.earlier_parts_released(replies)
    lacking = parts.blocked_by_gap(replies)
    return {
        one.id: {
            "waits": one.id in waiting,
            "following": following.get(one.id, 0),
            "ahead": ahead.get(one.id, 0),
            "asking": len(asking.get(one.id, ())),
            "lacking": lacking.get(one.id, ""),
        }
        for one in replies
    }


def _with_lines(
    items: Sequence[TimelineItem], lines: Iterable[TimelineEntry]
) -> Iterator[TimelineItem | TimelineEntry]:
    """Put lines between items, before one of the same instant, none above the first."""
    shown = sorted((line for line in lines if items and line.at >= items[0].at), key=lambda line: line.at)
    for item in items:
        while shown and shown[0].at <= item.at:
            yield shown.pop(0)
        yield item
    yield from shown


def first_unread(items: Sequence[TimelineItem], unread: int) -> int | None:
    """Return the id of the oldest of the `unread` newest messages with a bubble."""
    messages = [item for item in items if isinstance(item, Message) and item.event is None]
    return messages[-min(unread, len(messages))].id if unread and messages else None


def message_text(message: Message) -> str:
    """Return a message's text with readable emoticons, else lines about what came."""
    if message.text:
        return readable(message.text)
    lines: tuple[str, ...]
    match message.kind:
        case "voice":
            heard = _field(message, "Recognition")
            what = tr("Voice message. It cannot be heard here; listen to it in WeChat's own service tool.")
            lines = (what, tr("WeChat heard: {text}", text=heard) if heard else "")
        case "video" | "shortvideo":
            lines = (tr("Video. It cannot be played here; watch it in WeChat's own service tool."),)
        case "location":
            place = f"{kind_text('location')} {readable(_field(message, 'Label'))}".strip()
            x, y = _field(message, "Location_X"), _field(message, "Location_Y")
            lines = (place, f"{x}, {y}" if x and y else "")
        case "link":
            title = f"{kind_text('link')} {readable(_field(message, 'Title'))}".strip()
            lines = (title, readable(_field(message, "Description")), _field(message, "Url"))
        case "file":
            name = f"{kind_text('file')} {_field(message, 'Title') or _field(message, 'Description')}".strip()
            lines = (name, _size(_field(message, "FileTotalLen")))
        case kind if kind in MessageType:
            lines = (f"{kind_text(kind)} {message.fields.get('Title', '')}".strip(),)
        case kind:
            lines = (tr("Message of the kind “{kind}”, which wxdesk cannot show. It is kept as it came.", kind=kind),)
    return "\n".join(line for line in lines if line)


def reply_text(reply: Reply) -> str:
    """Return a reply's text with emoticons and link labels, or its kind and title."""
    content = reply.content
    if content.kind is ReplyKind.TEXT:
        return readable(visible_text(content.text))
    title = f"{kind_text(content.kind.value)} {readable(content.title)}".strip()
    return "\n".join(line for line in (title, readable(content.description), content.url) if line)


def _message_entry(message: Message, silence: Decision | None) -> TimelineEntry:
    if message.event is None:
        kind, text = EntryKind.MESSAGE, message_text(message)
    else:
        kind, text = EntryKind.ACTIVITY, f"{event_text(message)} · {clock_time(message.at)}"
    return TimelineEntry(kind, key_of(message), message.at, text, message=message, silence=silence)


_NOT_SENT = frozenset({ReplyState.DRAFT, ReplyState.HELD, ReplyState.FAILED, ReplyState.CANCELLED})


def _reply_entry(
    reply: Reply, written: Sequence[Message], replies: Sequence[Reply], closing: WindowEnd | None
) -> TimelineEntry:
    """Return a reply's row; a rule's unsent one has its question and what came since."""
    undecided = reply.asks or reply.state in {ReplyState.DRAFT, ReplyState.FAILED}
    refused = closing.refused if closing is not None and undecided else ""
    entry = TimelineEntry(EntryKind.REPLY, key_of(reply), reply.at, reply_text(reply), reply=reply, refused=refused)
    if reply.author is not Author.RULE or reply.state not in EDITABLE:
        return entry
    asked = next((message for message in written if message.id == reply.message_id), None)
    asked_at = reply.created_at if asked is None else asked.at
    later = [message for message in written if message.at > asked_at]
    sent = (one for one in replies if one.state not in _NOT_SENT and not is_scheduled(one))
    by_hand = [one for one in sent if one.author is Author.OPERATOR]
    spoken = next((one for one in reversed(by_hand) if (one.at, one.id) > (reply.at, reply.id)), None)
    last = closing if closing is not None and is_due_at_closing(reply.due_at, closing.at) else None
    since = later[-1] if later else None
    return replace(entry, answers=asked if later else None, since=since, spoken=spoken, closing=last)


def return_line(at: datetime) -> TimelineEntry:
    """Return the line of automatic replies that returned by themselves."""
    text = f"{tr('Automatic replies have returned')} · {clock_time(at)}"
    return TimelineEntry(EntryKind.ACTIVITY, f"b{at.isoformat()}", at, text)


def gap_lines(
    outages: Iterable[Outage], items: Sequence[TimelineItem], now: datetime, *, to_end: bool
) -> list[TimelineEntry]:
    """Return a line wherever messages may be missing; `to_end`: also below the last."""
    gaps = gaps_between(outages, [item.at for item in items], now)
    return [
        TimelineEntry(EntryKind.GAP, f"g{gap.began.isoformat()}", gap.began, gap_text(gap, now))
        for gap in gaps
        if to_end or gap.began < items[-1].at
    ]


def _silent_message(items: Sequence[TimelineItem], latest: Decision | None) -> int | None:
    if latest is None or latest.outcome is Outcome.REPLIED:
        return None
    asked = next((item.at for item in items if isinstance(item, Message) and item.id == latest.message_id), None)
    if asked is None:
        return None
    made = (item for item in items if isinstance(item, Reply) and item.state is not ReplyState.CANCELLED)
    answered = any(reply.created_at >= asked for reply in made)
    return None if answered else latest.message_id


def hold_reason_of_entry(entry: TimelineEntry, hold_reason_of: FindHoldReason) -> HoldReason:
    """Return what holds back the reply of an entry."""
    if entry.reply is None:
        return HoldReason.NONE
    if entry.waits:
        return HoldReason.BEHIND
    closes_at = None if entry.closing is None else entry.closing.at
    return hold_reason_of(entry.reply.conversation_id, entry.reply.due_at, closes_at)
