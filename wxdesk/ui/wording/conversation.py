"""Texts of a row in the conversation list: status, quota, time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from wxdesk.core.conversations.attention import FAILURES, RINGING, Attention, AttentionReason, most_urgent
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.conversations.takeover import ends_soon, time_left
from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.conversation import Author, Conversation, ConversationStatus, ReplyWindow
from wxdesk.core.model.reply import ON_ITS_WAY, Content, ReplyState
from wxdesk.core.replies.lifecycle import can_be_undone, is_taken_over
from wxdesk.core.wechat import quota
from wxdesk.core.wechat.errcodes import meaning_of
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.messages import name_of, preview_of
from wxdesk.ui.wording.reply_status import (
    FindHoldReason,
    HoldReason,
    ReplyStatus,
    span_until,
    status_of_held,
    status_of_reply,
)
from wxdesk.ui.wording.status import status_icon, status_text
from wxdesk.ui.wording.times import ago, clock_time, span_text, time_left_text, waiting_text

LATE_AFTER = timedelta(minutes=10)
"""A contact who waits longer than this is shown in red."""

_SAID = RINGING - FAILURES
"""Attention reasons with texts of their own; reply states say the others."""


def hold_reason_of_row(row: InboxRow, hold_reason_of: FindHoldReason) -> HoldReason:
    """Return the reason that holds the soonest automatic reply of a conversation."""
    return hold_reason_of(row.conversation.id, row.due_at, row.conversation.window.until)


def status_of_row(row: InboxRow, now: datetime, hold_reason: HoldReason = HoldReason.NONE, me: str = "") -> ReplyStatus:
    """Return the most urgent status of a conversation to the operator named `me`."""
    conversation = row.conversation
    if conversation.status is not ConversationStatus.OPEN:
        word, picture = status_text(conversation, now), status_icon(conversation)
        return _blocked(conversation) or ReplyStatus(word, "secondary", picture)
    return _unsettled(row, now, hold_reason) or _blocked(conversation) or _in_work(row, now, hold_reason, me)


def _unsettled(row: InboxRow, now: datetime, hold_reason: HoldReason) -> ReplyStatus | None:
    """Return the status of a reply that the operator decides or can still undo."""
    if row.failed is not None:
        return status_of_reply(row.failed, now)
    if row.held > row.waits:
        return _held(row, now, hold_reason)
    if row.last_reply is not None and can_be_undone(row.last_reply):
        return status_of_reply(row.last_reply, now)
    return None


def _blocked(conversation: Conversation) -> ReplyStatus | None:
    return ReplyStatus(tr("Blocked"), "secondary", "block") if conversation.contact.blocked else None


def _in_work(row: InboxRow, now: datetime, hold_reason: HoldReason, me: str) -> ReplyStatus:
    conversation = row.conversation
    call = most_urgent(call for call in row.calls if call.cause in _SAID)
    coming = _next_event(row, call, now)
    if coming is not None:
        return coming
    if call is not None or (conversation.taken_over and conversation.awaits_answer):
        return ReplyStatus(attention_text(call, row, now, hold_reason, me=me), "failed", "dot", strong=True)
    if row.last_reply is not None and row.last_reply.state in ON_ITS_WAY:
        return status_of_reply(row.last_reply, now, hold_reason)
    if is_taken_over(conversation, now):
        return ReplyStatus(_human(conversation, now), "accent", strong=True)
    return _quiet(row)


def _next_event(row: InboxRow, call: Attention | None, now: datetime) -> ReplyStatus | None:
    """Return the next event, automatic or left to the operator alone."""
    conversation = row.conversation
    if call is not None and call.cause is AttentionReason.BACK:
        return ReplyStatus(tr("Back from snooze"), "pending", "moon", strong=True)
    if call is not None and call.cause is AttentionReason.CLOSING:
        return ReplyStatus(attention_text(call, row, now), "failed", "clock", strong=True)
    if call is not None and call.cause is AttentionReason.UNFINISHED and row.drafts:
        return ReplyStatus(attention_text(call, row, now), "failed", "edit", strong=True)
    if row.drafts:
        return ReplyStatus(
            ntr("{n} draft to review", "{n} drafts to review", row.drafts), "pending", "edit", strong=True
        )
    if in_tool(conversation, now) and conversation.transferred_until is not None:
        until = clock_time(conversation.transferred_until)
        return ReplyStatus(tr("In WeChat's tool until {time}", time=until), "pending", "arrow-out", strong=True)
    if conversation.transfer_armed:
        return ReplyStatus(tr("Goes to WeChat's tool"), "pending", "arrow-out", strong=True)
    if ends_soon(conversation, now):
        time = time_left_text(time_left(conversation, now) or timedelta())
        return ReplyStatus(tr("Automatic again in {time}", time=time), "pending", "hourglass", strong=True)
    return None


def attention_text(
    call: Attention | None, row: InboxRow, now: datetime, hold_reason: HoldReason = HoldReason.NONE, *, me: str = ""
) -> str:
    """Return the reason for attention, and the problem of a reply that cannot leave."""
    conversation = row.conversation
    until = conversation.window.until
    match call.cause if call is not None else AttentionReason.LEFT:
        case AttentionReason.CALLED if conversation.called_by:
            return tr("Called by “{rule}”", rule=conversation.called_by)
        case AttentionReason.CALLED:
            return tr("A rule calls for you.")
        case AttentionReason.CLOSING if until is not None:
            return tr("Unanswered, closes in {span}", span=span_until(max(until, now), now))
        case AttentionReason.UNFINISHED if row.drafts:
            return tr("A draft lacks a value, fill it in")
        case AttentionReason.UNFINISHED:
            return tr("Needs you, a rule's answer failed")
        case AttentionReason.RESERVE:
            return tr("Needs you, rules may send no more")
    last = row.last_reply
    if last is not None and (last.asks or last.state in ON_ITS_WAY) and (last.errcode or last.error):
        return tr("Needs you · {why}", why=status_of_reply(last, now, hold_reason).text)
    return _needs(conversation, me)


def _needs(conversation: Conversation, me: str) -> str:
    return tr("Needs {name}", name=conversation.claimed_by) if conversation.is_a_colleagues(me) else tr("Needs you")


def draft_mark(row: InboxRow) -> str:
    """Return the mark of a conversation with something that is begun and not sent."""
    return tr("[Draft]") if row.unsent is not None else ""


def preview_of_row(row: InboxRow) -> str:
    """Return the last words, one's own already while they can be undone.

    A question that still waits is shown instead of what a rule said to it. What is begun and not sent stands in
    their place, unless the customer has written something unread.
    """
    last, begun = row.last_reply, None if row.conversation.unread else row.unsent
    operator = "" if last is None else last.operator
    if begun is None and (last is None or not can_be_undone(last)):
        asked, conversation = row.question, row.conversation
        if asked is not None:
            said = {"preview": asked.text, "preview_kind": asked.kind, "preview_author": Author.CONTACT}
            conversation = replace(conversation, **said)
        return preview_of(conversation, operator=operator)
    content = begun or (last.content if last is not None else Content())
    words, kind = content.summary, content.kind.value
    mine = replace(row.conversation, preview=words, preview_kind=kind, preview_author=Author.OPERATOR)
    return preview_of(mine, with_author=begun is None, operator=operator)


def _held(row: InboxRow, now: datetime, hold_reason: HoldReason) -> ReplyStatus:
    """Return the status of the soonest held reply; operators' own are never blocked."""
    last = row.last_reply
    if last is not None and last.state is ReplyState.HELD and last.due_at == row.due_at:
        return status_of_reply(last, now, hold_reason)
    return status_of_held(row.due_at, now, hold_reason)


