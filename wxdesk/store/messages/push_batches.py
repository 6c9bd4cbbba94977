"""Group commit: pushes that arrive together share one transaction.

A commit costs an fsync and several changes of threads however many rows it holds, and in a flood those cost
more than the rows. While one is under way the next pushes gather. When several are under way at once,
senders that have just been answered are likely to write again, so the next batch lingers a moment for as many,
as with PostgreSQL's `commit_delay`. A lone push goes at once. Where a commit costs trips to a server, pushes also
gather during a rest after each.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from time import monotonic
from typing import NamedTuple

from wxdesk.core.errors import StoreError, WxdeskError
from wxdesk.core.model.push import Push
from wxdesk.store.engine.database import CLOSE_SECONDS
from wxdesk.store.failures import CLOSED, OTHER, SILENT

log = logging.getLogger(__name__)

LIMIT = 2000
"""Most pushes that may wait at once; WeChat repeats what is refused beyond."""

BATCH = 500
"""Most rows of one transaction, so that nobody waits long behind a flood."""

SIBLINGS = 4
"""Fewest pushes under way at once for which a batch lingers."""

FEW = 16
"""Fewest pushes that end a rest between two transactions."""

LINGER_SECONDS = 0.003
"""Time that a batch waits for as many pushes as there were a moment ago."""

PATIENCE_SECONDS = 3.8
"""Time limit from arrival to commit; WeChat gives up after 5 s and repeats."""

type Commit = Callable[[Sequence[Push]], Awaitable[list[int | None]]]
"""Commits pushes in one transaction; returns an id each, None for a copy."""


class _Waiting(NamedTuple):
    push: Push
    future: asyncio.Future[int | None]
    until: float


class GroupCommit:
    """Gathers pushes and commits them; each caller gets the result of its own."""

    def __init__(self, commit: Commit, rest: Callable[[float], float] = lambda _: 0.0) -> None:
        self._commit = commit
        self._waiting: deque[_Waiting] = deque()
        self._under_way: list[_Waiting] = []
        self._timer: asyncio.TimerHandle | None = None  # one for all: a push that is kept in time needs none
        self._running: asyncio.Task[None] | None = None
        self._closed = False
        self._rest = rest
        self._rested_at = 0.0
        self._worth_it = 0  # pushes for which a batch need not linger
        self._enough = asyncio.Event()

    async def keep(self, push: Push) -> int | None:
        """Commit `push` with the others that wait; return its id, None for a known key.

        Raises:
            asyncio.QueueFull: too many wait already; nothing was kept.
            StoreError: the commit failed, or its answer did not come: the push may have been kept all the same.
        """
        if self._closed:
            raise StoreError(reason=CLOSED)
        if len(self._waiting) >= LIMIT:
            raise asyncio.QueueFull
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        future: asyncio.Future[int | None] = loop.create_future()
        self._waiting.append(_Waiting(push, future, until))
        if len(self._waiting) >= (self._worth_it or FEW):
            self._enough.set()
        if self._running is None:
            self._running = loop.create_task(self._run(), name="group commit")
        if self._timer is None:
            self._timer = loop.call_at(until, self._give_up)
        return await future

    async def until_idle(self, seconds: float) -> None:
        """Wait until no push waits for the disk, at most so long."""
        if self._running is not None:
            await asyncio.wait([self._running], timeout=seconds)

    async def close(self) -> None:
        """Refuse new pushes and commit waiting ones, within `CLOSE_SECONDS`."""
        self._closed = True
        if self._running is not None:
            await asyncio.wait([self._running], timeout=CLOSE_SECONDS)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                self._under_way = [one for one in batch if not one.future.done()]  # else nobody waits for it any more
                if self._under_way:
                    await self._keep_together(self._under_way)
        finally:
            self._running = None
            self._under_way = []

    def _give_up(self) -> None:
        """Answer those that have waited too long, and set the timer for the next one."""
        loop = asyncio.get_running_loop()
        now, self._timer = loop.time(), None
        for one in chain(self._under_way, self._waiting):
            if one.future.done():
                continue
            if one.until > now:
                self._timer = loop.call_at(one.until, self._give_up)
                return
            one.future.set_exception(StoreError(reason=SILENT))

    async def _gather(self) -> None:
        now = asyncio.get_running_loop().time()
        until = max(self._rested_at, now + LINGER_SECONDS if self._worth_it else now)
        if until <= now or len(self._waiting) >= (self._worth_it or FEW):
            return
        self._enough.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                await self._enough.wait()

    async def _keep_together(self, batch: Sequence[_Waiting]) -> None:
        began = monotonic()
        error: WxdeskError = StoreError(reason=CLOSED)  # stands if this task itself is cancelled
        ids: list[int | None] | None = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                ids = await self._commit([one.push for one in batch])
        except StoreError as failed:
            error = failed
        except TimeoutError:
            log.error("keeping %d pushes took longer than %s s", len(batch), PATIENCE_SECONDS)
            error = StoreError(reason=SILENT)
        except Exception as failed:  # noqa: BLE001  # every caller must get an answer, also to a mistake of ours
            log.error("keeping %d pushes failed: %s", len(batch), type(failed).__name__)
            error = StoreError(reason=OTHER)
        finally:
            crowd = min(len(batch) + len(self._waiting), BATCH)
            rest = self._rest(monotonic() - began)
            self._rested_at = asyncio.get_running_loop().time() + rest
            # To go on with half of them would let two threads take turns at the interpreter, which takes longer.
            self._worth_it = crowd if crowd >= (FEW if rest else SIBLINGS) else 0
            for index, one in enumerate(batch):
                if one.future.done():
                    continue
                if ids is None:
                    one.future.set_exception(StoreError(**error.values))
                else:
                    one.future.set_result(ids[index])
