"""Judgement of the reasons for attention that a conversation has."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.conversation import Author, Conversation, ConversationStatus
from wxdesk.core.model.reply import ON_ITS_WAY, Reply, ReplyState
from wxdesk.core.preferences import Preferences
from wxdesk.core.wechat import quota

RINGS_FOR = quota.AFTER_MESSAGE[1]
"""Age up to which attention rings and failures call; no reply window is longer."""

ABOUT_TO_ARRIVE = timedelta(minutes=1)
"""Time after which an operator's reply that has not arrived counts as stuck."""


def attention_for(row: InboxRow, reserve: int, preferences: Preferences, now: datetime) -> tuple[Attention, ...]:
    """Return the attention that `row` needs at `now`, from its facts and what it has.

    `reserve` is its account's. Something new makes an attention unseen again. A snoozed or resolved conversation
    needs none.
    """
    if row.conversation.status is not ConversationStatus.OPEN:
        return ()
    had = {call.cause: call for call in row.calls}
    return tuple(
        _attention(row, had.get(cause), cause, at, now) for cause, at in _reasons(row, had, reserve, preferences, now)
    )


def _attention(
    row: InboxRow, before: Attention | None, cause: AttentionReason, at: datetime, now: datetime
) -> Attention:
    if before is not None and at <= before.at:
        return before
    return Attention(row.conversation.id, cause, at, seen=now - at > RINGS_FOR)


def _reasons(
    row: InboxRow, had: Mapping[AttentionReason, Attention], reserve: int, preferences: Preferences, now: datetime
) -> list[tuple[AttentionReason, datetime]]:
    found = list(_of_waiting(row.conversation, reserve, preferences, now))
    arrives = should_have_arrived(row)
    if arrives is not None:  # the operator has answered; only a closing window calls while the reply is stuck
        found = [(cause, at) for cause, at in found if cause is AttentionReason.CLOSING and arrives <= now]
    if row.conversation.called_at is not None:
        found.append((AttentionReason.CALLED, row.conversation.called_at))
    if row.conversation.back_at is not None:
        found.append((AttentionReason.BACK, row.conversation.back_at))
    if row.unfinished_at is not None:
        found.append((AttentionReason.UNFINISHED, row.unfinished_at))
    failed = _given_up(row.last_reply) if row.failed is None else row.failed
    if failed is not None and now - failed.updated_at <= RINGS_FOR:
        unknown = failed.state is ReplyState.UNKNOWN
        found.append((AttentionReason.UNKNOWN if unknown else AttentionReason.FAILED, failed.updated_at))
    if row.drafts:
        found.append((AttentionReason.DRAFT, _made_at(row, ReplyState.DRAFT, had.get(AttentionReason.DRAFT), now)))
    if row.held:
        found.append((AttentionReason.HELD, _made_at(row, ReplyState.HELD, had.get(AttentionReason.HELD), now)))
    return found


def _given_up(last: Reply | None) -> Reply | None:
    """Return the last reply if it was tried in vain and waits for the operator."""
    return last if last is not None and last.asks and last.attempts else None


def should_have_arrived(row: InboxRow) -> datetime | None:
    """Return when an operator's reply on its way should have arrived; None if none is.

    Replies that WeChat refused, that ask the operator again, or wait behind a failed one do not count.
    """
    last = row.last_reply
    if last is None or last.author is not Author.OPERATOR or last.state not in ON_ITS_WAY | {ReplyState.HELD}:
        return None
    if last.asks or last.errcode is not None or row.failed is not None:
        return None
    return max(last.created_at, last.due_at or last.created_at) + ABOUT_TO_ARRIVE


def _of_waiting(
    conversation: Conversation, reserve: int, preferences: Preferences, now: datetime
) -> list[tuple[AttentionReason, datetime]]:
    """Return the reasons of a contact who waits and can still be answered."""
    since, window = conversation.waiting_since if conversation.awaits_answer else None, conversation.window
    left = quota.replies_left(window, now)
    if since is None or window.until is None or not left or conversation.contact.blocked:
        return []
    found = []
    if window.until - now <= preferences.warning:
        found.append((AttentionReason.CLOSING, since))
    if conversation.taken_over:
        wrote_last = conversation.preview_author is Author.CONTACT and conversation.last_at is not None
        found.append(
            (AttentionReason.LEFT, max(since, conversation.last_at) if wrote_last and conversation.last_at else since)
        )
    if left <= reserve:
        found.append((AttentionReason.RESERVE, since))
    return found


def _made_at(row: InboxRow, state: ReplyState, before: Attention | None, now: datetime) -> datetime:
    last = row.last_reply
    if last is not None and last.state is state:
        return last.created_at
    return before.at if before is not None else now
