"""The outbox's rows: the claim (which replies may leave now), and single moves."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move, next_state
from wxdesk.core.wechat.quota import ClaimedReply
from wxdesk.store.conversations.status import needing_operator, reopen_conversations
from wxdesk.store.engine.database import Database, StorePart, write_by, writing
from wxdesk.store.engine.gathering import Gathering
from wxdesk.store.replies import moves
from wxdesk.store.replies.bulk_moves import QUEUED, update_replies
from wxdesk.store.replies.history import write_moves
from wxdesk.store.replies.moves import ReplyChanges, WantedMove
from wxdesk.store.replies.parts import apply_operator_move, waits_for_earlier_part
from wxdesk.store.replies.pending import edit_lock, takeover
from wxdesk.store.schema.columns import Among, Moment
from wxdesk.store.schema.messaging import conversations, replies
from wxdesk.store.schema.records import SELECT_REPLIES, WINDOW_COLUMNS, reply_of, window_of
from wxdesk.store.schema.reply_predicates import by_hand, scheduled, undoable

INTERRUPTED = "wxdesk ended before WeChat answered"
"""Reason of the state `unknown` after the program ended during a call to WeChat."""


class OutboxStore(StorePart):
    """Moves of single replies, each guarded by the state before it."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._ends: Gathering[WantedMove, Reply] = Gathering(lambda wanted: db.write(moves.move_each, wanted), db.rest)

    async def end(self, reply_id: int, made: Move, at: datetime, changes: ReplyChanges) -> Reply:
        """End a call to WeChat by a `move`, with others that end meanwhile."""
        return await self._ends.make(WantedMove(reply_id, made, at, changes))

    async def claim(
        self, now: datetime, *, busy: Collection[int], limit: int, only_by_hand: bool, without: Collection[str] = ()
    ) -> list[ClaimedReply]:
        """Move queued replies to `sending` and commit; one a conversation, oldest first.

        Left out: conversations in `busy`, conversations with a reply in `sending`, accounts in `without`, replies
        whose `not_before` is later than `now`, parts behind one that needs the operator (`core.replies.parts`),
        and, if `only_by_hand`, those that no operator wrote or released. A reply is never claimed before an older
        queued one of its conversation, also if that waits for another try (paused ones do not block written ones,
        parts that wait for the operator block nothing, and one that can still be undone blocks those behind it).
        """
        given = {"now": now, "busy": tuple(busy), "limit": limit, "without": tuple(without)}
        return await self._db.write(_claim, _CLAIM_BY_HAND if only_by_hand else _CLAIM, given)

    move = write_by(moves.move)
    apply_operator_move = write_by(apply_operator_move)
    lock_for_edit = write_by(edit_lock.lock_for_edit)
    unlock = write_by(edit_lock.unlock)
    unlock_abandoned = write_by(edit_lock.unlock_abandoned)
    edit = write_by(moves.edit)
    cancel_automatic = write_by(takeover.cancel_automatic)
    take_over = write_by(takeover.take_over)

    @writing
    def unclaim(self, connection: Connection, at: datetime, busy: Collection[int]) -> list[Reply]:
        """Queue replies in `sending` again, except in the conversations `busy`.

        For a claim that was committed though its answer never came: no call has begun for it. Returns those replies.
        """
        change = update(replies).where(replies.c.state == ReplyState.SENDING, replies.c.conversation_id.not_in(busy))
        state = next_state(ReplyState.SENDING, Move.POSTPONE)
        values = {"state": state, "attempts": replies.c.attempts - 1, "updated_at": at}
        return update_replies(connection, change.values(values))

    @writing
    def hurry(self, connection: Connection, ids: Collection[int], at: datetime) -> list[Reply]:
        """Let the queued ones of these replies leave now, without being called late."""
        change = update(replies).where(QUEUED, replies.c.id.in_(ids))
        return update_replies(connection, change.values(not_before=at, updated_at=at))

    @writing
    def recover(self, connection: Connection, at: datetime) -> list[Reply]:
        """Move `sending` replies to `unknown` after a crash; these count as sent."""
        change = update(replies).where(replies.c.state == ReplyState.SENDING)
        lost = update_replies(
            connection, change.values(state=next_state(ReplyState.SENDING, Move.LOSE), updated_at=at, aside=None)
        )
        reopen_conversations(connection, needing_operator(lost))
        write_moves(connection, Move.LOSE, lost, at, reason=INTERRUPTED)
        ids, left = {reply.conversation_id for reply in lost}, conversations.c.window_left
        if ids:  # of one conversation, never more than one is under way
            fewer = update(conversations).where(conversations.c.id.in_(ids), left > 0)
            connection.execute(fewer.values(window_left=left - 1))
        return lost


def _claim(connection: Connection, claim: ReturningUpdate[Any], given: dict[str, Any]) -> list[ClaimedReply]:
    ids = list(connection.scalars(claim, given))
    rows = connection.execute(_CLAIMED, {"ids": ids}) if ids else ()
    return [ClaimedReply(reply_of(row), window_of(row)) for row in rows]


def _claim_statement(*, only_by_hand: bool) -> ReturningUpdate[Any]:
    """Build the statement of `claim`; it takes `now`, `busy`, `limit` and `without`."""
    # A WITH, because PostgreSQL may run a plain subquery again for each row and so exceed the limit.
    first = _first_in_line(only_by_hand=only_by_hand).limit(bindparam("limit", type_=Integer))
    chosen = first.with_for_update(of=replies, skip_locked=True).cte("chosen")
    change = update(replies).where(replies.c.id.in_(select(chosen.c.id)), QUEUED)
    state = next_state(ReplyState.QUEUED, Move.CLAIM)
    values = {"state": state, "attempts": replies.c.attempts + 1, "updated_at": _NOW}
    return change.values(values).returning(replies.c.id)


_NOW = bindparam("now", type_=Moment)


def _first_in_line(*, only_by_hand: bool) -> Select[Any]:
    """Select queued replies that may leave now, each the next of its conversation."""
    earlier, underway = replies.alias("earlier"), replies.alias("underway")
    queued: ColumnElement[bool] = (earlier.c.state == ReplyState.QUEUED) & ~waits_for_earlier_part(earlier)
    query = select(replies.c.id).join(conversations, conversations.c.id == replies.c.conversation_id).where(QUEUED)
    queued &= ~(scheduled(earlier) & (earlier.c.not_before > _NOW))
    if only_by_hand:
        queued &= by_hand(earlier)
        query = query.where(by_hand(replies))
    counts_down = undoable(earlier) & (replies.c.author == Author.OPERATOR)
    before = (earlier.c.conversation_id == replies.c.conversation_id) & (earlier.c.id < replies.c.id)
    ahead = before & (queued | counts_down)
    sending = select(underway.c.id).where(
        underway.c.conversation_id == replies.c.conversation_id, underway.c.state == ReplyState.SENDING
    )
    return query.where(
        ~select(earlier.c.id).where(ahead).exists(),
        ~sending.exists(),
        ~waits_for_earlier_part(replies),
        replies.c.not_before.is_(None) | (replies.c.not_before <= _NOW),
        ~Among(replies.c.conversation_id, "busy"),
        ~Among(conversations.c.account, "without"),
    ).order_by(replies.c.id)


# Statements never change once made, and these are asked for each reply: put together once.
_CLAIM, _CLAIM_BY_HAND = _claim_statement(only_by_hand=False), _claim_statement(only_by_hand=True)


_CLAIMED = SELECT_REPLIES.add_columns(*WINDOW_COLUMNS).where(Among(replies.c.id, "ids")).order_by(replies.c.id)
