"""Bulk changes of pending replies: timers, modes, pauses, restart and undo.

Each method moves all replies concerned that may make the move, in one transaction, and returns them as they
are then. An operator's move on a part of an answer affects the later parts as
`store.replies.outbox.OutboxStore.apply_operator_move` does; those are returned too.
"""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, func, or_, select, true, union_all, update

from wxdesk.core.conversations.takeover import TakeoverByWriting
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.reply import WAITS, Reply
from wxdesk.core.replies.lifecycle import AFTER_PAUSE, AFTER_RESTART, AFTER_RESTORE, Move, can_be_undone
from wxdesk.store.conversations.takeovers import restore_takeover
from wxdesk.store.engine.database import StorePart, write_by, writing
from wxdesk.store.replies import moves
from wxdesk.store.replies.bulk_moves import BY_RULE, HELD, HELD_BACK, QUEUED, by_hand_or_all, move_all
from wxdesk.store.replies.parts import (
    NO_ERROR,
    cancel_all,
    later_parts,
    lock_answers,
    release_earlier,
    release_later,
    waits_for_earlier_part,
)
from wxdesk.store.replies.passed_over_drafts import restore_passed_over
from wxdesk.store.replies.pending import edit_lock, policy_changes, timers
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import conversations, replies
from wxdesk.store.schema.records import moment_of
from wxdesk.store.schema.reply_predicates import UNDOABLE, by_hand, scheduled
from wxdesk.store.search import forget_replies


