"""Texts of a row in the conversation list: status, quota, time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wxdesk.core.conversations.attention import Call, Cause, most_urgent
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.conversations.takeover import ends_soon, left
from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.conversation import Author, Conversation
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.status import Status
from wxdesk.core.replies.lifecycle import can_be_undone, is_taken_over
from wxdesk.core.wechat import quota
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.messages import ago, clock_time, countdown, name_of, preview_of, span_word, waiting_word
from wxdesk.ui.wording.reply_status import (
    Standing,
    Standstill,
    StandstillOf,
    held_standing,
    span_until,
    standing_of_reply,
)
from wxdesk.ui.wording.status import status_icon, status_word

LATE_AFTER = timedelta(minutes=10)
"""A contact who waits longer than this is shown in red."""

_SAID = frozenset({Cause.CALLED, Cause.BACK, Cause.CLOSING, Cause.UNFINISHED, Cause.LEFT, Cause.RESERVE})
"""Attention reasons with texts of their own; reply states say the others."""

_ON_ITS_WAY = frozenset({ReplyState.QUEUED, ReplyState.SENDING})


def standstill_of_row(row: InboxRow, standstill_of: StandstillOf) -> Standstill:
    """Return the reason that holds the soonest automatic reply of a conversation."""
    return standstill_of(row.conversation.id, row.due_at, row.conversation.window.until)


def standing_of(row: InboxRow, now: datetime, standstill: Standstill = Standstill.NONE) -> Standing:
    """Return the most urgent status of a conversation."""
    conversation = row.conversation
    if conversation.status is not Status.OPEN:
        word, picture = status_word(conversation, now), status_icon(conversation)
        return _blocked(conversation) or Standing(word, "secondary", picture)
    return _unsettled(row, now, standstill) or _blocked(conversation) or _in_work(row, now, standstill)


def _unsettled(row: InboxRow, now: datetime, standstill: Standstill) -> Standing | None:
    """Return the status of a reply that the operator decides or can still undo."""
    if row.failed is not None:
        return standing_of_reply(row.failed, now)
    if row.held > row.waits:
        return _held(row, now, standstill)
    if row.last_reply is not None and can_be_undone(row.last_reply):
        return standing_of_reply(row.last_reply, now)
    return None


def _blocked(conversation: Conversation) -> Standing | None:
    return Standing(tr("Blocked"), "secondary", "block") if conversation.contact.blocked else None


def _in_work(row: InboxRow, now: datetime, standstill: Standstill) -> Standing:
    conversation = row.conversation
    call = most_urgent(call for call in row.calls if call.cause in _SAID)
    coming = _coming(row, call, now)
    if coming is not None:
        return coming
    if call is not None or (conversation.taken_over and conversation.waiting_since is not None):
        return Standing(calling_words(call, row, now, standstill), "failed", "dot", strong=True)
    if is_taken_over(conversation, now):
        return Standing(_human(conversation, now), "accent", strong=True)
    return _quiet(row, now, standstill)


def _coming(row: InboxRow, call: Call | None, now: datetime) -> Standing | None:
    """Return the next event, automatic or left to the operator alone."""
    conversation = row.conversation
    if call is not None and call.cause is Cause.BACK:
        return Standing(tr("Back from snooze"), "pending", "moon", strong=True)
    if call is not None and call.cause is Cause.CLOSING:
        return Standing(calling_words(call, row, now), "failed", "clock", strong=True)
    if call is not None and call.cause is Cause.UNFINISHED and row.drafts:
        return Standing(calling_words(call, row, now), "failed", "edit", strong=True)
    if row.drafts:
        return Standing(ntr("{n} draft to review", "{n} drafts to review", row.drafts), "pending", "edit", strong=True)
    if in_tool(conversation, now) and conversation.transferred_until is not None:
        until = clock_time(conversation.transferred_until)
        return Standing(tr("In WeChat's tool until {time}", time=until), "pending", "arrow-out", strong=True)
    if conversation.transfer_armed:
        return Standing(tr("Goes to WeChat's tool"), "pending", "arrow-out", strong=True)
    if ends_soon(conversation, now):
        time = countdown(left(conversation, now) or timedelta())
        return Standing(tr("Automatic again in {time}", time=time), "pending", "hourglass", strong=True)
    return None


def calling_words(call: Call | None, row: InboxRow, now: datetime, standstill: Standstill = Standstill.NONE) -> str:
    """Return the reason for attention, and the problem of a reply that cannot leave."""
    conversation = row.conversation
    until = conversation.window.until
    match call.cause if call is not None else Cause.LEFT:
        case Cause.CALLED if conversation.called_by:
            return tr("Called by “{rule}”", rule=conversation.called_by)
        case Cause.CALLED:
            return tr("A rule calls for you.")
        case Cause.CLOSING if until is not None:
            return tr("Unanswered, closes in {span}", span=span_until(max(until, now), now))
        case Cause.UNFINISHED if row.drafts:
            return tr("A draft lacks a value, fill it in")
        case Cause.UNFINISHED:
            return tr("Needs you, a rule's answer failed")
        case Cause.RESERVE:
            return tr("Needs you, rules may send no more")
    last = row.last_reply
    if last is not None and last.state in _ON_ITS_WAY and (last.errcode or last.error):
        return tr("Needs you · {why}", why=standing_of_reply(last, now, standstill).text)
    return tr("Needs you")


def _held(row: InboxRow, now: datetime, standstill: Standstill) -> Standing:
    """Return the status of the soonest held reply; operators' own are never blocked."""
    last = row.last_reply
    if last is not None and last.state is ReplyState.HELD and last.due_at == row.due_at:
        return standing_of_reply(last, now, standstill)
    return held_standing(row.due_at, now, standstill)


