"""An event loop whose time is virtual and whose order is drawn: whatever may happen in another order does, once.

Nothing waits: when no task can go on, it is at once so late that the next timer ends. Each task has a random rank, and
of all that can go on the first in rank does its next step, so that one may be overtaken by everything else. Now and
then a rank changes, so that each `await` is a point at which any other may come first. The same seed gives the same
order. SQLite's transactions run in their order on this loop, each as one step of a task.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from random import Random
from typing import Any

import pytest

from wxdesk.store.engine import sqlite
from wxdesk.store.engine.worker_pool import Rank, WorkerPool, _do

OFTEN = 0.1
"""How often the first in rank gets another one after its step."""


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Tasks take their turns, or go by the order that `reorder` draws.

    `at_step` is called before each step. While `waits_outside` says so, another process is at work, and time is real.
    """

    def __init__(self) -> None:
        self._virtual = 0.0
        self._put_off: list[asyncio.Handle] = []
        self.random: Random | None = None
        self._ranks: dict[asyncio.Task[Any], float] = {}
        self.at_step: Callable[[], None] = lambda: None
        self.waits_outside: Callable[[], bool] = lambda: False
        super().__init__(_Timeless(self))

    def reorder(self, seed: str) -> None:
        """Draw the order from here on by this seed; by turns without one."""
        self.random = Random(seed) if seed else None
        self._ranks.clear()

    @contextmanager
    def by_turns(self) -> Iterator[None]:
        """Let the tasks take turns for a while, and go on with the order that was drawn."""
        drawn, self.random = self.random, None
        try:
            yield
        finally:
            self.random = drawn

    def time(self) -> float:
        return self._virtual

    def let_pass(self, seconds: float) -> None:
        """Let it be later."""
        self._virtual += seconds

    def run_in_executor(self, _executor: object, func: Callable[..., Any], *args: Any) -> Any:  # type: ignore[override]
        async def run() -> Any:
            await asyncio.sleep(0)
            return func(*args)

        return self.create_task(run())

    def _run_once(self) -> None:
        """Do all that belongs to the network and the timers, and one step of one task."""
        ready: Any = self._ready  # type: ignore[attr-defined]
        others: list[asyncio.Handle] = []
        steps = self._put_off
        while ready:  # another thread may add to it meanwhile
            handle = ready.popleft()
            (steps if _is_step(handle) else others).append(handle)
        if steps:
            others.append(steps.pop(self._next(steps)))
            self.at_step()
        self._put_off = steps
        ready.extendleft(reversed(others))
        super()._run_once()  # type: ignore[misc]

    def _next(self, steps: list[asyncio.Handle]) -> int:
        if self.random is None or len(steps) == 1:
            return 0
        tasks = [_task(step) for step in steps]
        ranks = [self._ranks.setdefault(task, self.random.random()) for task in tasks]
        first = ranks.index(max(ranks))
        if self.random.random() < OFTEN:
            self._ranks[tasks[first]] = self.random.random()
        return first


def _task(step: Any) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = step._callback.__self__
    return task


def _is_step(handle: Any) -> bool:
    return isinstance(getattr(handle._callback, "__self__", None), asyncio.Task)


class _Timeless(selectors.DefaultSelector):
    """Never waits for a timer."""

    def __init__(self, loop: SimulatedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        found = super().select(0)
        if found or timeout == 0 or self._loop._put_off:
            return found
        if self._loop.waits_outside():
            began = time.perf_counter()
            found = super().select(timeout)
            timeout = time.perf_counter() - began
        assert timeout is not None, "all wait for each other"
        self._loop.let_pass(timeout)
        return found


class PoolOnLoop(WorkerPool):
    """Does on the loop what others do in threads, one call a step."""

    def __init__(self, name: str, threads: int = 1, last: Callable[[], None] = lambda: None) -> None:
        super().__init__(name, 0, last)

    def run[R](self, work: Callable[[], R], rank: Rank = Rank.OTHER) -> asyncio.Future[R]:
        future = super().run(work, rank)
        asyncio.get_running_loop().create_task(self._take())
        return future

    async def _take(self) -> None:
        call = self._next()
        if call is not None:
            _do(call)

    async def stop(self, seconds: float) -> bool:
        while (call := self._next()) is not None:
            _do(call)
        if not self._ended:
            self._ended = [asyncio.get_running_loop().create_future()]
            self._last()
        return True


@contextmanager
def simulated() -> Iterator[SimulatedLoop]:
    """Make such a loop, by which also what measures time goes while it is there."""
    with closing(SimulatedLoop()) as loop, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "WorkerPool", PoolOnLoop)
        patch.setattr(time, "monotonic", loop.time)
        yield loop
