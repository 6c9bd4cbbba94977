"""Parts of one answer: which of them wait, and the effect of operators' moves.

`core.replies.parts` has the same rule. Every query looks into the index of `part_of`, or at one row by id.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, and_, bindparam, exists, func, or_, select, update

from wxdesk.core.model.reply import UNSETTLED, WAITS, Reply, ReplyState
from wxdesk.core.replies.lifecycle import BEFORE_SENDING, Move
from wxdesk.store.replies import moves
from wxdesk.store.replies.bulk_moves import QUEUED, move_all, update_replies
from wxdesk.store.replies.history import write_moves
from wxdesk.store.replies.inserting import load_replies
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.passed_over_drafts import restore_passed_over
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import replies
from wxdesk.store.schema.reply_predicates import LOCKED, PASSED_OVER, by_hand, scheduled

type ReplyTable = FromClause

# Making a second name for the table costs more than all else that is done to put one of these queries together.
_FIRST, _BETWEEN = replies.alias(), replies.alias()
_NAMED, _OTHER = replies.alias(), replies.alias()

NO_ERROR = {"errcode": None, "error": "", "rid": "", "not_before": None}
"""Columns of a released reply: no old error, and no time to wait for."""


def needs_operator(part: ReplyTable) -> ColumnElement[bool]:
    """Match a draft, or a held reply without a deadline: `core.replies.parts` in SQL."""
    asks = and_(part.c.state == ReplyState.HELD, part.c.due_at.is_(None))
    return or_(part.c.state == ReplyState.DRAFT, asks)


def waits_for_earlier_part(part: ReplyTable) -> ColumnElement[bool]:
    """Match a queued `part` that must wait for an earlier part of its answer."""
    return _has_earlier_part(part, lambda earlier: and_(part.c.by == "", earlier.c.state.in_(WAITS)))


def waits_for_operator(part: ReplyTable) -> ColumnElement[bool]:
    """Match a `part` that waits because an earlier part needs an operator."""
    return _has_earlier_part(part, lambda earlier: and_(part.c.by == "", needs_operator(earlier)))


def _has_earlier_part(part: ReplyTable, stops: Callable[[ReplyTable], ColumnElement[bool]]) -> ColumnElement[bool]:
    """Match a `part` behind one that is unsettled, or that `stops` it."""
    is_first = _FIRST.c.id == part.c.part_of
    is_between = and_(_BETWEEN.c.part_of == part.c.part_of, _BETWEEN.c.id < part.c.id)
    return and_(
        part.c.part_of.is_not(None),
        or_(
            exists().where(is_first, _FIRST.c.state.in_(UNSETTLED) | stops(_FIRST)).correlate(part),
            exists().where(is_between, _BETWEEN.c.state.in_(UNSETTLED) | stops(_BETWEEN)).correlate(part),
        ),
    )


def join_parts(connection: Connection, answers: Iterable[Sequence[int]]) -> None:
    """Make one answer of each of these sequences of ids, in their order."""
    later = [{"later": part, "first": answer[0]} for answer in answers for part in answer[1:]]
    if later:
        change = update(replies).where(replies.c.id == bindparam("later"))
        connection.execute(change.values(part_of=bindparam("first")), later)


def apply_operator_move(
    connection: Connection, reply_id: int, made: Move, at: datetime, by: str, *, whole: bool = False
) -> list[Reply]:
    """Make the operator's move, and what follows for the other parts of the answer.

    CANCEL cancels the later parts that have not left. RELEASE, RETRY and CONFIRM let later parts go on that
    wait, as though `by` had released them too; a RELEASE of the `whole` answer also those that need a decision
    of their own (`core.replies.parts`). A RELEASE releases also the earlier parts that are held or drafts,
    unless locked for editing; one of a reply for later lets it leave now. Returns the reply and then the other parts
    that may have changed; raises like `move`.
    """
    if made is Move.RELEASE:
        lock_answers(connection, [reply_id])
        if leaving := _free_scheduled(connection, reply_id, at, by):
            return leaving
    later = later_parts(connection, [reply_id])
    if whole:
        moves.refuse_gaps_among(connection, and_(Among(replies.c.id, later), needs_operator(replies)))
    moved = moves.move(connection, reply_id, made, at, ReplyChanges(by=by))
    if whole:
        move_all(connection, made, and_(Among(replies.c.id, later), needs_operator(replies)), at, by=by, **NO_ERROR)
    if made is Move.CANCEL:
        stopped = [part for part, state in later.items() if state in BEFORE_SENDING]
        cancelled = [moved, *(moves.move(connection, part, made, at, ReplyChanges(by=by)) for part in stopped)]
        return cancelled + restore_passed_over(connection, cancelled, at)
    if made is Move.RELEASE:
        ahead = release_earlier(connection, [reply_id], at, by)
    elif made is Move.RETRY:  # what is wanted after all is wanted whole, although something was written in between
        ahead = move_all(connection, Move.RELEASE, Among(replies.c.id, later) & PASSED_OVER, at, by=by, **NO_ERROR)
    else:
        ahead = []
    freed = later_parts(connection, [reply_id, *(part.id for part in ahead)])
    return [moved, *ahead, *release_later(connection, freed, at, by)]


def _free_scheduled(connection: Connection, reply_id: int, at: datetime, by: str) -> list[Reply]:
    """Take from a reply for later the time for which it waits; nothing if it has none."""
    change = update(replies).where(replies.c.id == reply_id, scheduled(replies))
    freed = update_replies(connection, change.values(not_before=None, by=by, updated_at=at))
    write_moves(connection, Move.RELEASE, freed, at, by=by)
    return freed


def lock_answers(connection: Connection, ids: Collection[int]) -> None:
    """Lock all parts of these replies' answers, in order, before any change."""
    firsts = select(func.coalesce(replies.c.part_of, replies.c.id)).where(Among(replies.c.id, ids))
    theirs = or_(replies.c.id.in_(firsts), replies.c.part_of.in_(firsts))
    connection.execute(select(replies.c.id).where(theirs).order_by(replies.c.id).with_for_update()).all()


