"""Outcome of each reply to one message, because they seldom share one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.i18n import tr
from wxdesk.ui.inbox.timeline.bubble_text import first_words
from wxdesk.ui.inbox.timeline.entries import TimelineEntry, hold_reason_of_entry, reply_text
from wxdesk.ui.wording.messages import author_word
from wxdesk.ui.wording.reply_status import FindHoldReason, HoldReason, status_of_reply


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One reply: its status in a text that stays true, its author, and its beginning."""

    reply_id: int
    standing: str
    role: str
    author: str
    words: str


def outcome_lines(
    message_id: int, entries: Iterable[TimelineEntry], hold_reason_of: FindHoldReason, now: datetime
) -> tuple[OutcomeLine, ...]:
    """Return a line for each automatic reply to a message, oldest first, if several."""
    lines = [
        _line(entry.reply, hold_reason_of_entry(entry, hold_reason_of), now)
        for entry in entries
        if entry.reply is not None and entry.reply.message_id == message_id
    ]
    return tuple(lines) if len(lines) > 1 else ()


def _line(reply: Reply, standstill: HoldReason, now: datetime) -> OutcomeLine:
    standing = status_of_reply(reply, now, standstill)
    text = standing.text
    counts_down = reply.state is ReplyState.HELD and standstill in _GOES_ON
    if counts_down and reply.due_at is not None:
        text = tr("Held until {time}", time=_second(reply.due_at))
    elif reply.state is ReplyState.QUEUED and reply.not_before is not None and now < reply.not_before:
        text = tr("Tries again at {time}", time=_second(reply.not_before))
    return OutcomeLine(reply.id, text, standing.role, author_word(reply), first_words(reply_text(reply)))


_GOES_ON = frozenset({HoldReason.NONE, HoldReason.HANDED_OVER})


def _second(at: datetime) -> str:
    return f"{at.astimezone():%H:%M:%S}"
