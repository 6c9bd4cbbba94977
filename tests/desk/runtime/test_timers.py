"""Waiting for a time of the clock notices clock changes that the loop's timers do not."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from wxdesk.core.errors import StoreError
from wxdesk.desk.runtime import timers as sleeping
from wxdesk.desk.runtime.timers import keep_looking, sleep_until
from wxdesk.threads import end_tasks

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON
        self.looks = 0
        self.looked = asyncio.Event()

    def __call__(self) -> datetime:
        self.looks += 1
        self.looked.set()
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(sleeping, "TICK_SECONDS", 0.001)
    return Clock()


async def test_a_clock_that_was_moved_is_noticed(clock: Clock) -> None:
    waiting = asyncio.create_task(sleep_until(NOON + timedelta(days=3), asyncio.Event(), clock))
    await clock.looked.wait()
    clock.now = NOON + timedelta(days=3) - timedelta(microseconds=1)
    clock.looked.clear()
    await clock.looked.wait()
    assert not waiting.done()
    clock.now += timedelta(microseconds=1)
    await asyncio.wait_for(waiting, 10)


async def test_a_clock_that_was_set_back_is_waited_for(clock: Clock) -> None:
    waiting = asyncio.create_task(sleep_until(NOON + timedelta(minutes=1), asyncio.Event(), clock))
    clock.now = NOON - timedelta(hours=1)
    await clock.looked.wait()
    assert not waiting.done()
    clock.now = NOON + timedelta(hours=1)
    await asyncio.wait_for(waiting, 10)


async def test_a_waiting_clock_can_be_woken(clock: Clock) -> None:
    awake = asyncio.Event()
    waiting = [
        asyncio.create_task(sleep_until(until, awake, clock)) for until in (None, NOON + timedelta(days=3), NOON)
    ]
    await asyncio.wait_for(waiting[2], 10)
    awake.set()
    await asyncio.wait_for(asyncio.gather(*waiting), 10)


async def test_a_look_that_the_store_failed_is_tried_again_unasked(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sleeping, "STORE_RETRY_SECONDS", 0.001)
    looks, looked_twice = iter((1, 2)), asyncio.Event()

    async def look() -> None:
        if next(looks) == 1:
            raise StoreError(reason="it is away")
        looked_twice.set()

    working = asyncio.create_task(keep_looking(look, asyncio.Event(), clock))
    await asyncio.wait_for(looked_twice.wait(), 10)
    await end_tasks([working])
