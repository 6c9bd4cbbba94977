"""One shared database has one desk: a lock that the server holds for a connection, and lets go when that is gone.

Each desk settles at its start what the last run left, sends what is queued and knows alone whether it is paused. Two of
them on one database would call each other's replies unknown and send over each other's pause.
"""

from __future__ import annotations

import asyncio
import contextlib

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from wxdesk.core.errors import DatabaseInUse

KEY = 0x77786465736B
"""The lock's number among those of all programs: "wxdesk" in ASCII."""

PATIENCE_SECONDS = 3.0
"""A server may take a moment to see that the desk before has gone."""

_TAKE = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=KEY)
_HELD = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND datname = current_database() "
    "AND classid::bigint = :high AND objid::bigint = :low"
).bindparams(high=KEY >> 32, low=KEY & 0xFFFFFFFF)


def is_locked(connection: Connection) -> bool:
    """Whether a desk has the database, without taking it."""
    return bool(connection.scalar(_HELD))


class DatabaseLock:
    """Held from `take` until `release`, or until its connection ends."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    @classmethod
    async def take(cls, engine: AsyncEngine) -> DatabaseLock:
        """Lock the database of `engine`, on a connection that is kept out of its pool.

        Raises:
            DatabaseInUse: another desk has it, and still had it after a moment.
        """
        connection = await engine.connect()
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
        return cls(connection)

    async def release(self) -> None:
        """Let go, by ending the connection itself."""
        with contextlib.suppress(Exception):  # it may be gone already, and the lock with it
            await self._connection.invalidate()
        with contextlib.suppress(Exception):
            await self._connection.close()
