"""One move of many replies at once, and the conditions that select them."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Update, and_, case, not_, null, true, update

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move, next_state, states_before
from wxdesk.store.conversations.status import needing_operator, reopen_conversations
from wxdesk.store.replies.history import write_moves
from wxdesk.store.replies.inserting import load_replies
from wxdesk.store.schema.messaging import replies
from wxdesk.store.schema.reply_predicates import UNDOABLE, by_hand

DRAFT = replies.c.state == ReplyState.DRAFT
HELD = replies.c.state == ReplyState.HELD
QUEUED = replies.c.state == ReplyState.QUEUED
BY_RULE = replies.c.author == Author.RULE


HELD_BACK = and_(HELD, not_(UNDOABLE))
"""Condition: held replies, without those of operators that can still be undone."""


def by_hand_or_all(*, only_by_hand: bool) -> ColumnElement[bool]:
    """Return the condition for all replies, or only those that an operator decided."""
    return by_hand(replies) if only_by_hand else true()


def move_all(
    connection: Connection, move: Move, which: ColumnElement[bool], at: datetime, why: str = "", /, **values: object
) -> list[Reply]:
    """Make `move` with all replies that match `which` and whose state allows it.

    Their steps show `why`, or the new value of `error`.
    """
    before = states_before(move)
    [after] = {next_state(state, move) for state in before}  # the moves of many lead to one state each
    if move is Move.KEEP:
        values = {"due_at": None, "aside": None, **values}
    if move is Move.RELEASE:  # an operator who releases it decides about the conversation
        values = {"aside": case((replies.c.due_at.is_(None), null()), else_=replies.c.aside), **values}
    change = update(replies).where(replies.c.state.in_(before), which)
    moved = update_replies(connection, change.values(state=after, updated_at=at, **values))
    by, reason = values.get("by", ""), why or values.get("error", "")
    write_moves(connection, move, moved, at, by=str(by), reason=str(reason))
    reopen_conversations(connection, needing_operator(moved))
    return moved


def update_replies(connection: Connection, change: Update) -> list[Reply]:
    """Run the update `change` and return its replies as they are then."""
    ids = list(connection.scalars(change.returning(replies.c.id)))
    return load_replies(connection, ids)
