"""PostgreSQL: a connection pool on the desk's loop, and the lease of who works."""

import asyncio
import logging
import os
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Connection, NullPool, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only

from wxdesk.computer.clock import seconds_elapsed
from wxdesk.core.errors import StoreError
from wxdesk.store.engine.change_hints import ChangeHints
from wxdesk.store.engine.database import CLOSE_SECONDS, Database
from wxdesk.store.engine.lease import STILL_SECONDS, Lease
from wxdesk.store.engine.server import address_of, check_server, unsafe_settings
from wxdesk.store.failures import CLOSED, SILENT, store_error
from wxdesk.threads import end_tasks

log = logging.getLogger(__name__)

POOL_SIZE = 8
CONNECT_SECONDS = 10
ANSWER_SECONDS = 15.0
"""Time limit of a statement; suspended servers and broken networks never answer."""

SERVER_SETTINGS = {
    "application_name": os.environ.get("PGAPPNAME", "wxdesk"),
    # A database or role may have it off for speed; then a server that dies loses pushes that were acknowledged.
    "synchronous_commit": "on",
    # So that the server sees within half a minute that a desk's machine is gone, and lets another one work.
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}

# What a machine that stands still, or is lost, left behind in a transaction must not keep others from its rows.
SHORT = {"idle_in_transaction_session_timeout": f"{STILL_SECONDS}s"}
"""Further settings where transactions are short."""

LEAST_REST_SECONDS, MOST_REST_SECONDS = 0.04, 0.1
"""Bounds of the rest of a part between two rounds, while more work gathers."""

LEASE_ANSWERS_SECONDS = 2.0
"""Time limit of a statement about the lease; there is time for another try."""

LOOK_SECONDS = 4.0
"""Time limit of a check of the server."""

RETRYABLE = frozenset({"40P01", "40001"})
"""Error codes of transactions that kept nothing and may be tried again."""

PAUSES = (0.02, 0.05, 0.1, 0.2)
"""Longest pause in seconds before each new try."""

AWAY = ("08", "57P01", "57P02", "57P03")
"""Beginnings of the error codes of a server that ends, starts or is cut off."""

AWAY_SECONDS = 3.0
"""Time for which pushes wait for a server that restarts; WeChat waits 5."""

SESSION, USED = "wxdesk.session", "wxdesk.used"
"""Names under which the pool remembers a session's number, and when it was used."""

IDLE_SECONDS = 1.0
"""Rest after which a connection is asked if it still stands, which takes time."""

_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY(:pids) AND usename = current_user "
    "AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()"
)

NO_DRIVER = "PostgreSQL needs asyncpg; install it, or start wxdesk once with: uv run --no-dev --extra team wxdesk"


