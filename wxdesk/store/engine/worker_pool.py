"""Threads that run calls for the desk's loop, the most urgent call first.

A whole transaction is one call, so its statements follow each other without a change of threads, and the
loop is woken once for all of them, with their result.
"""

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from queue import SimpleQueue
from typing import Any, NamedTuple

from wxdesk.core.errors import StoreError
from wxdesk.store.failures import CLOSED

PATIENCE_SECONDS = 0.02
"""Seconds for which calls may wait for the first thread before others help."""

EXIT_SECONDS = 0.5
"""Seconds to wait for a finished thread to exit."""


class Rank(IntEnum):
    """Urgency of a waiting call; the lowest goes first."""

    ACKNOWLEDGING = 0
    OTHER = 1


class _Call(NamedTuple):
    work: Callable[[], Any]
    future: asyncio.Future[Any]


type _Signs = SimpleQueue[asyncio.Future[None] | None]


class WorkerPool:
    """Threads with one queue on one loop; each runs `last` before it ends.

    The first thread does what is done soon, and the others help where calls wait behind a long one: threads at work at
    the same time hold each other up, because one at a time has the interpreter's lock.

    They are daemons, so that a disk that hangs can delay the end of the program but never prevent it.
    """

    def __init__(self, name: str, threads: int = 1, last: Callable[[], None] = lambda: None) -> None:
        self._last = last
        self._waiting: tuple[deque[_Call], ...] = tuple(deque() for _ in Rank)
        # A sign tells a thread that calls wait, so that it sleeps without a lock; a future tells it to end.
        self._signs: list[_Signs] = [SimpleQueue() for _ in range(threads)]
        self._threads = [threading.Thread(target=self._work, name=name, args=[it], daemon=True) for it in self._signs]
        self._look_later: asyncio.TimerHandle | None = None
        self._ended: list[asyncio.Future[None]] = []
        for thread in self._threads:
            thread.start()

    def run[R](self, work: Callable[[], R], rank: Rank = Rank.OTHER) -> asyncio.Future[R]:
        """Run `work` in one of the threads, even if the result is not awaited any more.

        Raises:
            StoreError: the pool was stopped.
        """
        if self._ended:
            raise StoreError(reason=CLOSED)
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting[rank].append(_Call(work, future))
        for first in self._signs[:1]:
            first.put(None)
        if self._look_later is None and len(self._signs) > 1:
            self._look_later = future.get_loop().call_later(PATIENCE_SECONDS, self._call_for_help)
        return future

    def _call_for_help(self) -> None:
        """Wake other threads for calls that still wait, and look again as long as some do."""
        self._look_later = None
        waiting = sum(map(len, self._waiting))
        for signs in self._signs[1 : 1 + waiting]:
            signs.put(None)
        if waiting:
            self._look_later = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._call_for_help)

    async def stop(self, seconds: float) -> bool:
        """Finish waiting calls and end the threads; a second call only waits.

        False if that takes longer than `seconds`: then waiting calls are refused, and one that hangs is abandoned.
        """
        if not self._ended:
            loop = asyncio.get_running_loop()
            self._ended = [loop.create_future() for _ in self._threads]
            for signs, ended in zip(self._signs, self._ended, strict=True):
                signs.put(None)  # for what still waits
                signs.put(ended)
            if self._look_later is not None:
                self._look_later.cancel()
        _, late = await asyncio.wait(self._ended, timeout=seconds)
        if late:
            self._refuse_what_waits()
            return False
        for thread in self._threads:
            thread.join(EXIT_SECONDS)
        return True

    def _refuse_what_waits(self) -> None:
        while (call := self._next()) is not None:
            set_outcome(call.future, None, StoreError(reason=CLOSED))

    def _next(self) -> _Call | None:
        for waiting in self._waiting:
            with contextlib.suppress(IndexError):
                return waiting.popleft()
        return None

    def _work(self, signs: _Signs) -> None:
        while (ended := signs.get()) is None:
            while (call := self._next()) is not None:
                _do(call)
        _do(_Call(self._last, ended))


def _do(call: _Call) -> None:
    try:
        result = call.work()
    except BaseException as error:  # noqa: BLE001  # whatever it is, the caller gets it
        _deliver(call.future, None, error)
    else:
        _deliver(call.future, result, None)


def _deliver(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        future.get_loop().call_soon_threadsafe(set_outcome, future, result, error)


def set_outcome(future: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    """Set a call's result or error on its future, unless it is already done."""
    if future.done():
        return
    if error is None:
        future.set_result(result)
    elif isinstance(error, StopIteration):  # Python 3.12 refuses it, and the caller would wait for ever
        future.set_exception(RuntimeError(error))
    else:
        future.set_exception(error)
