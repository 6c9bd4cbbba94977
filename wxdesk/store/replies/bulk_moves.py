"""One move of many replies at once: which ones are meant, and what they are then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Update, and_, case, not_, null, true, update

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move, next_state, states_before
from wxdesk.store.conversations.status import reopen_for, wanting_a_word
from wxdesk.store.replies.history import write_moves
from wxdesk.store.replies.inserting import load_replies
from wxdesk.store.schema import replies
from wxdesk.store.schema.reply_predicates import UNDOABLE, by_hand

DRAFT = replies.c.state == ReplyState.DRAFT
HELD = replies.c.state == ReplyState.HELD
QUEUED = replies.c.state == ReplyState.QUEUED
BY_RULE = replies.c.author == Author.RULE


HELD_BACK = and_(HELD, not_(UNDOABLE))
"""What is held and stands in the strip: all but what leaves by itself in a moment, because its operator wrote it."""


def counting(*, only_by_hand: bool) -> ColumnElement[bool]:
    """Which replies count: all, or only what a human has decided."""
    return by_hand(replies) if only_by_hand else true()


def move_all(
    connection: Connection, move: Move, which: ColumnElement[bool], at: datetime, why: str = "", /, **values: object
) -> list[Reply]:
    """Make `move` with all replies that are `which` and from whose state the table allows it.

    Their steps tell `why`, or what stands in `error` from now on.
    """
    before = states_before(move)
    [after] = {next_state(state, move) for state in before}  # the moves of many lead to one state each
    if move is Move.KEEP:
        values = {"due_at": None, "aside": None, **values}
    if move is Move.RELEASE:  # whoever lets go what asks says himself what becomes of its conversation
        values = {"aside": case((replies.c.due_at.is_(None), null()), else_=replies.c.aside), **values}
    change = update(replies).where(replies.c.state.in_(before), which)
    moved = changed(connection, change.values(state=after, updated_at=at, **values))
    by, reason = values.get("by", ""), why or values.get("error", "")
    write_moves(connection, move, moved, at, by=str(by), reason=str(reason))
    reopen_for(connection, wanting_a_word(moved))
    return moved


def changed(connection: Connection, change: Update) -> list[Reply]:
    """The replies that `change` was about, as they are then."""
    ids = list(connection.scalars(change.returning(replies.c.id)))
    return load_replies(connection, ids)
