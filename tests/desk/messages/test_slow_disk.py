"""Deciding on a disk that is always busy keeping pushes, in virtual time."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.campaign.simulated_loop import PoolOnLoop, simulated
from tests.desk.intake_room import open_room, written
from tests.prepared import prepare
from wxdesk.store.engine import sqlite
from wxdesk.store.engine.worker_pool import _do

COMMIT_SECONDS = 0.02
PER_SECOND = 50
PUSHES = 500


class SlowDisk(PoolOnLoop):
    """Threads whose writer takes `COMMIT_SECONDS` for each call."""

    def __init__(self, name: str, threads: int = 1, last: Callable[[], None] = lambda: None) -> None:
        super().__init__(name, threads, last)
        self._seconds = COMMIT_SECONDS if name == "store writer" else 0.0
        self._one_at_a_time = asyncio.Lock()

    async def _take(self) -> None:
        async with self._one_at_a_time:
            call = self._next()
            await asyncio.sleep(self._seconds)
            if call is not None:
                _do(call)


async def left_undecided(home: Path) -> list[int]:
    """Messages that wait for a decision, whenever one more has been kept."""
    waiting: list[int] = []
    async with open_room(home) as room:

        async def send(n: int) -> None:
            await asyncio.sleep(n / PER_SECOND)
            await room.intake.keep(written(n))
            waiting.append(len(waiting) + 1 - room.decided)

        thinking = asyncio.create_task(room.intake.run())
        await asyncio.gather(*map(send, range(PUSHES)))
        thinking.cancel()
        await asyncio.gather(thinking, return_exceptions=True)
    return waiting


def test_decisions_follow_pushes_closely_although_the_disk_is_never_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path)
    with simulated() as loop:
        monkeypatch.setattr(sqlite, "WorkerPool", SlowDisk)
        waiting = loop.run_until_complete(left_undecided(tmp_path))
    assert max(waiting) < PER_SECOND / 2  # half a second's
