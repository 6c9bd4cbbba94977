"""Timers by the wall clock, which goes on while the machine sleeps.

Sleep stops the loop's own timers, so a timer looks at the clock every few seconds, however far off its time
is. That costs nothing: callers query only once the time has come.
"""

import asyncio
from datetime import datetime

from wxdesk.desk.ports import Clock

TICK_SECONDS = 5.0
"""Longest time between two looks at the clock, so also the delay after a sleep."""


async def sleep(seconds: float, awake: asyncio.Event) -> None:
    """Return when `awake` is set, or after so many seconds of the loop."""
    try:
        async with asyncio.timeout(seconds):
            await awake.wait()
    except TimeoutError:
        return


async def sleep_until(moment: datetime | None, awake: asyncio.Event, clock: Clock) -> None:
    """Return when `awake` is set, or once the clock reaches `moment` (None: never)."""
    if moment is None:
        await awake.wait()
        return
    while not awake.is_set() and (left := (moment - clock()).total_seconds()) > 0:
        await sleep(min(left, TICK_SECONDS), awake)