def release_earlier(connection: Connection, ids: Collection[int], at: datetime, by: str) -> list[Reply]:
    """Release the pending earlier parts of these answers, so that order is kept.

    A locked part is not released.
    """
    is_between = and_(_OTHER.c.part_of == _NAMED.c.part_of, _OTHER.c.id < _NAMED.c.id)
    is_earlier = or_(_OTHER.c.id == _NAMED.c.part_of, is_between)
    ahead = select(_OTHER.c.id).join(_NAMED, is_earlier).where(Among(_NAMED.c.id, ids))
    return move_all(connection, Move.RELEASE, replies.c.id.in_(ahead) & ~LOCKED, at, by=by, **NO_ERROR)


def later_parts(connection: Connection, ids: Collection[int]) -> dict[int, ReplyState]:
    """Lock these replies and their later parts; return the later ones with states.

    The first part is locked first, so that two operators never wait for each other.
    """
    given = set(ids)
    is_later = and_(_OTHER.c.part_of == func.coalesce(_NAMED.c.part_of, _NAMED.c.id), _OTHER.c.id > _NAMED.c.id)
    found = select(_OTHER.c.id).join(_NAMED, is_later).where(Among(_NAMED.c.id, given))
    query = select(replies.c.id, replies.c.state).where(or_(Among(replies.c.id, given), replies.c.id.in_(found)))
    rows = connection.execute(query.order_by(replies.c.id).with_for_update())
    return {row.id: row.state for row in rows if row.id not in given}


def release_later(connection: Connection, later: Collection[int], at: datetime, by: str) -> list[Reply]:
    """Release those `later` parts whose turn it is, on behalf of `by`; return them."""
    held_up = _has_earlier_part(replies, lambda earlier: earlier.c.state.in_(WAITS))
    goes = and_(Among(replies.c.id, later), QUEUED, ~held_up)
    let = update_replies(connection, update(replies).where(goes, ~by_hand(replies)).values(by=by))
    write_moves(connection, Move.RELEASE, let, at, by=by)
    return load_replies(connection, list(connection.scalars(select(replies.c.id).where(goes))))


def cancel_all(connection: Connection, which: ColumnElement[bool], at: datetime, by: str) -> list[Reply]:
    """Cancel all replies that match `which`, and the later parts of their answers.

    Drafts that are pending again by this are returned too.
    """
    cancelled = move_all(connection, Move.CANCEL, which, at, by=by)
    later = later_parts(connection, [reply.id for reply in cancelled])
    waiting = and_(Among(replies.c.id, later), replies.c.state.in_(BEFORE_SENDING))
    cancelled += move_all(connection, Move.CANCEL, waiting, at, by=by)
    return cancelled + restore_passed_over(connection, cancelled, at)
