"""Timers that can be woken: by the loop, and by the wall clock.

Sleep of the machine stops the loop's own timers, so one by the wall clock looks at it every few seconds, however far
off its time is. That costs nothing: callers query only once the time has come.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from wxdesk.core.errors import StoreError
from wxdesk.desk.ports import Clock

TICK_SECONDS = 5.0
"""Longest time between two looks at the clock, so also the delay after a sleep."""

STORE_RETRY_SECONDS = 1.0
"""Wait before a store that failed is tried again: a customer may be waiting."""


async def sleep(seconds: float, awake: asyncio.Event) -> None:
    """Return when `awake` is set, or after so many seconds of the loop."""
    try:
        async with asyncio.timeout(seconds):
            await awake.wait()
    except TimeoutError:
        return


async def sleep_until(moment: datetime | None, awake: asyncio.Event, clock: Clock) -> None:
    """Return when `awake` is set, at `moment` if any, or once the clock is set back."""
    if moment is None:
        await awake.wait()
        return
    before = clock()
    while not awake.is_set() and before <= (now := clock()) < moment:
        before = now
        await sleep(min((moment - now).total_seconds(), TICK_SECONDS), awake)


async def keep_looking(look: Callable[[], Awaitable[datetime | None]], awake: asyncio.Event, clock: Clock) -> None:
    """Look until cancelled: now, whenever `awake` is set, and when a look said.

    Each look returns the moment of the next. If the store fails, which it logs and `store_watch` tells, it looks again.
    """
    while True:
        awake.clear()
        try:
            moment = await look()
        except StoreError:
            await sleep(STORE_RETRY_SECONDS, awake)
        else:
            await sleep_until(moment, awake, clock)
