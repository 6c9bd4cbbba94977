"""Edit locks: a reply does not leave while an operator edits it.

Each function runs in the given transaction; see `store.replies.replies`.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, case, exists, select, update

from wxdesk.core.conversations.claim import RETURNS_AFTER
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import AFTER_RESTART, CHANGED_BY, Move, ReplyStep, StepKind, next_state
from wxdesk.core.replies.on_new_message import (
    LEFT_AS_IT_WAS,
    SPOKE_MEANWHILE,
    WINDOW_CLOSED,
    WORD_TAKEN_BACK,
    WROTE_MEANWHILE,
    due_before_closing,
)
from wxdesk.store.conversations import status
from wxdesk.store.replies.bulk_moves import BY_RULE, update_replies
from wxdesk.store.replies.history import steps_of, write_steps
from wxdesk.store.replies.moves import LockedReply, ReplyChanges, lock_reply, move, update_guarded
from wxdesk.store.schema.messaging import WRITTEN, conversations, messages, replies
from wxdesk.store.schema.reply_predicates import LOCKED

LEAST_REMAINING = timedelta(seconds=5)
"""Least time left when a hold resumes, so that the operator can still react."""

_WROTE_MEANWHILE_REASONS = (SPOKE_MEANWHILE, WORD_TAKEN_BACK)
"""Reasons that keep an unlocked reply held: an operator wrote, even if undone."""


def lock_for_edit(connection: Connection, reply_id: int, at: datetime, by: str) -> Reply:
    """Lock a held reply or a draft for editing by `by`, so that nothing replaces it.

    A held one becomes a draft, and its step records which deadline was stopped. One that is locked already gets
    no step. Raises like `move`.
    """
    found = lock_reply(connection, reply_id).reply
    if found.state is not ReplyState.DRAFT:
        return move(connection, reply_id, Move.KEEP, at, ReplyChanges(by=by))
    locked = _changed(connection, found, at, by=by)
    if not found.by:  # else it is the operator's already
        write_steps(connection, [ReplyStep(reply_id, at, StepKind.LOCK, by)])
    status.reopen_conversations(connection, status.needing_operator([locked]))
    return locked


def unlock(connection: Connection, before: Reply, at: datetime, by: str, *, may_leave: bool) -> Reply:
    """End an edit lock, so that the reply waits as it did `before`.

    It is held with the rest of its time, but a few seconds at least; without a deadline if the contact has
    written meanwhile. It stays a draft where it was one, if it may not leave by itself any more (`may_leave`),
    or if the reply window has closed; one whose content has been changed stays as it is.

    Raises:
        NotFound, MoveNotAllowed: it is no draft any more.
    """
    found = lock_reply(connection, before.id)
    now = found.reply
    if now.state is not ReplyState.DRAFT:
        raise MoveNotAllowed(state=now.state.value, move="unlock")
    if now.content != before.content:
        return now
    closed = found.window.until is None or found.window.until <= at
    kept = next((step for step in reversed(steps_of(connection, now.id)) if step.kind is StepKind.KEEP), None)
    if before.state is not ReplyState.HELD or kept is None or closed or not may_leave:
        if before.state is ReplyState.HELD or not before.by:
            why = _draft_reason(connection, before, closed=closed, may_leave=may_leave)
            write_steps(connection, [ReplyStep(now.id, at, StepKind.UNLOCK, by, reason=why)])
        error = before.error if now.error in _WROTE_MEANWHILE_REASONS else now.error
        return _changed(connection, now, at, by=before.by, error=error)
    return _hold_again(connection, found, before, kept, at, by)


def unlock_abandoned(connection: Connection, at: datetime, there: Collection[str]) -> list[Reply]:
    """End edit locks as old as claims become, except of the operators `there`."""
    theirs = replies.c.by.in_((*there, Author.OPERATOR))  # the latter is whoever works without a sign-in
    return unlock_all(connection, at, ~theirs, replies.c.updated_at <= at - RETURNS_AFTER)


def unlock_all(connection: Connection, at: datetime, *which: ColumnElement[bool]) -> list[Reply]:
    """End the edit locks of unchanged drafts, all of them at the program's start.

    Otherwise the rules would give way to them for ever.
    """
    change = update(replies).where(LOCKED, BY_RULE, *which)
    error = case((replies.c.error == "", AFTER_RESTART), else_=replies.c.error)
    unlocked = update_replies(connection, change.values(by="", error=error, updated_at=at))
    write_steps(connection, [ReplyStep(one.id, at, StepKind.UNLOCK, reason=AFTER_RESTART) for one in unlocked])
    return unlocked


def _draft_reason(connection: Connection, before: Reply, *, closed: bool, may_leave: bool) -> str:
    """Return the reason, if any, for which a reply held `before` is not held again."""
    if before.state is not ReplyState.HELD:
        return ""
    if closed:
        return WINDOW_CLOSED
    if may_leave or before.mode not in (ReplyMode.AUTO, ReplyMode.HOLD):
        return ""
    own = connection.scalar(select(conversations.c.mode).where(conversations.c.id == before.conversation_id))
    return CHANGED_BY[ModeSource.ACCOUNT if own is None else ModeSource.CONVERSATION]


def _hold_again(
    connection: Connection, found: LockedReply, before: Reply, kept: ReplyStep, at: datetime, by: str
) -> Reply:
    now, due_at, error = found.reply, None, found.reply.error
    if kept.until is not None and _wrote_since(connection, now, kept.at):
        error = WROTE_MEANWHILE
    elif kept.until is not None and error not in _WROTE_MEANWHILE_REASONS:
        due_at = due_before_closing(at + max(kept.until - kept.at, LEAST_REMAINING), found.window.until)
    state = next_state(now.state, Move.HOLD)
    held = _changed(connection, now, at, state=state, by=before.by, due_at=due_at, error=error, aside=before.aside)
    why = error if error in (WROTE_MEANWHILE, *_WROTE_MEANWHILE_REASONS) else LEFT_AS_IT_WAS
    write_steps(connection, [ReplyStep(now.id, at, StepKind.HOLD, by, reason=why, until=due_at)])
    status.reopen_conversations(connection, status.needing_operator([held]))
    return held


def _wrote_since(connection: Connection, reply: Reply, since: datetime) -> bool:
    theirs = (messages.c.conversation_id == reply.conversation_id) & (messages.c.received_at > since) & WRITTEN
    return bool(connection.scalar(select(exists().where(theirs))))


def _changed(connection: Connection, before: Reply, at: datetime, **values: object) -> Reply:
    update_guarded(connection, before, "unlock", values | {"updated_at": at})
    return replace(before, updated_at=at, **values)
