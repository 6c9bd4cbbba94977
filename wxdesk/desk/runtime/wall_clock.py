"""Timers by the wall clock, which goes on while the machine sleeps.

Sleep stops the loop's own timers, so a timer looks at the clock every few seconds, however far off its time
is. That costs nothing: callers query only once the time has come.
"""

import asyncio
import sys
import time
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


def seconds_elapsed() -> float:
    """Return seconds since a fixed moment, unaffected by sleep and clock changes.

    Python's own clock stands still on Linux and macOS while the machine sleeps, and what WeChat gave for two
    hours goes on ageing.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # there it is Python's own that stops
    return time.monotonic()
