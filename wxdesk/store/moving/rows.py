"""Rows of every table as they are stored: read by their keys, digested, copied.

Nothing is decoded: what an older program wrote arrives as it was. Text is ordered by its bytes on both engines.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    TableClause,
    Text,
    TypeDecorator,
    column,
    delete,
    func,
    insert,
    select,
    table,
    text,
    tuple_,
)

from wxdesk.store.schema import metadata
from wxdesk.store.schema.messaging import picture_chunks

PAGE = 1000
"""Rows that are read and written at once, in one transaction."""

TABLES = tuple(one for one in metadata.sorted_tables if one.info.get("moves", True))
"""Tables that are copied, each after those that it refers to."""

COUNTED = tuple(one for one in TABLES if "id" in one.primary_key.columns)
"""Those whose ids the database gives."""

type Key = tuple[Any, ...]


def _stored(one: Table) -> TableClause:
    types = ((found.name, found.type) for found in one.columns)
    plain = (column(name, kind.impl_instance if isinstance(kind, TypeDecorator) else kind) for name, kind in types)
    return table(one.name, *plain)


_STORED = {one.name: _stored(one) for one in TABLES}


def count(connection: Connection, one: Table) -> int:
    """Count the rows of a table."""
    return connection.scalar(select(func.count()).select_from(_STORED[one.name])) or 0


def count_all(connection: Connection) -> int:
    """Count the rows of all tables."""
    return sum(count(connection, one) for one in TABLES)


def digest(
    connection: Connection, one: Table, first: int | None = None, report: Callable[[int], None] = lambda _: None
) -> tuple[int, str]:
    """Return number and digest of all rows, or of the `first` ones.

    `report` is called with the number of rows read, once a page; what it raises ends this.
    """
    rows, found = 0, hashlib.sha256()
    query = _ordered(connection, one).limit(first)
    for row in connection.execute(query, execution_options={"yield_per": PAGE}):
        rows += 1
        if rows % PAGE == 0:
            report(rows)
        found.update(repr(tuple(row)).encode())
    return rows, found.hexdigest()


def page(connection: Connection, one: Table, after: Key | None) -> list[Row[Any]]:
    """Return the next rows in the order of their keys; none at the end."""
    query = _ordered(connection, one).limit(PAGE)
    if after is not None:
        query = query.where(tuple_(*_keys(connection, one)) > after)
    return list(connection.execute(query))


def last_key(connection: Connection, one: Table) -> Key | None:
    """Return the key of the last row; None if there is none."""
    keys = _keys(connection, one)
    row = connection.execute(select(*keys).order_by(*(key.desc() for key in keys)).limit(1)).one_or_none()
    return None if row is None else tuple(row)


def key_of(one: Table, row: Row[Any]) -> Key:
    """Return the key of a row of `page`."""
    return tuple(getattr(row, key.name) for key in one.primary_key)


def add(connection: Connection, one: Table, rows: Sequence[Row[Any]]) -> None:
    """Insert rows of `page`."""
    connection.execute(insert(_STORED[one.name]), [row._asdict() for row in rows])


def is_empty(connection: Connection) -> bool:
    """Tell if no table has a row."""
    return not any(connection.scalar(select(1).select_from(_STORED[one.name]).limit(1)) for one in TABLES)


def clear(connection: Connection) -> None:
    """Remove the rows of all tables."""
    for one in (*reversed(TABLES), picture_chunks):
        connection.execute(delete(one))


def last_id(connection: Connection, one: Table) -> int:
    """Return the last id that was given, even if its row is gone; 0 if none was."""
    if connection.dialect.name == "sqlite":
        highest = connection.scalar(select(func.max(_STORED[one.name].c.id))) or 0
        if not _remembers(one):
            return highest
        given = connection.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": one.name})
        return max(highest, given or 0)
    sequence = connection.scalar(select(func.pg_get_serial_sequence(one.name, "id")))
    last, is_called = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608
    return last if is_called else 0


def go_on_from(connection: Connection, one: Table, last: int) -> None:
    """Let the next id follow `last`."""
    if not last:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.setval(func.pg_get_serial_sequence(one.name, "id"), last)))
    elif _remembers(one):
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": one.name})
        given = {"name": one.name, "last": last}
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), given)


def _remembers(one: Table) -> bool:
    return bool(one.dialect_options["sqlite"]["autoincrement"])


def _ordered(connection: Connection, one: Table) -> Select[Any]:
    return select(_STORED[one.name]).order_by(*_keys(connection, one))


def _keys(connection: Connection, one: Table) -> list[ColumnElement[Any]]:
    keys: list[ColumnElement[Any]] = [_STORED[one.name].c[key.name] for key in one.primary_key]
    if connection.dialect.name == "sqlite":
        return keys
    return [key.collate("C") if isinstance(key.type, Text) else key for key in keys]