def _quiet(row: InboxRow) -> ReplyStatus:
    last = row.last_reply
    if row.conversation.waiting_since is not None:
        return ReplyStatus(tr("Unanswered"), "secondary")
    if last is None:
        return ReplyStatus(tr("Nothing to answer"))
    if last.author is Author.RULE and last.state is ReplyState.SENT:
        return ReplyStatus(tr("Auto · {rule}", rule=last.rule_name) if last.rule_name else tr("Auto"))
    return ReplyStatus(tr("Answered"))


def _human(conversation: Conversation, now: datetime) -> str:
    remaining = time_left(conversation, now)
    return tr("By hand") if remaining is None else tr("By hand · {span} left", span=span_text(remaining))


def quota_text(conversation: Conversation, now: datetime) -> str:
    """Return the number of replies left and their time, short."""
    until = conversation.window.until
    if until is None:
        return tr("No reply possible yet")
    if now >= until:
        return tr("Reply time over")
    replies = quota.replies_left(conversation.window, now)
    if not replies:
        return refusal_text(conversation.window) or tr("No replies left")
    return ntr("{n} left · {span}", "{n} left · {span}", replies, span=span_text(until - now))


def quota_wordings(conversation: Conversation, now: datetime) -> Sequence[str]:
    """Return `quota_text` and a shorter form: the number alone, or that there is none."""
    whole, replies = quota_text(conversation, now), quota.replies_left(conversation.window, now)
    if replies:
        return whole, ntr("{n} left", "{n} left", replies)
    return (whole, tr("WeChat refuses")) if refusal_text(conversation.window) else (whole,)


def refusal_text(window: ReplyWindow) -> str:
    """Return why WeChat refuses this contact; empty if only quota or time are over."""
    if window.refused in {0, quota.TOO_LATE, quota.NONE_LEFT}:
        return ""
    return tr("WeChat refuses: {meaning}", meaning=tr(meaning_of(window.refused)))


def row_time(row: InboxRow, now: datetime) -> ReplyStatus:
    """Return the time in the row's corner: the last message, or the contact's wait."""
    conversation, last = row.conversation, row.conversation.last_at
    since = conversation.waiting_since if conversation.awaits_answer else None
    if since is not None and now - since >= LATE_AFTER:
        return ReplyStatus(waiting_text(since, now), "failed", strong=True, brief=span_text(now - since))
    return ReplyStatus("" if last is None else ago(last, now))


def accessible_row_text(row: InboxRow, now: datetime, status: ReplyStatus) -> str:
    """Return the whole row as one sentence, for a screen reader."""
    conversation = row.conversation
    parts = [
        name_of(conversation.contact),
        tr("Pinned on top") if conversation.pinned else "",
        ntr("{n} unread", "{n} unread", conversation.unread) if conversation.unread else "",
        f"{draft_mark(row)} {preview_of_row(row)}".strip(),
        status.text,
        quota_text(conversation, now),
        row_time(row, now).text,
    ]
    return ", ".join(part for part in parts if part)
