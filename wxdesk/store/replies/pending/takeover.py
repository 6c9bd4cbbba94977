"""A human has the word: what rules have said and what has not left is stopped, and what he has in hand stays his."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, false, func, select, update

from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import BEFORE_SENDING, Move
from wxdesk.core.replies.on_new_message import SPOKE_MEANWHILE, WINDOW_CLOSED, WROTE_INSTEAD
from wxdesk.store.replies.bulk_moves import BY_RULE, DRAFT, HELD, QUEUED, move_all
from wxdesk.store.schema import conversations, replies
from wxdesk.store.schema.reply_predicates import by_hand

AUTOMATIC = ~by_hand(replies)
"""What a rule said and nobody has released, sent again or kept: `core.lifecycle.is_automatic` in SQL."""

UNSETTLED = BEFORE_SENDING | {ReplyState.SENDING}
"""What is stopped, and what may come back unsent."""

_LEAVING = QUEUED | (HELD & replies.c.due_at.is_not(None))
"""What would leave by itself; what is held and asks does not."""


def stop_all(
    connection: Connection, conversation_id: int, by: str, at: datetime, *, but_answer: int | None = None
) -> list[Reply]:
    """Cancel what is automatic in a conversation and has not left; what a human has edited is a draft.

    The parts of `but_answer`, named by its first part, stay as they are.
    """
    its = _automatic(connection, conversation_id, but_answer)
    return _stop(connection, its & replies.c.state.in_(BEFORE_SENDING), by, at)


def stop_leaving(connection: Connection, conversation_id: int, by: str, at: datetime) -> list[Reply]:
    """The same for what would leave by itself; what asks, or is a draft, waits for its human, whoever has the word."""
    its = _automatic(connection, conversation_id)
    _keep_in_hand(connection, conversation_id)
    return _stop(connection, its & _LEAVING, by, at)


def keep_leaving(connection: Connection, conversation_id: int, at: datetime) -> list[Reply]:
    """Make drafts of what is automatic there and would leave by itself, because a human writes something instead."""
    its = _automatic(connection, conversation_id)
    _keep_in_hand(connection, conversation_id)
    return move_all(connection, Move.KEEP, its, at, WROTE_INSTEAD)


def _keep_in_hand(connection: Connection, conversation_id: int) -> None:
    """What he has in hand, and leaves as it was after that, does not go on to leave by itself (`store.in_hand`)."""
    in_hand = DRAFT & by_hand(replies) & (replies.c.error != WINDOW_CLOSED)
    theirs = (replies.c.conversation_id == conversation_id) & BY_RULE & in_hand
    connection.execute(update(replies).where(theirs).values(error=SPOKE_MEANWHILE))


def _stop(connection: Connection, its: ColumnElement[bool], by: str, at: datetime) -> list[Reply]:
    cancelled = move_all(connection, Move.CANCEL, its & replies.c.edited.is_(false()), at, by=by)
    return cancelled + move_all(connection, Move.KEEP, its, at)


def _automatic(connection: Connection, conversation_id: int, but_answer: int | None = None) -> ColumnElement[bool]:
    """What is automatic there. All that rules have said there and that has not left is locked first, then that itself.

    So do those who store a decision or what became of a call, and whoever leaves a reply as it was: each finds what the
    other has done.
    """
    its = AUTOMATIC & (replies.c.conversation_id == conversation_id)
    if but_answer is not None:
        its &= func.coalesce(replies.c.part_of, replies.c.id) != but_answer
    here = replies.c.conversation_id == conversation_id
    unsettled = select(replies.c.id).where(BY_RULE, here, replies.c.state.in_(UNSETTLED)).order_by(replies.c.id)
    connection.execute(unsettled.with_for_update()).all()
    itself = select(conversations.c.id).where(conversations.c.id == conversation_id)
    connection.execute(itself.with_for_update(key_share=True)).all()
    return its
