"""Displayed status of a reply, in text, colour and icon; messages about its edit.

One table for bubbles, list, strip and traffic, so that no two places of the window differ about a reply.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.gaps import open_gaps
from wxdesk.core.replies.lifecycle import can_be_undone, is_automatic, is_passed_over, is_scheduled
from wxdesk.core.replies.on_new_message import WROTE_MEANWHILE
from wxdesk.i18n import tr
from wxdesk.ui.wording.status import upcoming_time
from wxdesk.ui.wording.times import HOUR, MINUTE, span_text


class ReplyStatus(Struct, frozen=True):
    """A status as it is shown: text, colour role, and an icon if it needs attention.

    `brief` is a shorter text, for use beside a name; empty where `text` is short enough.
    """

    text: str
    role: str = "faint"
    icon: str = ""
    strong: bool = False
    brief: str = ""


class HoldReason(Enum):
    """A reason for which a reply does not leave in time."""

    NONE = "none"
    WRITING = "writing"  # the operator writes in its conversation
    PAUSED = "paused"
    BEHIND = "behind"  # an earlier part of its answer has not arrived
    HANDED_OVER = "handed_over"  # its contact's reply window closes then, and the operator wants to decide


type FindHoldReason = Callable[[int, datetime | None, datetime | None], HoldReason]
"""Finds the hold reason by conversation id, due time and end of the reply window."""


def no_hold_reason(_conversation_id: int, _due_at: datetime | None, _closes_at: datetime | None) -> HoldReason:
    """Return no hold reason: the countdown ends in time."""
    return HoldReason.NONE


def status_of_reply(reply: Reply, now: datetime, hold_reason: HoldReason = HoldReason.NONE) -> ReplyStatus:
    """Return the displayed status of `reply`."""
    match reply.state:
        case ReplyState.DRAFT:
            return _draft(reply)
        case ReplyState.HELD:
            return _held(reply, now, hold_reason)
        case ReplyState.QUEUED:
            return _queued(reply, now, hold_reason)
        case ReplyState.SENDING:
            return ReplyStatus(tr("Sending"), "secondary", "send")
        case ReplyState.SENT:
            return _sent(reply)
        case ReplyState.FAILED:
            code = "" if reply.errcode is None else f" {reply.errcode}"
            return ReplyStatus(tr("Failed") + code, "failed", "warning", strong=True)
        case ReplyState.UNKNOWN:
            return ReplyStatus(tr("May have been delivered"), "pending", "question", strong=True)
    return ReplyStatus(stopped_words(reply), "secondary", "stop")


def status_of_held(due_at: datetime | None, now: datetime, hold_reason: HoldReason = HoldReason.NONE) -> ReplyStatus:
    """Return the status of a reply held until `due_at`, or for the operator if None."""
    if due_at is None:
        return ReplyStatus(tr("Held for your OK"), "pending", "person", strong=True)
    match hold_reason:
        case HoldReason.PAUSED:
            return ReplyStatus(tr("Held, everything is paused"), "pending", "pause", strong=True, brief=tr("Paused"))
        case HoldReason.WRITING:
            return ReplyStatus(tr("Waits while you write"), "pending", "pause", strong=True, brief=tr("You write"))
        case HoldReason.BEHIND:
            return _behind()
        case HoldReason.HANDED_OVER:
            span = span_until(max(due_at, now), now)
            brief = tr("Yours in {span}", span=span)
            return ReplyStatus(tr("Handed to you in {span}", span=span), "pending", "person", strong=True, brief=brief)
    if now >= due_at:
        return ReplyStatus(tr("About to be sent"), "pending", "hourglass", strong=True)
    return ReplyStatus(tr("Sends in {span}", span=span_until(due_at, now)), "pending", "hourglass", strong=True)


def _draft(reply: Reply) -> ReplyStatus:
    if is_passed_over(reply):
        return ReplyStatus(tr("Draft, you wrote instead"), "secondary", "edit")
    if open_gaps(reply.content):
        return ReplyStatus(tr("Draft, a value is missing"), "failed", "edit", strong=True)
    return ReplyStatus(tr("Draft, waits for you"), "pending", "edit", strong=True)


def _held(reply: Reply, now: datetime, hold_reason: HoldReason) -> ReplyStatus:
    """Return the status of a held reply, less prominent while it can be undone."""
    if can_be_undone(reply):
        return replace(status_of_held(reply.due_at, now), role="secondary", strong=False)
    applies = is_automatic(reply) or hold_reason is HoldReason.BEHIND
    return status_of_held(reply.due_at, now, hold_reason if applies else HoldReason.NONE)


def _queued(reply: Reply, now: datetime, hold_reason: HoldReason) -> ReplyStatus:
    if hold_reason is HoldReason.BEHIND:
        return _behind()
    if hold_reason is HoldReason.PAUSED and is_automatic(reply):
        return ReplyStatus(tr("Paused, not sent"), "pending", "pause", strong=True)
    if reply.not_before is not None and is_scheduled(reply):
        when = upcoming_time(reply.not_before, now)
        return ReplyStatus(tr("Sends {when}", when=when), "accent", "clock", strong=True)
    if reply.not_before is not None and now < reply.not_before:
        span = span_until(reply.not_before, now)
        return ReplyStatus(tr("Tries again in {span}", span=span), "pending", "retry", strong=True)
    if reply.error or reply.errcode:
        code = f" {reply.errcode}" if reply.errcode else ""
        return ReplyStatus(tr("Waiting to be sent") + code, "pending", "clock", strong=True)
    return ReplyStatus(tr("Waiting to be sent"), "secondary", "clock")


def _sent(reply: Reply) -> ReplyStatus:
    """Return the status of a sent reply; WeChat reports no delivery, only acceptance."""
    return ReplyStatus(tr("Arrived, as you said") if reply.confirmed else tr("Accepted by WeChat"))


def _behind() -> ReplyStatus:
    brief = tr("Behind a part")
    return ReplyStatus(tr("Waits for the part before it"), "pending", "clock", strong=True, brief=brief)


def stopped_words(reply: Reply) -> str:
    """Return the author of a cancellation, and the reason if the author implies it."""
    failed = bool(reply.error or reply.errcode)
    if reply.author is Author.OPERATOR and reply.due_at is not None and not failed:
        return tr("Taken back")
    named = tr("Stopped by {who}", who=reply.by) if reply.by else tr("Stopped")
    return tr(_STOPPED[reply.by]) if reply.by in _STOPPED else named


_STOPPED = {
    "operator": "Stopped by you",
    "contact": "Withdrawn: the customer wrote again",
    "WeChat": "Stopped: WeChat takes nothing for this customer",
}


def span_until(due_at: datetime, now: datetime) -> str:
    """Return the time left, rounded up (1 s at the end); below 2 h to the minute."""
    span = timedelta(seconds=-((now - due_at) // timedelta(seconds=1)))
    minutes = span // MINUTE % 60
    if HOUR <= span < 2 * HOUR and minutes:
        return tr("{hours} h {minutes} min", hours=1, minutes=minutes)
    return span_text(span)


def unlocked_text(reply: Reply, now: datetime) -> str:
    """Return the message about a reply that was unlocked unchanged."""
    if reply.error == WROTE_MEANWHILE:
        return tr("The reply is as it was and needs your OK, because the customer wrote again meanwhile.")
    if reply.counts_down and reply.due_at is not None:
        return tr("The reply is as it was and leaves in {span}.", span=span_until(reply.due_at, now))
    if reply.state is ReplyState.HELD:
        return tr("The reply is as it was and needs your OK.")
    return tr("The reply is as it was: a draft, which leaves only when you send it.")


def ended_text(reply: Reply) -> str:
    """Return the message about a reply that ended before its edit was saved."""
    if reply.state is not ReplyState.CANCELLED:
        return tr("The reply has left before it was changed.")
    if reply.by == "contact":
        return tr("The customer wrote again, and the reply gave way before it was changed.")
    if reply.by == "WeChat":
        return tr("The reply was stopped before it was changed, because WeChat takes nothing for this customer.")
    return tr("The reply was stopped before it was changed.")