class PendingReplies(StorePart):
    """Drafts, held and queued replies; "automatic" ones are by a rule, edited or not."""

    @writing
    def release_held(
        self, connection: Connection, by: str, at: datetime, only: Collection[int] | None = None
    ) -> list[Reply]:
        """Release all held replies, or `only` those with these ids, in the name of `by`.

        Earlier parts of their answers that wait leave with them. Replies that can still be undone leave by
        themselves.
        """
        if only is not None:
            lock_answers(connection, only)
        released = move_all(connection, Move.RELEASE, HELD_BACK & _among(only), at, by=by, **NO_ERROR)
        if only is not None:
            released += release_earlier(connection, [reply.id for reply in released], at, by)
        return released + release_later(connection, later_parts(connection, [reply.id for reply in released]), at, by)

    async def cancel_held(self, by: str, at: datetime, only: Collection[int] | None = None) -> list[Reply]:
        """Cancel all held replies, or `only` these, with the later parts of their answers.

        Other drafts stay, and so do replies that can still be undone.
        """
        return await self._db.write(cancel_all, HELD_BACK & _among(only), at, by)

    run_timers = write_by(timers.run_timers)

    async def next_wake(self, now: datetime, *, only_by_hand: bool = False) -> datetime | None:
        """Return the next time at which a pending reply needs a timer.

        That is a held reply's deadline, a postponed one's next attempt, or the end of a reply window.
        """
        counts = by_hand_or_all(only_by_hand=only_by_hand)
        held = select(replies.c.due_at.label("at")).where(HELD, counts)
        postponed = select(replies.c.not_before).where(QUEUED, replies.c.not_before > now, counts)
        closing = (
            select(conversations.c.window_until)
            .join(replies, replies.c.conversation_id == conversations.c.id)
            .where(replies.c.state.in_(WAITS), conversations.c.window_until > now)
        )
        times = union_all(held, postponed, closing).subquery()
        return await self._db.read(moment_of, select(func.min(times.c.at)))

    async def hold_after_pause(self, at: datetime) -> list[Reply]:
        """Hold without a deadline the replies that a pause kept from leaving.

        Those are queued, or held past their deadline. Parts that wait for the operator anyhow
        (`core.replies.parts`) go on doing so.
        """
        late = BY_RULE & HELD & (replies.c.due_at <= at)
        kept = QUEUED & ~by_hand(replies) & ~waits_for_earlier_part(replies)
        return await self._moved(Move.HOLD, late | kept, at, due_at=None, **_error_values(AFTER_PAUSE))

    async def hold_behind(self, unreached: Reply, why: str, at: datetime) -> list[Reply]:
        """Hold without a deadline what would arrive before a reply that is given up."""
        behind = (replies.c.conversation_id == unreached.conversation_id) & (replies.c.id > unreached.id)
        behind &= QUEUED & ~scheduled(replies) & ~waits_for_earlier_part(replies)
        return await self._moved(Move.HOLD, behind, at, due_at=None, **_error_values(why))

    @writing
    def hold_after_restart(self, connection: Connection, at: datetime, stale_before: datetime) -> list[Reply]:
        """Hold held replies without a deadline after a restart; end edit locks.

        So are operators' written or released replies held that were queued, or due, before `stale_before`.
        """
        not_later = replies.c.not_before.is_(None) | (replies.c.not_before < stale_before)
        old = QUEUED & by_hand(replies) & (replies.c.updated_at < stale_before) & not_later
        asks = (HELD & replies.c.due_at.is_not(None)) | old
        asking = move_all(connection, Move.HOLD, asks, at, due_at=None, **_error_values(AFTER_RESTART))
        return asking + edit_lock.unlock_all(connection, at)

    begin_waits_again = write_by(timers.begin_waits_again)
    withhold_in_conversation = write_by(policy_changes.withhold_in_conversation)
    withhold_in_account = write_by(policy_changes.withhold_in_account)
    withhold_without_rule = write_by(policy_changes.withhold_without_rule)

    @writing
    def undo(self, connection: Connection, reply_id: int, by: str, at: datetime) -> "UndoneReplies":
        """Take back an operator's reply during its undo time, with all of its messages.

        They are cancelled by the name `by`. Drafts that it passed over are restored, unless the operator has
        written something else since.

        Raises:
            NotFound, MoveNotAllowed: it is too late; nothing was changed.
        """
        found = moves.lock_reply(connection, reply_id).reply
        if not can_be_undone(found):
            raise MoveNotAllowed(state=found.state.value, move="undo")
        first = found.id if found.part_of is None else found.part_of
        whole = or_(replies.c.id == first, replies.c.part_of == first)
        undone = move_all(connection, Move.CANCEL, UNDOABLE & whole, at, by=by)
        forget_replies(connection, [reply.id for reply in undone])
        passed = restore_passed_over(connection, undone, at)
        return UndoneReplies(undone, passed, _restore_takeover(connection, undone[0]))

    async def release_undoable(self, at: datetime) -> list[Reply]:
        """Queue at once the operators' replies that could still be undone."""
        return await self._moved(Move.RELEASE, UNDOABLE, at)

    async def hold_back(self, ids: Collection[int], at: datetime) -> list[Reply]:
        """Hold queued ones of these replies, to be asked about at the next start."""
        stays = QUEUED & Among(replies.c.id, ids)
        return await self._moved(Move.HOLD, stays, at, due_at=None, **_error_values(AFTER_RESTART))

    async def _moved(self, move: Move, which: ColumnElement[bool], at: datetime, **values: object) -> list[Reply]:
        return await self._db.write(move_all, move, which, at, **values)


def hold_after_restore(connection: Connection, at: datetime) -> None:
    """Hold what waited to be sent in a backup: the desk that made it may have sent it."""
    waited = QUEUED & ~waits_for_earlier_part(replies)
    move_all(connection, Move.HOLD, waited, at, due_at=None, **_error_values(AFTER_RESTORE))


def _among(ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if ids is None else Among(replies.c.id, ids)


def _error_values(why: str) -> dict[str, object]:
    return {"error": why, "errcode": None, "rid": ""}


class UndoneReplies(Struct, frozen=True):
    """Replies that an operator took back, and the drafts passed over by writing them.

    `takeover`: the one that writing them had begun or put off; the one before it applies again.
    """

    replies: list[Reply]
    passed: list[Reply]
    takeover: TakeoverByWriting | None = None


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
