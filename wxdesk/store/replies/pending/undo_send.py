"""Undo of an operator's reply just written, with its parts and search entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import Move, can_be_undone
from wxdesk.store.replies import moves as moves
from wxdesk.store.replies.bulk_moves import move_all
from wxdesk.store.replies.passed_over_drafts import restore_passed_over
from wxdesk.store.schema import replies
from wxdesk.store.schema.reply_predicates import UNDOABLE
from wxdesk.store.search import forget_replies


@dataclass(frozen=True, slots=True)
class UndoneReplies:
    """Replies that an operator took back, and the drafts passed over by writing them."""

    replies: list[Reply]
    passed: list[Reply]


def undo(connection: Connection, reply_id: int, by: str, at: datetime) -> UndoneReplies:
    """Cancel an operator's reply with all parts, and restore drafts it passed over."""
    found = moves.lock_reply(connection, reply_id).reply
    if not can_be_undone(found):
        raise MoveNotAllowed(found.state.value, "undo")
    first = found.id if found.part_of is None else found.part_of
    whole = or_(replies.c.id == first, replies.c.part_of == first)
    undone = move_all(connection, Move.CANCEL, UNDOABLE & whole, at, by=by)
    forget_replies(connection, [reply.id for reply in undone])
    return UndoneReplies(undone, restore_passed_over(connection, undone, at))
