"""Lock that gives a shared PostgreSQL database to one desk at a time.

The server holds it for a connection. Each desk at its start settles what the last run left, sends what is
queued, and alone knows its pause. Two would mark each other's replies unknown and ignore their pauses.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from wxdesk.core.errors import DatabaseInUse, StoreError
from wxdesk.store.engine.failures import POOLED
from wxdesk.store.engine.server_check import unsafe_settings

log = logging.getLogger(__name__)

KEY = 0x77786465736B
"""The lock's number among those of all programs: "wxdesk" in ASCII."""

PATIENCE_SECONDS = 3.0
"""Time for the server to notice that the previous desk has gone."""

LOOK_SECONDS = 10.0
"""Longest time between checks; a server drops lost connections after 30 s."""

_HELD = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND datname = current_database() "
    "AND classid::bigint = :high AND objid::bigint = :low"
).bindparams(high=KEY >> 32, low=KEY & 0xFFFFFFFF)
_HELD_BY_US = text(f"{_HELD.text} AND pid = pg_backend_pid()").bindparams(high=KEY >> 32, low=KEY & 0xFFFFFFFF)
_TAKE = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=KEY)
_WHO = text("SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
_END = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid AND backend_start = :start")


def is_locked(connection: Connection) -> bool:
    """Tell if a desk holds the database, without taking it."""
    return bool(connection.scalar(_HELD))


class DatabaseLock:
    """Lock held from `take` until `release`, on an unshared connection of `engine`.

    The lock is lost with that connection; `hold` takes it again, unless another desk has it.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._connection: AsyncConnection | None = None
        self._session: dict[str, object] = {}
        self._looked_at = 0.0
        self._looking = asyncio.Lock()

    async def take(self) -> str:
        """Lock the database of the engine; return the server's unsafe settings.

        The server may not know yet that the connection which held the lock before is lost: that session is ended.

        Raises:
            DatabaseInUse: another desk has it, and still had it after a moment.
            StoreError: the server may not be written.
        """
        connection = await self._engine.connect()
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        try:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            while not await connection.scalar(_TAKE):
                if loop.time() >= until:
                    raise DatabaseInUse
                if self._session:
                    await connection.execute(_END, self._session)
                await asyncio.sleep(0.1)
            pid, start = (await connection.execute(_WHO)).one()
            found = await unsafe_settings(connection)
        except BaseException:
            await connection.invalidate()
            await connection.close()
            raise
        self._connection, self._session = connection, {"pid": pid, "start": start}
        self._looked_at = time.time()
        return found

    async def hold(self) -> None:
        """Make sure that the lock is held, cheaply; raises `DatabaseInUse`."""
        if await self._is_fresh():
            return
        async with self._looking:
            if not await self._is_fresh():
                await self._look()

    async def look(self) -> str:
        """Make sure that the lock is held; return the server's unsafe settings.

        Raises:
            DatabaseInUse: another desk has it.
            StoreError: the server may not be written, or another session of it answers than the one with the lock.
        """
        async with self._looking:
            return await self._look()

    async def release(self) -> None:
        """Release the lock by ending the connection."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with contextlib.suppress(Exception):  # it may be gone already, and the lock with it
            await connection.invalidate()
        with contextlib.suppress(Exception):
            await connection.close()

    async def _look(self) -> str:
        if (found := await self._ask()) is None:
            log.warning("The lock on the database is lost; taking it again")
            await self.release()
            found = await self.take()
        return found

    async def _ask(self) -> str | None:
        """Ask the server on the lock's own connection; None if it does not answer."""
        if self._connection is None or self._connection.invalidated:
            return None
        try:
            found = await self._asked(self._connection)
        except (SQLAlchemyError, OSError):
            return None
        self._looked_at = time.time()
        return found

    async def _asked(self, connection: AsyncConnection) -> str:
        if not await connection.scalar(_HELD_BY_US):
            raise StoreError(reason=POOLED)
        return await unsafe_settings(connection)

    async def _is_fresh(self) -> bool:
        """Tell if the connection was there a moment ago, by the wall clock despite sleep."""
        connection = self._connection
        if connection is None or connection.invalidated or not 0 <= time.time() - self._looked_at < LOOK_SECONDS:
            return False
        raw = (await connection.get_raw_connection()).driver_connection
        return raw is not None and not raw.is_closed()
