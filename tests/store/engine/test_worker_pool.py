"""The store's threads by themselves: who goes first, who gets which answer, and how they end."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from wxdesk.core.errors import StoreError
from wxdesk.store.engine import worker_pool
from wxdesk.store.engine.worker_pool import Rank, WorkerPool

ROOT = Path(__file__).parents[3]


class Held:
    """A crew of one whose thread is busy until `free` is set."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.crew = WorkerPool("held", last=lambda: self.said.append("last"))
        self.free = threading.Event()
        self.first = self.crew.run(lambda: self.free.wait(20))

    def says(self, word: str, rank: Rank = Rank.OTHER) -> asyncio.Future[None]:
        return self.crew.run(lambda: self.said.append(word), rank)


@pytest.fixture
async def held() -> AsyncIterator[Held]:
    made = Held()
    yield made
    made.free.set()
    await made.crew.stop(20)


async def test_the_urgent_go_first_and_the_others_as_they_came(held: Held) -> None:
    calls = [held.says("a"), held.says("b"), held.says("urgent", Rank.ACKNOWLEDGING), held.says("c")]
    held.free.set()
    await asyncio.gather(*calls)
    assert held.said == ["urgent", "a", "b", "c"]


async def test_each_caller_gets_its_own_result_or_error(held: Held) -> None:
    work: tuple[Callable[[], int], ...] = (lambda: 7, lambda: 1 // 0, lambda: next(iter(())))
    calls = [held.crew.run(one) for one in work]
    held.free.set()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert results[0] == 7
    assert [type(result) for result in results[1:]] == [ZeroDivisionError, RuntimeError]


async def test_a_call_is_done_though_its_caller_went_away(held: Held) -> None:
    held.says("a").cancel()
    after = held.says("b")
    held.free.set()
    await after
    assert held.said == ["a", "b"]


async def test_several_threads_work_side_by_side() -> None:
    crew, meeting = WorkerPool("pair", 2), threading.Barrier(2, timeout=20)
    await asyncio.gather(*(crew.run(meeting.wait) for _ in range(2)))
    assert await crew.stop(20)


async def test_other_threads_help_only_where_calls_wait_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "PATIENCE_SECONDS", 60.0)
    crew = WorkerPool("pair", 2)
    found = await asyncio.gather(*(crew.run(threading.get_ident) for _ in range(20)))
    assert len(set(found)) == 1
    assert await crew.stop(5)


async def test_stopping_does_what_waits_and_ends_the_threads(held: Held) -> None:
    held.says("a")
    stopping = asyncio.create_task(held.crew.stop(20))
    await asyncio.sleep(0)
    with pytest.raises(StoreError, match="the store is closed"):
        held.says("late")
    held.free.set()
    assert await stopping
    assert held.said == ["a", "last"]
    assert not any(thread.is_alive() for thread in held.crew._threads)
    assert await held.crew.stop(0)


async def test_stopping_does_not_wait_for_what_hangs(held: Held) -> None:
    waiting = held.says("a")
    assert not await held.crew.stop(0.01)
    with pytest.raises(StoreError, match="the store is closed"):
        await waiting
    assert not held.first.done()
    held.free.set()
    assert await held.crew.stop(20)
    assert held.said == ["last"]


HANGS = """
import asyncio, threading
from wxdesk.store.engine.worker_pool import WorkerPool

async def main():
    WorkerPool("hangs").run(threading.Event().wait)
    if {interrupted}:
        raise KeyboardInterrupt

asyncio.run(main())
"""


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_thread_that_hangs_does_not_keep_the_program_alive(interrupted: bool) -> None:
    code = HANGS.format(interrupted=interrupted)
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=30, capture_output=True)
    assert (b"KeyboardInterrupt" in ended.stderr) == interrupted
    assert (ended.returncode == 0) != interrupted