def _quiet(row: InboxRow, now: datetime, standstill: Standstill) -> Standing:
    last = row.last_reply
    waits = row.conversation.waiting_since is not None
    if last is not None and last.state in _ON_ITS_WAY:
        return standing_of_reply(last, now, standstill)
    if waits:
        return Standing(tr("Unanswered"), "secondary")
    if last is None:
        return Standing(tr("Nothing to answer"))
    if last.author is Author.RULE and last.state is ReplyState.SENT:
        return Standing(tr("Auto · {rule}", rule=last.rule_name) if last.rule_name else tr("Auto"))
    return Standing(tr("Answered"))


def _human(conversation: Conversation, now: datetime) -> str:
    remaining = left(conversation, now)
    return tr("Yours") if remaining is None else tr("Yours · {span} left", span=span_word(remaining))


def left_words(conversation: Conversation, now: datetime) -> str:
    """Return the number of replies left and their time, short."""
    until = conversation.window.until
    if until is None:
        return tr("No reply possible yet")
    if now >= until:
        return tr("Reply time over")
    replies = quota.left(conversation.window, now)
    if not replies:
        return tr("No replies left")
    return ntr("{n} left · {span}", "{n} left · {span}", replies, span=span_word(until - now))


def left_wordings(conversation: Conversation, now: datetime) -> Sequence[str]:
    """Return `quota_text` and a shorter form with the number alone."""
    whole, replies = left_words(conversation, now), quota.left(conversation.window, now)
    return (whole, ntr("{n} left", "{n} left", replies)) if replies else (whole,)


def when_words(row: InboxRow, now: datetime) -> Standing:
    """Return the time in the row's corner: the last message, or the contact's wait."""
    since = row.conversation.waiting_since if row.conversation.awaits else None
    if since is not None and now - since >= LATE_AFTER:
        return Standing(waiting_word(since, now), "failed", strong=True)
    last = row.conversation.last_at
    return Standing("" if last is None else ago(last, now))


def spoken_row(row: InboxRow, now: datetime, standstill: Standstill = Standstill.NONE) -> str:
    """Return the whole row as one sentence, for a screen reader."""
    conversation = row.conversation
    parts = [
        name_of(conversation.contact),
        ntr("{n} unread", "{n} unread", conversation.unread) if conversation.unread else "",
        preview_of(conversation),
        standing_of(row, now, standstill).text,
        left_words(conversation, now),
        when_words(row, now).text,
    ]
    return ", ".join(part for part in parts if part)