class PostgresqlDatabase(Database):
    """The database of a team, at `url`; connects when first used.

    A connection on which a statement takes longer than `patience` seconds is given up; None waits for ever.

    Raises:
        StoreError: asyncpg is not installed, or the URL leads to another machine without TLS.
    """

    lease: Lease

    def __init__(self, url: URL, patience: float | None = ANSWER_SECONDS) -> None:
        try:
            import asyncpg
        except ImportError:
            raise StoreError(reason=NO_DRIVER) from None
        dsn, by_system = address_of(url)
        connect = partial(
            asyncpg.connect,
            dsn,
            ssl=by_system or None,
            timeout=CONNECT_SECONDS,
            command_timeout=patience,
            server_settings=SERVER_SETTINGS if patience is None else SERVER_SETTINGS | SHORT,
        )
        made = partial(create_async_engine, "postgresql+asyncpg://", hide_parameters=True)
        self._engine = made(
            async_creator=connect,
            pool_size=POOL_SIZE,
            pool_use_lifo=True,  # the newest knows the statements; each prepares them for itself
            max_overflow=0,
            pool_timeout=ANSWER_SECONDS,
            query_cache_size=500,
        )
        self._failures = (
            SQLAlchemyError,
            OSError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
        )
        self._underway: set[asyncio.Task[Any]] = set()
        self._closing = False
        # Outside the pool: who renews the lease must not wait for writers.
        soon = partial(connect, timeout=LEASE_ANSWERS_SECONDS, command_timeout=LEASE_ANSWERS_SECONDS)
        apart = made(async_creator=soon, poolclass=NullPool)
        self._ended: set[int] = set()
        self._connections: WeakSet[Any] = WeakSet()
        self._note_ends(self._engine, apart)
        self.lease = Lease(apart, self._failures)
        self._hints = ChangeHints(apart, self._failures, self._end_connections)

    async def examine(self) -> str:
        """Return the server's settings by which it may lose commits.

        Raises:
            StoreError: it may not be written, cannot be reached, or a pooler gives each transaction another session.
        """
        try:
            async with self._engine.connect() as one, self._engine.connect() as other:
                return await check_server(one, other)
        except (*self._failures, ValueError, OverflowError) as error:  # the last two are about the URL
            raise store_error(error) from None

    async def check(self) -> str:
        """See `Database`."""
        try:
            async with asyncio.timeout(LOOK_SECONDS), self._engine.connect() as connection:
                await self._end_lost_sessions(connection)
                return await unsafe_settings(connection)
        except TimeoutError:
            raise StoreError(reason=SILENT) from None
        except self._failures as error:
            raise store_error(error) from None

    def _note_ends(self, *engines: AsyncEngine) -> None:
        """Note the sessions whose connections end, broken or not."""
        for engine in engines:
            event.listen(engine.sync_engine, "connect", _note_session)
            event.listen(engine.sync_engine, "checkin", _note_use)
            event.listen(engine.sync_engine, "checkout", _ask_if_idle)
            event.listen(engine.sync_engine, "connect", lambda one, _: self._connections.add(one.driver_connection))
            event.listen(engine.sync_engine, "close", lambda _, record: self._ended.add(record.info.get(SESSION, 0)))

    async def _end_lost_sessions(self, connection: AsyncConnection) -> None:
        """End what the server holds of connections that have broken.

        It may wait half a minute for their next word, with the rows locked that they were changing.
        """
        if self._ended:
            ended = set(self._ended)
            await connection.execute(_END, {"pids": list(ended)})
            self._ended -= ended

    def _end_connections(self) -> None:
        """End all connections, so that nobody waits for answers that will not come."""
        for connection in self._connections:
            connection.terminate()

    def rest(self, took: float) -> float:
        """See `Database`."""
        return min(max(took, LEAST_REST_SECONDS), MOST_REST_SECONDS)

    async def listen(self, heard: Callable[[str], None]) -> None:
        """See `Database`."""
        await self._hints.listen(heard)

    async def close(self) -> bool:
        """See `Database`."""
        self._closing = True
        clock = asyncio.get_running_loop().time
        ends = clock() + CLOSE_SECONDS
        while self._underway and (left := ends - clock()) > 0:  # a call that ends may leave its connection to be closed
            await asyncio.wait(self._underway, timeout=left)
        late = tuple(self._underway)
        await end_tasks(late)
        await self.lease.release()
        await self._engine.dispose()
        if late:
            log.error("the database did not finish in %s s", CLOSE_SECONDS)
        return not late

    def _writing[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        return self._finished(self._until_through(partial(self._write, body, guarded=True)))

    def _writing_beside[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        return self._finished(self._until_through(partial(self._write, body, guarded=False)))

    def write_at_once[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """See `Database`; every server keeps what arrives, also during a restart."""
        return self._finished(self._until_through(partial(self._write, body, guarded=False), patience=AWAY_SECONDS))

    def _reading[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        return self._finished(self._until_through(partial(self._read, body)))

    def _finished[R](self, call: Coroutine[Any, Any, R]) -> asyncio.Future[R]:
        """Run `call` as a task of its own, which goes on when its caller is cancelled."""
        # A pool that was closed would open again by itself, and nobody would close it a second time.
        if self._closing:
            call.close()
            raise StoreError(reason=CLOSED)
        return asyncio.shield(self._begin(call))

    def _begin[R](self, call: Coroutine[Any, Any, R]) -> asyncio.Task[R]:
        task = asyncio.get_running_loop().create_task(call)
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # perhaps nobody awaits it any more
        return task

    async def _write[R](self, body: Callable[[Connection], R], *, guarded: bool) -> R:
        async with self._engine.begin() as connection:
            with _lost_before_commit():
                if guarded:
                    await self.lease.guard(connection)
                return await connection.run_sync(body)

    async def _read[R](self, body: Callable[[Connection], R]) -> R:
        connection = await self._engine.connect()
        try:
            with _lost_before_commit():
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                return await connection.run_sync(body)
        finally:
            self._begin(connection.close())  # nobody waits for the server to hear of the end

    async def _until_through[R](self, transact: Callable[[], Awaitable[R]], patience: float = 0.0) -> R:
        """Run a transaction; repeat it after a failure that certainly left nothing.

        For `patience` seconds also while the server is away: only for what may be repeated if it was committed.
        """
        pauses = list(PAUSES)
        until = asyncio.get_running_loop().time() + patience
        failure: BaseException
        while True:
            try:
                return await transact()
            except _LostError as lost:
                failure, is_undone, is_away = lost.cause, True, True
            except self._failures as error:
                code = getattr(getattr(error, "orig", error), "sqlstate", None) or ""
                failure, is_undone = error, code in RETRYABLE
                is_away = isinstance(error, OSError) or code.startswith(AWAY)
            if is_undone and pauses:
                pause = random.uniform(0, pauses.pop(0))  # noqa: S311  # so that two do not meet again
            elif is_away and asyncio.get_running_loop().time() < until:
                pause = PAUSES[-1]
            else:
                raise store_error(failure) from None
            await asyncio.sleep(pause)


class _LostError(Exception):
    """A connection was lost before anything was committed on it."""

    def __init__(self, cause: DBAPIError) -> None:
        super().__init__()
        self.cause = cause


@contextmanager
def _lost_before_commit() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _LostError(error) from None
        raise


def _note_session(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    record.info[SESSION] = connection.driver_connection.get_server_pid()


def _note_use(_: object, record: ConnectionPoolEntry) -> None:
    record.info[USED] = seconds_elapsed()


def _ask_if_idle(connection: Any, record: ConnectionPoolEntry, _: object) -> None:  # noqa: ANN401
    """Have another connection made in place of one that was lost while nobody used it."""
    try:
        now = seconds_elapsed()
        if now - record.info.get(USED, now) > IDLE_SECONDS or connection.driver_connection.is_closed():
            await_only(connection.driver_connection.execute("SELECT 1"))  # SQLAlchemy's `ping` takes four round trips
    except Exception as error:
        raise DisconnectionError from error
