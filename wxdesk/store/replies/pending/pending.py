"""Replies that wait, many at once: released, stopped, or left to their human. See `desk.waiting_ports`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, true, union_all

from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.replies.on_new_message import WAITS
from wxdesk.desk.ports.pending_replies import NewMode, Tended, Terms, Undone
from wxdesk.store.engine.database import Database
from wxdesk.store.replies.bulk_moves import BY_RULE, HELD, HELD_BACK, QUEUED, counting, move_all
from wxdesk.store.replies.parts import WELL, behind_a_stop, cancel_all, later_parts, let_go, lock_answers, release_ahead
from wxdesk.store.replies.pending import edit_lock as in_hand
from wxdesk.store.replies.pending import policy_changes as withholding
from wxdesk.store.replies.pending import timers as tending
from wxdesk.store.replies.pending import undo_send as undoing
from wxdesk.store.schema import conversations, replies
from wxdesk.store.schema.reply_predicates import UNDOABLE, by_hand


class SqlWaiting:
    """Fills `desk.waiting_ports.WaitingReplies`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def release_held(self, by: str, at: datetime, only: Collection[int] | None = None) -> list[Reply]:
        """Let everything leave now that is held back, because `by` says so."""
        return await self._db.write(_release_held, by, at, only)

    async def cancel_held(self, by: str, at: datetime, only: Collection[int] | None = None) -> list[Reply]:
        """Cancel everything that is held back; drafts stay, but for later parts of what is cancelled."""
        return await self._db.write(cancel_all, HELD_BACK & _among(only), at, by)

    async def tend(self, now: datetime, terms: Terms) -> Tended:
        """Do to what waits what is due at `now`; see `store.tending`."""
        return await self._db.write(tending.tend, now, terms)

    async def next_wake(self, now: datetime, *, only_by_hand: bool = False) -> datetime | None:
        """When the next held reply is due or the next postponed one may be tried."""
        counts = counting(only_by_hand=only_by_hand)
        held = select(replies.c.due_at.label("at")).where(HELD, counts)
        postponed = select(replies.c.not_before).where(QUEUED, replies.c.not_before > now, counts)
        closing = (
            select(conversations.c.window_until)
            .join(replies, replies.c.conversation_id == conversations.c.id)
            .where(replies.c.state.in_(WAITS), conversations.c.window_until > now)
        )
        times = union_all(held, postponed, closing).subquery()
        return await self._db.read(_moment, select(func.min(times.c.at)))

    async def ask_after_pause(self, at: datetime, why: str) -> list[Reply]:
        """Hold without a deadline what a pause has kept from leaving."""
        late = BY_RULE & HELD & (replies.c.due_at <= at)
        kept = QUEUED & ~by_hand(replies) & ~behind_a_stop(replies)
        return await self._moved(Move.HOLD, late | kept, at, due_at=None, **_saying(why))

    async def ask_after_restart(self, at: datetime, stale_before: datetime, why: str, late: str) -> list[Reply]:
        """Hold without a deadline what was held when the program was closed; what is stale is a draft.

        Nobody has anything in hand any more; see `store.in_hand`.
        """
        return await self._db.write(_ask_after_restart, at, stale_before, why, late)

    async def withhold(self, conversation_id: int, new: NewMode, by: str, at: datetime) -> list[Reply]:
        """Let what waits in a conversation follow its new mode; see `store.withholding`."""
        return await self._db.write(withholding.in_conversation, conversation_id, new, by, at)

    async def withhold_account(self, account: str, new: NewMode, by: str, at: datetime) -> list[Reply]:
        """Let what waits follow where the account's mode applies; see `store.withholding`."""
        return await self._db.write(withholding.in_account, account, new, by, at)

    async def withhold_unruled(self, at: datetime) -> list[Reply]:
        """Let nothing leave by itself whose rule speaks no more; see `store.withholding`."""
        return await self._db.write(withholding.without_rule, at)

    async def undo(self, reply_id: int, by: str, at: datetime) -> Undone:
        """Cancel what an operator wrote while it counts down; see `store.undoing`."""
        return await self._db.write(undoing.undo, reply_id, by, at)

    async def hurry(self, at: datetime) -> list[Reply]:
        """Let leave at once what operators wrote and could still take back."""
        return await self._moved(Move.RELEASE, UNDOABLE, at)

    async def hold_back(self, ids: Collection[int], at: datetime, why: str) -> list[Reply]:
        """Hold those of these without a deadline that have not left."""
        return await self._moved(Move.HOLD, QUEUED & replies.c.id.in_(ids), at, due_at=None, **_saying(why))

    async def _moved(self, move: Move, which: ColumnElement[bool], at: datetime, **values: object) -> list[Reply]:
        return await self._db.write(move_all, move, which, at, **values)


def _release_held(connection: Connection, by: str, at: datetime, only: Collection[int] | None) -> list[Reply]:
    if only is not None:
        lock_answers(connection, only)
    released = move_all(connection, Move.RELEASE, HELD_BACK & _among(only), at, by=by, **WELL)
    if only is not None:
        released += release_ahead(connection, [reply.id for reply in released], at, by)
    return released + let_go(connection, later_parts(connection, [reply.id for reply in released]), at, by)


def _among(ids: Collection[int] | None) -> ColumnElement[bool]:
    return true() if ids is None else replies.c.id.in_(ids)


def _saying(why: str) -> dict[str, object]:
    """What is told of a reply, in the place of WeChat's last answer."""
    return {"error": why, "errcode": None, "rid": ""}


def _ask_after_restart(
    connection: Connection, at: datetime, stale_before: datetime, why: str, late: str
) -> list[Reply]:
    due_at, made_at = replies.c.due_at, replies.c.created_at
    stale = HELD & BY_RULE & (made_at < stale_before) & (due_at.is_(None) | (due_at < stale_before))
    drafts = move_all(connection, Move.KEEP, stale, at, **_saying(late))
    old = QUEUED & by_hand(replies) & (replies.c.updated_at < stale_before)
    asks = (HELD & due_at.is_not(None)) | old
    asking = move_all(connection, Move.HOLD, asks, at, due_at=None, **_saying(why))
    return drafts + asking + in_hand.leave_all(connection, at, why)


def _moment(connection: Connection, query: Select[Any]) -> datetime | None:
    at: datetime | None = connection.scalar(query)
    return at
