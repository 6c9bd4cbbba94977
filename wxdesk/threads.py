"""Threads with a loop or for work that may hang, their heap, and the end of tasks."""

import asyncio
import contextlib
import ctypes
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from functools import partial
from typing import Any

END_SECONDS = 1.0
"""Seconds for which a stop waits until a thread has ended."""


_ARENA_MAX = -8
"""Number of M_ARENA_MAX in glibc's malloc.h."""


def share_heap() -> None:
    """Let all threads that are started from now on take memory from one heap.

    On Linux each would get its own, and what is free in one is lost to all others: 23 MB after 41,000 messages.
    Python's threads take turns anyway, so they hardly wait for each other at a common heap (ADR 0048).
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # only glibc has it, and only glibc needs it
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def trim_heap() -> None:
    """Give what is free in the heap back to the system (ADR 0048)."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # only glibc has it
            ctypes.CDLL(None).malloc_trim(0)


class LoopThread:
    """Runs a standard asyncio loop on a daemon thread until stopped.

    A daemon, so that a hanging part can delay the end of the program but never prevent it.
    """

    def __init__(self, name: str) -> None:
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self.loop: asyncio.AbstractEventLoop
        """For `call_soon_threadsafe` and `run_coroutine_threadsafe`."""
        self._thread.start()
        self._started.wait()

    def call[T](self, work: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run `work` on the loop and wait; raises its errors or TimeoutError."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    def stop(self) -> bool:
        """Stop the loop and all its tasks; False if the thread ends too late."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(END_SECONDS)
        return not self._thread.is_alive()

    def _main(self) -> None:
        with asyncio.Runner(loop_factory=network_loop) as runner:
            self.loop = runner.get_loop()
            asyncio.set_event_loop(self.loop)
            self.loop.call_soon(self._started.set)
            self.loop.run_forever()


async def on_own_thread[T](work: Callable[[], T], name: str = "once") -> T:
    """Run `work` on a thread of its own, which blocks nothing else if it hangs."""
    done: Future[T] = Future()
    done.set_running_or_notify_cancel()  # who no longer waits for it cannot end it

    def run() -> None:
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
            done.set_exception(error)

    threading.Thread(target=run, daemon=True, name=name).start()
    return await asyncio.wrap_future(done)


def network_loop() -> asyncio.AbstractEventLoop:
    """Make a loop whose look-ups of names hold up nothing, nor the program's end.

    Where no name server answers, each takes ten seconds or more. asyncio would let them fill the threads that other
    work needs, and wait for these in the end.
    """
    loop, flights = asyncio.new_event_loop(), dict[object, asyncio.Task[Any]]()

    async def getaddrinfo(*name: Any, **kinds: Any) -> Any:  # noqa: ANN401 - as the system's own
        key = (name, *kinds.items())
        if key not in flights:  # shared, so that an outage does not add a thread with every try
            asked = on_own_thread(partial(socket.getaddrinfo, *name, **kinds), "look-up")
            flights[key] = loop.create_task(asked, name="look-up")
            flights[key].add_done_callback(lambda done: (flights.pop(key), done.cancelled() or done.exception()))
        await asyncio.wait([flight := flights[key]])
        return flight.result()

    loop.getaddrinfo = getaddrinfo  # type: ignore[method-assign]
    return loop


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks and wait for their ends, whatever these are."""
    ending = tuple(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)
