"""SQLAlchemy engines on SQLite files that share their compiled statements.

A statement of the desk is the same text on each connection, and compiling it costs ten times what running
it does. An engine of `create_engine` compiles for itself alone: the readers again what the writer has, and
after each opening all of it again.
"""

from __future__ import annotations

import functools
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.util import LRUCache

STATEMENTS = 1000
"""Most compiled statements kept; the program has about 300, search makes more."""


class _SharedDialect(NamedTuple):
    """The dialect and the compiled statements that this process shares."""

    dialect: Dialect
    compiled: LRUCache[Any, Any]


@functools.cache
def _shared_dialect() -> _SharedDialect:
    """Return the one dialect of this process, made once for all files."""
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
    return _SharedDialect(engine.dialect, LRUCache(STATEMENTS))


def create_sqlite_engine(
    file: Path, mode: str, connections: int, prepare: Callable[[DBAPIConnection, object], None], begin: str
) -> Engine:
    """Create an engine with so many `connections` in SQLite's `mode`.

    `begin` is the statement that begins a transaction: the driver's own comes late and only before a write.
    """
    language, url = _shared_dialect(), make_url("sqlite://").set(database=str(file))

    def connect() -> DBAPIConnection:
        # Readers take turns on a connection, and they are closed by the thread that closes all.
        opened: Any = sqlite3.connect(f"{file.as_uri()}?mode={mode}", uri=True, check_same_thread=False)
        return opened  # type: ignore[no-any-return]

    pool = QueuePool(connect, pool_size=connections, max_overflow=0, dialect=language.dialect)
    event.listen(pool, "connect", prepare)
    options = {"compiled_cache": language.compiled}
    engine = Engine(pool, language.dialect, url, hide_parameters=True, execution_options=options)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine
