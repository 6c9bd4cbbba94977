"""Replies that wait, many at once: released, stopped, or left to their human. See `desk.waiting_ports`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Update, func, or_, select, true, union_all, update

from wxdesk.core.lifecycle import Move, next_state, states_before
from wxdesk.core.model import Author, Reply, ReplyState
from wxdesk.store.database import Database
from wxdesk.store.new_replies import load_replies
from wxdesk.store.schema import replies

HELD = replies.c.state == ReplyState.HELD
QUEUED = replies.c.state == ReplyState.QUEUED
AUTOMATIC = replies.c.author == Author.RULE


def by_hand(table: FromClause) -> ColumnElement[bool]:
    """Whether a human wrote a reply, released it or sends it again: what `core.lifecycle.is_automatic` denies."""
    return or_(table.c.author != Author.RULE, table.c.by != "")


class SqlWaiting:
    """Fills `desk.waiting_ports.Waiting`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def release_held(self, by: str, at: datetime) -> list[Reply]:
        """Let every held automatic reply leave now, because `by` says so."""
        return await self._moved(Move.RELEASE, HELD & AUTOMATIC, at, by=by, **_saying(""))

    async def cancel_held(self, by: str, at: datetime) -> list[Reply]:
        """Cancel every held automatic reply; drafts stay."""
        return await self._moved(Move.CANCEL, HELD & AUTOMATIC, at, by=by)

    async def release_due(self, now: datetime, *, only_by_hand: bool = False) -> list[Reply]:
        """Let held replies leave whose time has come."""
        return await self._moved(Move.RELEASE, HELD & (replies.c.due_at <= now) & _counts(only_by_hand), now)

    async def next_wake(self, now: datetime, *, only_by_hand: bool = False) -> datetime | None:
        """When the next held reply is due or the next postponed one may be tried."""
        held = select(replies.c.due_at.label("at")).where(HELD, _counts(only_by_hand))
        postponed = select(replies.c.not_before).where(QUEUED, replies.c.not_before > now, _counts(only_by_hand))
        times = union_all(held, postponed).subquery()
        return await self._db.read(_moment, select(func.min(times.c.at)))

    async def ask_after_pause(self, at: datetime, why: str) -> list[Reply]:
        """Hold without a deadline what a pause has kept from leaving."""
        late = AUTOMATIC & HELD & (replies.c.due_at <= at)
        return await self._moved(Move.HOLD, late | (QUEUED & ~by_hand(replies)), at, due_at=None, **_saying(why))

    async def _moved(self, move: Move, which: ColumnElement[bool], at: datetime, **values: object) -> list[Reply]:
        return await self._db.write(move_all, move, which, at, values)


def _saying(why: str) -> dict[str, object]:
    """What is told of a reply, in the place of WeChat's last answer."""
    return {"error": why, "errcode": None, "rid": ""}


def _counts(only_by_hand: bool) -> ColumnElement[bool]:
    return by_hand(replies) if only_by_hand else true()


def _moment(connection: Connection, query: Select[Any]) -> datetime | None:
    at: datetime | None = connection.scalar(query)
    return at


def move_all(
    connection: Connection, move: Move, which: ColumnElement[bool], at: datetime, values: dict[str, Any]
) -> list[Reply]:
    """Make `move` with all replies that are `which` and from whose state the table allows it."""
    before = states_before(move)
    [after] = {next_state(state, move) for state in before}  # the moves made here lead to one state each
    change = update(replies).where(replies.c.state.in_(before), which)
    return changed(connection, change.values(state=after, updated_at=at, **values))


def changed(connection: Connection, change: Update) -> list[Reply]:
    """The replies that `change` was about, as they are then."""
    ids = list(connection.scalars(change.returning(replies.c.id)))
    return load_replies(connection, ids)
