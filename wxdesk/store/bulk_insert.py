"""One INSERT of many rows as one statement, handed to SQLite's driver without the way round.

Every call to aiosqlite is a change of threads, and a transaction through SQLAlchemy makes about ten. On the
path on which WeChat waits, one is enough: a lone statement outside a transaction is its own transaction.
The SQL is still the one that SQLAlchemy compiled; only its VALUES list is repeated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Insert, Table


class BulkInsert:
    """`statement` (an INSERT, with ON CONFLICT if wanted) of rows with exactly `columns`.

    Without RETURNING: each row returned would hand the interpreter's lock back and forth once.
    """

    def __init__(self, statement: Insert, table: Table, columns: Sequence[str], dialect: Dialect) -> None:
        self.statement = statement
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        self._names: list[str] = list(getattr(compiled, "positiontup", None) or ())
        self._processors = [(name, table.c[name].type.bind_processor(dialect)) for name in self._names]
        group = f"({', '.join('?' * len(self._names))})"
        head, found, tail = str(compiled).partition(f"VALUES {group}")
        if not found:
            raise ValueError("not an INSERT of plain values")

        @lru_cache(maxsize=64)
        def sql(rows: int) -> str:
            return f"{head}VALUES {', '.join([group] * rows)}{tail}"

        self.sql = sql

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The rows' values in one flat list, as the driver takes them."""
        return [
            row[name] if process is None else process(row[name]) for row in rows for name, process in self._processors
        ]
