"""Raw pushes: stored byte for byte, once for ever, before WeChat gets its answer.

Those that WeChat signed but this program could not read are kept in quarantine.
"""

from collections.abc import Collection, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, false, func, select, update
from sqlalchemy.dialects import sqlite

from wxdesk.core.model.push import KeptPush, Push
from wxdesk.store.engine.database import Database, Insert, StorePart, insert_into, reading, write_by, writing
from wxdesk.store.messages import deriving
from wxdesk.store.messages.push_batches import GroupCommit
from wxdesk.store.messages.push_mark import FILE, PushMark
from wxdesk.store.schema.columns import cleaned
from wxdesk.store.schema.messaging import UNDERIVED, UNREADABLE, raw_pushes

COLUMNS = ("account", "key", "body", "format", "received_at", "derived", "note")
NEW = (raw_pushes.c.id, raw_pushes.c.account, raw_pushes.c.key)
"""Columns that identify the new rows of a batch."""


def keep(connection: Connection, pushes: Sequence[Push]) -> list[int | None]:
    """Insert pushes; return the id of each in order, None for a key that is known.

    WeChat waits for this one, so SQLite gets a single INSERT with all values, handed to its driver. SQLAlchemy's own
    would fetch each new row's id, and give away and take back the interpreter's lock for each. The SQL is still
    SQLAlchemy's; only its VALUES list is repeated.
    """
    rows = [(push.account, push.key, push.body, push.format, push.received_at, False, push.note) for push in pushes]
    if connection.dialect.name == "sqlite":
        ids = _insert_at_once(connection, rows)
        if len(ids) == len(rows):
            return list(ids)
        found = _rows_within(connection, ids)
    else:
        statement = _unless_known(insert_into(connection, raw_pushes)).returning(*NEW)
        found = connection.execute(statement, [dict(zip(COLUMNS, row, strict=True)) for row in rows]).all()
    new = {(account, key): push_id for push_id, account, key in found}
    # Of two copies in one batch the first gets the id.
    return [new.pop((push.account, cleaned(push.key)), None) for push in pushes]


def _unless_known(insert: Insert) -> Insert:
    return insert.on_conflict_do_nothing(index_elements=[raw_pushes.c.account, raw_pushes.c.key])


def _insert_at_once(connection: Connection, rows: Sequence[tuple[Any, ...]]) -> range:
    """Insert rows at once; return the new ids, in order, as there is only one writer."""
    values = tuple(
        value if bind is None else bind(value) for row in rows for value, bind in zip(row, _BINDS, strict=True)
    )
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  # an open connection has one
    done = driver.execute(_sql(len(rows)), values)
    return range(done.lastrowid - done.rowcount + 1, done.lastrowid + 1) if done.rowcount else range(0)


_DIALECT = sqlite.dialect()
_BINDS = [raw_pushes.c[name].type.bind_processor(_DIALECT) for name in COLUMNS]
_GROUP = f"({', '.join('?' * len(COLUMNS))})"
_COMPILED = str(_unless_known(sqlite.insert(raw_pushes)).compile(dialect=_DIALECT, column_keys=COLUMNS))


@lru_cache(maxsize=64)
def _sql(rows: int) -> str:
    return _COMPILED.replace(_GROUP, ", ".join([_GROUP] * rows), 1)


def _rows_within(connection: Connection, ids: range) -> Sequence[Row[int, str, str]]:
    query = select(*NEW).where(raw_pushes.c.id >= ids.start, raw_pushes.c.id < ids.stop)
    return connection.execute(query).all()


class Pushes(StorePart):
    """Raw pushes: all that must be on disk before a push is acknowledged.

    `marks` is the folder in which the newest one is marked; None on a server, which looks after its files itself.
    """

    def __init__(self, db: Database, marks: Path | None) -> None:
        super().__init__(db)
        self._mark = None if marks is None else PushMark(marks / FILE)
        self._group = GroupCommit(lambda pushes: db.write_at_once(partial(keep, pushes=pushes)), rest=db.rest)
        self.until_answered, self.close = self._group.until_idle, self._group.close
        self._newest = 0

    async def keep(self, push: Push) -> int | None:
        """Commit `push`, together with others that arrive now, and return its id.

        None if its key is known already.

        Raises:
            StoreError: it could not be committed; nothing was kept.
        """
        push_id = await self._group.keep(push)
        if push_id is not None:
            self._newest = max(self._newest, push_id)
        return push_id

    def mark_newest(self) -> None:
        """Note beside the file which push is the newest; not waited for."""
        if self._mark is not None and self._newest:
            self._mark.write(self._newest)

    def expect_fewer(self) -> None:
        """Prepare for pushes to be removed on purpose, so that none counts as lost."""
        self._newest = 0
        if self._mark is not None:
            self._mark.forget()

    async def lost(self) -> int:
        """Count acknowledged pushes of the last run that the file does not hold."""
        return 0 if self._mark is None else max(0, self._mark.read() - await self._db.read(_newest))

    async def underived(self, limit: int = 500) -> list[KeptPush]:
        """Return the oldest stored pushes from which no message has been made yet."""
        query = select(raw_pushes).where(UNDERIVED).order_by(raw_pushes.c.id).limit(limit)
        return await self._db.read(_list, query)

    derive = write_by(deriving.derive)


class QuarantineStore(StorePart):
    """Pushes that WeChat signed but this program could not read, with the reason."""

    @reading
    def size(self, connection: Connection) -> int:
        """Return the number of unreadable pushes."""
        return connection.scalar(select(func.count()).where(UNREADABLE)) or 0

    async def page(self, before_id: int | None = None, limit: int = 200) -> list[KeptPush]:
        """Return unreadable pushes with ids below `before_id` (all if None), newest first."""
        newest = select(raw_pushes).where(UNREADABLE).order_by(raw_pushes.c.id.desc()).limit(limit)
        older = newest if before_id is None else newest.where(raw_pushes.c.id < before_id)
        return await self._db.read(_list, older)

    @writing
    def release(self, connection: Connection, ids: Collection[int]) -> list[int]:
        """Release these pushes for deriving; return the ids of those that were still here."""
        change = update(raw_pushes).where(raw_pushes.c.id.in_(ids), UNREADABLE).values(note="", derived=false())
        return sorted(connection.scalars(change.returning(raw_pushes.c.id)))


def _list(connection: Connection, query: Select[Any]) -> list[KeptPush]:
    return [KeptPush(**row) for row in connection.execute(query).mappings()]


def _newest(connection: Connection) -> int:
    return connection.scalar(select(func.max(raw_pushes.c.id))) or 0
