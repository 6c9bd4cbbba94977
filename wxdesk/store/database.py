"""The connections: who may write, who may read, and what each engine must be told first.

SQLite has exactly one writing connection, behind one lock, because before 3.51.3 it can lose committed rows
when two connections write and checkpoint at once; readers are opened read-only, so they never checkpoint.
PostgreSQL has a pool, and its own locks.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from wxdesk.core.errors import StoreError
from wxdesk.store.bulk_insert import BulkInsert
from wxdesk.store.failures import CLOSED, store_error

BUSY_MS = 4000
"""How long SQLite waits for a foreign lock: WeChat gives up on a push after 5 s."""

READERS = 3
POOL_SIZE = 8
CONNECT_SECONDS = 10

type Insert = sqlite.Insert | postgresql.Insert


class Database:
    """One database, opened.

    Every error of a driver leaves these methods as `StoreError`, without its text.
    """

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, failures: tuple[type[Exception], ...]) -> None:
        self._writer = writer
        self._reader = reader
        self._failures = failures
        self.is_sqlite = writer.dialect.name == "sqlite"
        self._turn = asyncio.Lock()
        self._kept_open: AsyncConnection | None = None
        self._underway: set[asyncio.Task[Any]] = set()
        self._closing = False
        self._closed = False
        self._insert: Callable[[Table], Insert] = sqlite.insert if self.is_sqlite else postgresql.insert

    def insert(self, table: Table) -> Insert:
        """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, for this engine."""
        return self._insert(table)

    def bulk_insert(self, statement: Insert, table: Table, columns: Sequence[str]) -> BulkInsert | None:
        """`statement` prepared for `insert_rows`; None where the driver needs no short cut."""
        return BulkInsert(statement, table, columns, self._writer.dialect) if self.is_sqlite else None

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction that writes: committed at the end of the block, rolled back when it raises."""
        try:
            self._refuse_if_closed()
            if not self.is_sqlite:
                async with self._writer.begin() as connection:
                    yield connection
                return
            async with self._turn:
                connection = await self._only_writer()
                async with connection.begin():
                    yield connection
        except self._failures as error:
            raise store_error(error) from None

    async def insert_rows(self, insert: BulkInsert, rows: Sequence[Mapping[str, Any]]) -> range:
        """SQLite: commit `rows` with one statement that is its own transaction; the ids of those that were new.

        Nobody else writes, so that new rows have ids that follow one another, in the order given.
        """
        try:
            async with self._turn:
                raw = await (await self._only_writer()).get_raw_connection()
                driver = raw.driver_connection
                assert driver is not None  # noqa: S101  # an open connection has one
                done = await driver.execute(insert.sql(len(rows)), insert.values(rows))
                return range(done.lastrowid - done.rowcount + 1, done.lastrowid + 1) if done.rowcount else range(0)
        except self._failures as error:
            raise store_error(error) from None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view for reading; on SQLite a write through it fails."""
        try:
            self._refuse_if_closed()
            async with self._reader.connect() as connection:
                yield connection
        except self._failures as error:
            raise store_error(error) from None

    def underway[R](self, call: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        """Run `call` as a task that `close` waits for; once closing has begun, refuse it with StoreError."""
        if self._closing:
            call.close()
            raise StoreError(reason=CLOSED)
        task = asyncio.get_running_loop().create_task(call)
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)
        return task

    async def close(self) -> None:
        """Finish what is under way, then close every connection.

        The writer comes last, so that SQLite folds its log into the file.
        """
        self._closing = True
        await asyncio.gather(*self._underway, return_exceptions=True)
        self._closed = True
        await self._reader.dispose()
        async with self._turn:
            if self._kept_open is not None:
                await self._kept_open.close()
                self._kept_open = None
        await self._writer.dispose()

    def _refuse_if_closed(self) -> None:
        # A pool that was closed would open again by itself, and nobody would close it a second time.
        if self._closed:
            raise StoreError(reason=CLOSED)

    async def _only_writer(self) -> AsyncConnection:
        self._refuse_if_closed()
        if self._kept_open is None:
            self._kept_open = await self._writer.connect()
        return self._kept_open


def parsed(url: str) -> URL:
    """A URL from the configuration, with the driver of this program.

    Raises:
        StoreError: it names neither a SQLite file nor a PostgreSQL database. The URL itself is never repeated.
    """
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(reason=UNKNOWN_URL) from None
    backend = found.drivername.partition("+")[0]
    if backend == "sqlite" and found.database and found.database != ":memory:":
        return URL.create("sqlite+aiosqlite", database=found.database)
    if backend in ("postgresql", "postgres"):
        return found.set(drivername="postgresql+asyncpg")
    raise StoreError(reason=UNKNOWN_URL)


UNKNOWN_URL = "the store's url must begin with sqlite:/// and name a file, or begin with postgresql://"
NO_DRIVER = "PostgreSQL needs the package asyncpg; install wxdesk[team]"


def open_sqlite(file: Path) -> Database:
    """The database in `file`, which is created when first written. Nothing is opened yet."""
    writer = create_async_engine(
        _sqlite_url(file, "rwc"), pool_size=1, max_overflow=0, hide_parameters=True, query_cache_size=500
    )
    reader = create_async_engine(
        _sqlite_url(file, "ro"), pool_size=READERS, max_overflow=0, hide_parameters=True, query_cache_size=500
    )
    event.listen(writer.sync_engine, "connect", _prepare_writer)
    event.listen(reader.sync_engine, "connect", _prepare_reader)
    # The driver's own BEGIN comes late and only before a write; ours takes the write lock at once.
    event.listen(writer.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    event.listen(reader.sync_engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return Database(writer, reader, (SQLAlchemyError, sqlite3.Error, OSError))


def open_postgresql(url: URL) -> Database:
    """The database of a team.

    Raises:
        StoreError: asyncpg is not installed.
    """
    try:
        import asyncpg  # type: ignore[import-untyped]
    except ImportError:
        raise StoreError(reason=NO_DRIVER) from None
    engine = create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        query_cache_size=500,
        connect_args={"timeout": CONNECT_SECONDS, "server_settings": {"application_name": "wxdesk"}},
    )
    failures = (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
    return Database(engine, engine, failures)


def _sqlite_url(file: Path, mode: str) -> URL:
    query = {"mode": mode, "uri": "true"}
    return URL.create("sqlite+aiosqlite", database=file.as_uri(), query=query)


def _prepare_writer(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # begin nothing by itself
    pragmas = ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"]
    if sys.platform == "darwin":
        pragmas += ["fullfsync = ON", "checkpoint_fullfsync = ON"]
    _tell(connection, pragmas)


def _prepare_reader(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # begin nothing by itself
    _tell(connection, ["query_only = ON"])


def _tell(connection: DBAPIConnection, pragmas: list[str]) -> None:
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {BUSY_MS}", "trusted_schema = OFF", "cell_size_check = ON", *pragmas):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
