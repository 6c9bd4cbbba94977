"""A human has the word: what rules have said and what has not left is stopped, and what he has in hand stays his."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, false, func, select

from wxdesk.core.lifecycle import BEFORE_SENDING, Move
from wxdesk.core.model import Reply, ReplyState
from wxdesk.store.many_replies import by_hand, move_all
from wxdesk.store.schema import conversations, replies

AUTOMATIC = ~by_hand(replies)
"""What a rule said and nobody has released, sent again or kept: `core.lifecycle.is_automatic` in SQL."""

UNSETTLED = BEFORE_SENDING | {ReplyState.SENDING}
"""What is stopped, and what may come back unsent."""


def silence(
    connection: Connection, conversation_id: int, by: str, at: datetime, *, but_answer: int | None = None
) -> list[Reply]:
    """Cancel what is automatic in a conversation and has not left; what a human has edited is a draft.

    The parts of `but_answer`, named by its first part, stay as they are. The replies are locked first and then their
    conversation, as by whoever stores a decision or what became of a call: each finds what the other has done.
    """
    its = AUTOMATIC & (replies.c.conversation_id == conversation_id)
    if but_answer is not None:
        its &= func.coalesce(replies.c.part_of, replies.c.id) != but_answer
    unsettled = select(replies.c.id).where(its, replies.c.state.in_(UNSETTLED)).order_by(replies.c.id)
    connection.execute(unsettled.with_for_update()).all()
    here = select(conversations.c.id).where(conversations.c.id == conversation_id)
    connection.execute(here.with_for_update(key_share=True)).all()
    untouched = replies.c.edited.is_(false()) & replies.c.state.in_(BEFORE_SENDING)
    cancelled = move_all(connection, Move.CANCEL, its & untouched, at, by=by)
    return cancelled + move_all(connection, Move.KEEP, its, at)
