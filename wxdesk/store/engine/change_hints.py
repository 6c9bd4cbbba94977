"""Hints of a shared database that something has changed.

A hint may be lost: with its connection, or at a pooler that hands connections on after each transaction. So whoever
listens gets an empty one after each new or lost connection and every few seconds besides, more often where a test at
the beginning shows that none arrive.
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from wxdesk.computer.clock import seconds_elapsed
from wxdesk.store.engine.connections import close_quietly
from wxdesk.store.engine.database import CHANNEL

log = logging.getLogger(__name__)

POLL_SECONDS, POLL_WITHOUT_HINTS_SECONDS = 5.0, 1.0
"""Time between two looks at everything; without hints, nothing else tells."""
PROOF_SECONDS = 2.0
"""Time in which a hint to oneself must arrive."""
AGAIN_SECONDS = 0.5
"""Time before the next try to connect."""
TICK_SECONDS, ASLEEP_SECONDS = 0.5, 10.0
"""Length of a tick, and one that tells of a sleep, which loses connections."""


class ChangeHints:
    """Listener on a connection of its own.

    `engine` makes it, and `failures` are the errors of its driver. `slept` is called after the machine has.
    """

    def __init__(self, engine: AsyncEngine, failures: tuple[type[Exception], ...], slept: Callable[[], None]) -> None:
        self._engine = engine
        self._failures = failures
        self._slept = slept

    async def listen(self, heard: Callable[[str], None]) -> None:
        """Call `heard` with the topic of each hint, until cancelled.

        An empty topic asks to look at everything.
        """
        while True:
            with contextlib.suppress(*self._failures):
                async with self._connected() as (connection, lost):
                    pause = await self._prove(connection)
                    await connection.add_listener(CHANNEL, lambda _c, _p, _n, topic: heard(topic))
                    while not lost.is_set():
                        heard("")
                        await self._wait(pause, lost)
                        await connection.execute("SELECT 1")  # else nobody would tell that the network has lost it
            heard("")  # a look now tells if the database is away, or only this connection
            await asyncio.sleep(AGAIN_SECONDS)

    async def _wait(self, seconds: float, lost: asyncio.Event) -> None:
        """Wait until the next look is due, or the connection is lost."""
        now = seconds_elapsed()
        ends = now + seconds
        while now < ends and not lost.is_set():
            began = now
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TICK_SECONDS):
                    await lost.wait()
            now = seconds_elapsed()
            if now - began > ASLEEP_SECONDS:
                self._slept()

    async def _prove(self, connection: Any) -> float:  # noqa: ANN401 - the driver has no types
        """Send a hint to oneself; return the pause between two looks that follows."""
        arrived, topic = asyncio.Event(), secrets.token_hex(8)

        def on_notification(*given: object) -> None:
            if given[-1] == topic:
                arrived.set()

        await connection.add_listener(f"{CHANNEL}_{topic}", on_notification)
        await connection.execute("SELECT pg_notify($1, $2)", f"{CHANNEL}_{topic}", topic)
        try:
            async with asyncio.timeout(PROOF_SECONDS):
                await arrived.wait()
        except TimeoutError:
            log.warning("The database passes no notices on (behind a pooler?), so it is looked at each second")
            return POLL_WITHOUT_HINTS_SECONDS
        finally:
            await connection.remove_listener(f"{CHANNEL}_{topic}", on_notification)
        return POLL_SECONDS

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[Any, asyncio.Event]]:
        """Open a connection of the driver's, and an event that tells its end."""
        lost = asyncio.Event()
        connection = await self._engine.connect()
        try:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            driver: Any = (await connection.get_raw_connection()).driver_connection
            driver.add_termination_listener(lambda _: lost.set())
            yield driver, lost
        finally:
            await close_quietly(connection)
