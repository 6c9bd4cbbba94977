"""Undo of an operator's reply just written, with its parts and search entries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from wxdesk.core.conversations.takeover import TakeoverByWriting
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import Move, can_be_undone
from wxdesk.store.conversations.takeovers import restore_takeover
from wxdesk.store.replies import moves as moves
from wxdesk.store.replies.bulk_moves import move_all
from wxdesk.store.replies.passed_over_drafts import restore_passed_over
from wxdesk.store.schema import replies
from wxdesk.store.schema.reply_predicates import UNDOABLE
from wxdesk.store.search import forget_replies


@dataclass(frozen=True, slots=True)
class UndoneReplies:
    """Replies that an operator took back, and the drafts passed over by writing them.

    `takeover`: the one that writing them had begun or put off; the one before it applies again.
    """

    replies: list[Reply]
    passed: list[Reply]
    takeover: TakeoverByWriting | None = None


def undo(connection: Connection, reply_id: int, by: str, at: datetime) -> UndoneReplies:
    """Cancel an operator's reply with all parts, and restore what writing it changed."""
    found = moves.lock_reply(connection, reply_id).reply
    if not can_be_undone(found):
        raise MoveNotAllowed(found.state.value, "undo")
    first = found.id if found.part_of is None else found.part_of
    whole = or_(replies.c.id == first, replies.c.part_of == first)
    undone = move_all(connection, Move.CANCEL, UNDOABLE & whole, at, by=by)
    forget_replies(connection, [reply.id for reply in undone])
    passed = restore_passed_over(connection, undone, at)
    return UndoneReplies(undone, passed, _restore_takeover(connection, undone[0]))


def _restore_takeover(connection: Connection, undone: Reply) -> TakeoverByWriting | None:
    """Restore the takeover before this reply, unless something else has changed it.

    Where a later reply put off the same takeover, undoing that one will restore what was before both.
    """
    here = (replies.c.conversation_id == undone.conversation_id) & (replies.c.id >= undone.id)
    query = select(replies.c.id, replies.c.takeover).where(here, replies.c.takeover.is_not(None))
    found = connection.execute(query.order_by(replies.c.id).limit(2)).all()
    if not found or found[0].id != undone.id:
        return None
    its: TakeoverByWriting = found[0].takeover
    _store_takeover(connection, undone.id, None)
    if len(found) == 1:
        return its if restore_takeover(connection, undone.conversation_id, its) else None
    later: TakeoverByWriting = found[1].takeover
    if later.before is not None and later.before.by_writing:
        _store_takeover(connection, found[1].id, replace(later, before=its.before))
    return None


def _store_takeover(connection: Connection, reply_id: int, takeover: TakeoverByWriting | None) -> None:
    connection.execute(update(replies).where(replies.c.id == reply_id).values(takeover=takeover))
