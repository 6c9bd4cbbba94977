"""Calls gathered while one is under way, and made together in one transaction.

With eight replies under way, their outcomes and the next claims would otherwise wait for the disk, or for a server, one
by one. If one of them fails, nothing is kept of the common try and each gets a transaction of its own: so it harms
nobody else, and a transaction that the database itself has given up is never built on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic

from wxdesk.core.errors import StoreError
from wxdesk.store.failures import CLOSED

TOGETHER = 64
"""Most calls of one transaction, so that its rows are not locked for long."""


class Gathering[T, R]:
    """Makes calls in the order in which they came.

    `together` makes some of them, all or none, and returns their results. Where it fails otherwise than by the store,
    each is made alone, so that it fails for whose fault it is. `rest` gets the seconds that a round took, and
    returns those to wait for more calls before the next. `most` are made together.
    """

    def __init__(
        self,
        together: Callable[[Sequence[T]], Awaitable[Sequence[R]]],
        rest: Callable[[float], float] = lambda _: 0.0,
        most: int = TOGETHER,
    ) -> None:
        self._together = together
        self._rest = rest
        self._most = most
        self._finished = False
        self._waiting: list[tuple[T, asyncio.Future[R]]] = []
        self._under_way: Sequence[tuple[T, asyncio.Future[R]]] = ()
        self._running: asyncio.Task[None] | None = None

    def make(self, call: T) -> asyncio.Future[R]:
        """Begin a call, which is made even if nobody awaits it any more.

        Raises:
            StoreError: `finish` was called.
        """
        if self._finished:
            raise StoreError(reason=CLOSED)
        ended: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, ended))
        if self._running is None:
            self._begin()
        return ended

    async def finish(self, seconds: float) -> None:
        """Refuse new calls, and wait up to `seconds` for the others."""
        self._finished = True
        if calls := [ended for _, ended in (*self._under_way, *self._waiting)]:
            await asyncio.wait(calls, timeout=seconds)

    def _begin(self) -> None:
        self._running = asyncio.get_running_loop().create_task(self._run(), name="calls made together")
        self._running.add_done_callback(self._go_on_if_cancelled)

    async def _run(self) -> None:
        while self._waiting:
            self._under_way, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            began = monotonic()
            await self._make_together(self._under_way)
            self._under_way = ()
            await asyncio.sleep(self._rest(monotonic() - began))
        self._running = None

    def _go_on_if_cancelled(self, task: asyncio.Task[None]) -> None:
        """Begin another round if this one was cancelled.

        So are all tasks when a loop ends, also before they have begun, and nobody may wait for ever. Of calls that were
        under way nobody knows whether they were made.
        """
        if task.cancelled():
            for _, ended in self._under_way:
                ended.cancel()
            self._under_way, self._running = (), None
            if self._waiting:
                self._begin()

    async def _make_together(self, some: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results = await self._together([call for call, _ in some])
        except Exception as error:  # noqa: BLE001  # whatever it is, who waits gets it
            if len(some) > 1 and not isinstance(error, StoreError):
                for one in some:
                    await self._make_together([one])
                return
            for ended in (ended for _, ended in some if not ended.done()):
                # Each who waits raises an error of their own.
                ended.set_exception(type(error)(**error.values) if isinstance(error, StoreError) else error)
            return
        for (_, ended), result in zip(some, results, strict=True):
            if not ended.done():
                ended.set_result(result)
