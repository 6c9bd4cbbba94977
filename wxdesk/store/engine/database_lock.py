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

from wxdesk.core.errors import DatabaseInUse

log = logging.getLogger(__name__)

KEY = 0x77786465736B
"""The lock's number among those of all programs: "wxdesk" in ASCII."""

PATIENCE_SECONDS = 3.0
"""Time for the server to notice that the previous desk has gone."""

LOOK_SECONDS = 10.0
"""Longest time between checks; a server drops lost connections after 30 s."""

_THERE = text("SELECT 1")
_TAKE = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=KEY)
_HELD = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND datname = current_database() "
    "AND classid::bigint = :high AND objid::bigint = :low"
).bindparams(high=KEY >> 32, low=KEY & 0xFFFFFFFF)


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
        self._looked_at = 0.0
        self._looking = asyncio.Lock()

    async def take(self) -> None:
        """Lock the database of the engine.

        Raises:
            DatabaseInUse: another desk has it, and still had it after a moment.
        """
        connection = await self._engine.connect()
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        try:
            while not await connection.scalar(_TAKE):
                if loop.time() >= until:
                    raise DatabaseInUse
                await asyncio.sleep(0.1)
        except BaseException:
            await connection.close()
            raise
        self._connection, self._looked_at = connection, time.time()

    async def hold(self) -> None:
        """Make sure that the lock is held, cheaply; raises `DatabaseInUse`."""
        if await self._is_fresh():
            return
        async with self._looking:
            if await self._is_fresh():
                return
            if not await self._answers():
                log.warning("The lock on the database is lost; taking it again")
                await self.release()
                await self.take()

    async def release(self) -> None:
        """Release the lock by ending the connection."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with contextlib.suppress(Exception):  # it may be gone already, and the lock with it
            await connection.invalidate()
        with contextlib.suppress(Exception):
            await connection.close()

    async def _is_fresh(self) -> bool:
        """Tell if the connection was there a moment ago, by the wall clock despite sleep."""
        if self._connection is None or not 0 <= time.time() - self._looked_at < LOOK_SECONDS:
            return False
        raw = (await self._connection.get_raw_connection()).driver_connection
        return raw is not None and not raw.is_closed()

    async def _answers(self) -> bool:
        if self._connection is None:
            return False
        try:
            await self._connection.execute(_THERE)
        except (SQLAlchemyError, OSError):
            return False
        self._looked_at = time.time()
        return True
