"""PostgreSQL: a connection pool on the desk's own loop, under the server's lock."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, NullPool
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from wxdesk.core.errors import StoreError
from wxdesk.store.engine.database import CLOSE_SECONDS, Database
from wxdesk.store.engine.database_lock import DatabaseLock
from wxdesk.store.engine.failures import CLOSED, SILENT, store_error
from wxdesk.store.engine.server_check import check_server

log = logging.getLogger(__name__)

POOL_SIZE = 8
CONNECT_SECONDS = 10
ANSWER_SECONDS = 15.0
"""Time limit of a statement; suspended servers and broken networks never answer."""

SERVER_SETTINGS = {
    "application_name": "wxdesk",
    # A database or role may have it off for speed; then a server that dies loses pushes that were acknowledged.
    "synchronous_commit": "on",
    # So that the server sees within half a minute that a desk's machine is gone, and lets another one work.
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    # What a lost desk left behind in a transaction must not keep others, or itself, from its rows.
    "idle_in_transaction_session_timeout": "10s",
}

OF_LIBPQ = ("channel_binding", "connect_timeout", "gssencmode", "keepalives", "keepalives_idle", "keepalives_interval")
"""Parameters of providers' URLs that mean nothing to asyncpg."""

LOOK_SECONDS = 4.0
"""Time limit of a check of the server."""

RETRYABLE = frozenset({"40P01", "40001"})
"""Error codes of transactions that kept nothing and may be tried again."""

PAUSES = (0.02, 0.05, 0.1, 0.2)
"""Longest pause in seconds before each new try."""

NO_DRIVER = "PostgreSQL needs the package asyncpg; install wxdesk[team]"


class PostgresqlDatabase(Database):
    """The database of a team, at `url`; connects when first used.

    A connection on which a statement takes longer than `patience` seconds is given up; None waits for ever.

    Raises:
        StoreError: asyncpg is not installed.
    """

    def __init__(self, url: URL, patience: float | None = ANSWER_SECONDS) -> None:
        try:
            import asyncpg  # type: ignore[import-untyped]
        except ImportError:
            raise StoreError(reason=NO_DRIVER) from None
        # The driver reads the URL itself, so that it may say sslmode=require and all else that PostgreSQL's own may.
        dsn = url.set(drivername="postgresql").difference_update_query(OF_LIBPQ).render_as_string(hide_password=False)
        connect = partial(
            asyncpg.connect,
            dsn,
            timeout=CONNECT_SECONDS,
            command_timeout=patience,
            server_settings=SERVER_SETTINGS,
        )
        made = partial(create_async_engine, "postgresql+asyncpg://", async_creator=connect, hide_parameters=True)
        self._engine = made(
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_pre_ping=True,
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
        # Outside the pool: who takes the lock again must not wait for writers that wait for the lock.
        self._lock = DatabaseLock(made(poolclass=NullPool))
        self._locked = False

    async def lock(self) -> None:
        """Lock the database for this desk.

        Raises:
            DatabaseInUse: another desk has it.
            StoreError: the server cannot be used as it is; see `examine`.
        """
        await self.examine()
        try:
            await self._lock.take()
        except self._failures as error:
            raise store_error(error) from None
        self._locked = True

    async def examine(self) -> str:
        """Return the server's settings by which it may lose commits.

        Raises:
            StoreError: it may not be written, cannot be reached, or a pooler gives each transaction another session.
        """
        try:
            async with self._engine.connect() as one, self._engine.connect() as other:
                return await check_server(one, other)
        except (*self._failures, ValueError) as error:  # the last one is about the URL
            raise store_error(error) from None

    async def check(self) -> str:
        """See `Database`."""
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await self._lock.look()
        except TimeoutError:
            raise StoreError(reason=SILENT) from None
        except self._failures as error:
            raise store_error(error) from None

    async def close(self) -> bool:
        """See `Database`."""
        self._closing = True
        late: set[asyncio.Task[Any]] = set()
        if self._underway:
            _, late = await asyncio.wait(self._underway, timeout=CLOSE_SECONDS)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        await self._lock.release()
        await self._engine.dispose()
        if late:
            log.error("the database did not finish in %s s", CLOSE_SECONDS)
        return not late

    def _writing[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        return self._finished(self._write(body))

    def _reading[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        return self._finished(self._read(body))

    def _finished[R](self, call: Coroutine[Any, Any, R]) -> asyncio.Future[R]:
        """Run `call` as a task of its own, which goes on when its caller is cancelled."""
        # A pool that was closed would open again by itself, and nobody would close it a second time.
        if self._closing:
            call.close()
            raise StoreError(reason=CLOSED)
        task = asyncio.get_running_loop().create_task(call)
        self._underway.add(task)
        task.add_done_callback(self._underway.discard)
        return asyncio.shield(task)

    async def _write[R](self, body: Callable[[Connection], R]) -> R:
        for pause in PAUSES:
            try:
                return await self._try(body)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in RETRYABLE:
                    raise store_error(error) from None
            except self._failures as error:
                raise store_error(error) from None
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  # so that the two do not meet again
        try:
            return await self._try(body)
        except self._failures as error:
            raise store_error(error) from None

    async def _try[R](self, body: Callable[[Connection], R]) -> R:
        async with self._engine.begin() as connection:
            if self._locked:
                await self._lock.hold()
            return await connection.run_sync(body)

    async def _read[R](self, body: Callable[[Connection], R]) -> R:
        try:
            async with self._engine.connect() as connection:
                await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                return await connection.run_sync(body)
        except self._failures as error:
            raise store_error(error) from None
