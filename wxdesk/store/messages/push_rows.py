"""Inserts raw pushes: one statement for all that arrived together.

WeChat waits for this one, so SQLite gets a single INSERT with all values, handed to its driver.
SQLAlchemy's own would fetch each new row's id, and give away and take back the interpreter's lock for each.
The SQL is still SQLAlchemy's; only its VALUES list is repeated.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import sqlite

from wxdesk.core.model.push import Push
from wxdesk.store.engine.database import Insert, insert_into
from wxdesk.store.schema.columns import cleaned
from wxdesk.store.schema.messaging import raw_pushes

COLUMNS = ("account", "key", "body", "format", "received_at", "derived", "note")
NEW = (raw_pushes.c.id, raw_pushes.c.account, raw_pushes.c.key)
"""Columns that identify the new rows of a batch."""


def keep(connection: Connection, pushes: Sequence[Push]) -> list[int | None]:
    """Insert pushes; return the id of each in order, None for a key that is known."""
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
