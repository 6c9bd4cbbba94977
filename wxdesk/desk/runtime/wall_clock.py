"""Waiting for a moment of the clock. A machine that sleeps stops the loop's own timers, and its clock goes on.

So whoever waits for a time looks at the clock every few seconds, however long it is still to come. That costs nothing:
what is due is asked only once the clock has come there.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from wxdesk.desk.ports.store import Clock

TICK_SECONDS = 5.0
"""Between two looks at the clock at most; after a sleep, what is overdue is dealt with so soon."""


async def sleep(seconds: float, awake: asyncio.Event) -> None:
    """Return when `awake` is set, or after so many seconds of the loop."""
    try:
        async with asyncio.timeout(seconds):
            await awake.wait()
    except TimeoutError:
        return


async def sleep_until(moment: datetime | None, awake: asyncio.Event, clock: Clock) -> None:
    """Return when `awake` is set, or once the clock has come to `moment`; None is never."""
    if moment is None:
        await awake.wait()
        return
    while not awake.is_set() and (left := (moment - clock()).total_seconds()) > 0:
        await sleep(min(left, TICK_SECONDS), awake)
