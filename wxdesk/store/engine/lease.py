"""Right to work on a shared PostgreSQL database: one server at a time has it.

All servers keep what arrives. One decides, sends, times and alarms, because two would mark each other's replies
unknown and ignore their pauses. It renews a row; when it stops to, another takes the row with the next epoch. Each
writing transaction of the holder first locks the row by its epoch (`guard`), so that one that was frozen and comes
back writes nothing, and the next holder waits for transactions that had begun.

Times are those of the database's clock. Only how long the holder may rely on its own lease is measured here, by a
clock that goes on while the machine sleeps.
"""

import asyncio
import contextlib
import secrets
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from wxdesk.computer.clock import seconds_elapsed
from wxdesk.core.errors import LeaseLost
from wxdesk.store.engine.connections import close_quietly
from wxdesk.store.engine.database import WorkLease
from wxdesk.store.failures import store_error

LEASE_SECONDS = 6.0
"""Time for which a lease holds without being renewed."""

MARGIN_SECONDS = 1.0
"""Time before its end from which the holder does not rely on it any more."""

SAME_CLOCK = timedelta(milliseconds=200)
"""Difference of clocks that counts as none."""

STILL_SECONDS = 5
"""Time until a transaction whose process says nothing more is ended."""

_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_WORK = "'work'"

_TAKE = text(f"""
    WITH taken AS (
        INSERT INTO leases (name, epoch, holder, until) SELECT {_WORK}, 1, :me, {_NOW} + :span
        WHERE NOT EXISTS (SELECT FROM leases WHERE name = {_WORK} AND until >= {_NOW} AND holder <> :me)
        ON CONFLICT (name) DO UPDATE
        SET epoch = leases.epoch + (leases.holder <> :me)::int, holder = :me, until = {_NOW} + :span
        WHERE leases.until < {_NOW} OR leases.holder = :me RETURNING epoch
    ) SELECT (SELECT epoch FROM taken), {_NOW}
""")  # noqa: S608 - made of constants
"""Statement that does not wait while another has the lease, and can be repeated."""
_RENEW = text(f"""
    WITH renewed AS (
        UPDATE leases SET until = {_NOW} + :span
        WHERE name = {_WORK} AND epoch = :epoch AND holder = :me RETURNING epoch
    ) SELECT (SELECT epoch FROM renewed), {_NOW}
""")  # noqa: S608
_RELEASE = text(f"UPDATE leases SET until = 0 WHERE name = {_WORK} AND epoch = :epoch AND holder = :me")  # noqa: S608
_GUARD = text(
    f"SELECT 1 FROM leases WHERE name = {_WORK} AND epoch = :epoch AND holder = :me FOR KEY SHARE"  # noqa: S608
)
# PostgreSQL ends by itself only those that stand still between two statements, not within one.
_END_STILL = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'ClientRead' "
    "AND state_change < clock_timestamp() - make_interval(secs => :seconds) AND datname = current_database() "
    "AND usename = current_user AND query NOT ILIKE 'copy %'"
)
_LOOK = text(f"SELECT NULL::bigint, {_NOW}")
_TAKEN = text(f"SELECT count(*) FROM leases WHERE name = {_WORK} AND until >= {_NOW}")  # noqa: S608


def is_leased(connection: Connection) -> bool:
    """Tell if a server works on the database, without taking the lease."""
    known = connection.scalar(text("SELECT to_regclass('leases') IS NOT NULL"))
    return bool(known and connection.scalar(_TAKEN))


class Lease(WorkLease):
    """Lease on a database, on a connection that nothing else waits for.

    `engine` makes it, and `failures` are the errors of its driver.
    """

    is_shared = True

    def __init__(self, engine: AsyncEngine, failures: tuple[type[Exception], ...]) -> None:
        self._engine = engine
        self._failures = failures
        self._connection: AsyncConnection | None = None
        self._asking = asyncio.Lock()
        self._me = secrets.token_hex(8)
        self._epoch: int | None = None
        self._relied_on_until = 0.0

    @property
    def is_held(self) -> bool:
        """See `WorkLease`."""
        return self._epoch is not None and seconds_elapsed() < self._relied_on_until

    async def look(self) -> None:
        """Compare the clocks, so that all that is kept has the database's time."""
        await self._ask(_LOOK)

    async def take(self) -> bool:
        """Take the lease with the next epoch; see `WorkLease`."""
        epoch = await self._ask(_TAKE)
        if epoch is not None:
            self._epoch = epoch
        return epoch is not None

    async def renew(self) -> None:
        """See `WorkLease`."""
        if await self._ask(_RENEW) is None:
            self._relied_on_until = 0.0
            raise LeaseLost

    async def guard(self, connection: AsyncConnection) -> None:
        """Let a transaction go on if this process has the lease.

        Raises:
            LeaseLost: it never had it, or another process has; the transaction is to be rolled back.
        """
        given = {"me": self._me, "epoch": self._epoch}
        if self._epoch is None or await connection.scalar(_GUARD, given) is None:
            self._relied_on_until = 0.0
            raise LeaseLost

    def forget(self) -> None:
        """Return to the state of a new lease."""
        self._epoch, self._relied_on_until = None, 0.0

    async def release(self) -> None:
        """See `WorkLease`; ends the connection too."""
        epoch = self._epoch
        self.forget()
        if epoch is not None:
            with contextlib.suppress(*self._failures):
                connection = await self._connected()
                await connection.execute(_RELEASE, {"me": self._me, "epoch": epoch})
        await self._disconnect()

    async def _ask(self, statement: TextClause) -> int | None:
        """Take or renew; return the epoch that this process has, None if it has none."""
        span = round(LEASE_SECONDS * 1_000_000)
        async with self._asking:
            try:
                connection = await self._connected()
                await connection.execute(_END_STILL, {"seconds": STILL_SECONDS})
                began, began_at = seconds_elapsed(), datetime.now(UTC)
                given = {"me": self._me, "span": span} | ({"epoch": self._epoch} if statement is _RENEW else {})
                epoch, now = (await connection.execute(statement, given)).one()
            except self._failures as error:
                await self._disconnect()
                raise store_error(error) from None
            self._compare_clocks(datetime.fromtimestamp(now / 1_000_000, UTC), began_at, datetime.now(UTC))
            if epoch is None:
                return None
            self._relied_on_until = began + LEASE_SECONDS - MARGIN_SECONDS
            return int(epoch)

    def _compare_clocks(self, now: datetime, asked: datetime, answered: datetime) -> None:
        """Note how far the clock of `now` is ahead of the other two times."""
        ahead, in_doubt = now - (asked + (answered - asked) / 2), (answered - asked) / 2
        if abs(ahead - self.ahead) > max(SAME_CLOCK, in_doubt):  # else the time between steps would change each time
            self.ahead = ahead if abs(ahead) > SAME_CLOCK else timedelta()

    async def _connected(self) -> AsyncConnection:
        if self._connection is None:
            connection = await self._engine.connect()
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            self._connection = connection
        return self._connection

    async def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await close_quietly(connection)
