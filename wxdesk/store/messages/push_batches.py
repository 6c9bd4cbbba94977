"""Pushes that arrive together share one transaction, and so one wait for the disk.

A commit costs an fsync and several changes of threads however many rows it holds, and in a flood those cost more than
the rows. While one is under way the next pushes gather. When several are under way at once, those who have just been
answered are likely to write again, so what waits lingers for them a moment, as with PostgreSQL's `commit_delay`. A lone
push goes at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from wxdesk.core.errors import StoreError, WxdeskError
from wxdesk.core.model.push import Push
from wxdesk.store.engine.database import CLOSE_SECONDS
from wxdesk.store.engine.failures import CLOSED, OTHER, SILENT

log = logging.getLogger(__name__)

LIMIT = 2000
"""Pushes that may wait at once; WeChat repeats what is refused beyond."""

BATCH = 500
"""Rows of one transaction at most, so that nobody waits long behind a flood."""

SIBLINGS = 4
"""Fewer pushes than this under way at once wait for nobody."""

LINGER_SECONDS = 0.001
"""How long a batch may wait for the rest of those who were there a moment ago."""

PATIENCE_SECONDS = 4.0
"""How long a commit may take before WeChat, which gives up after 5 s, is told to send its pushes once more."""

type Commit = Callable[[Sequence[Push]], Awaitable[list[int | None]]]
"""Commits pushes in one transaction; for each, in order, its id or None for a copy of a known one."""


class GroupCommit:
    """Gathers pushes and commits them; each caller gets the result of its own."""

    def __init__(
        self,
        commit: Commit,
        limit: int = LIMIT,
        batch: int = BATCH,
        linger: float = LINGER_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._commit = commit
        self._patience = patience
        self._limit = limit
        self._batch = batch
        self._waiting: deque[tuple[Push, asyncio.Future[int | None]]] = deque()
        self._running: asyncio.Task[None] | None = None
        self._closed = False
        self._linger = linger
        self._crowd = 0  # as many as were under way when the last batch was on disk
        self._crowd_is_back = asyncio.Event()

    async def keep(self, push: Push) -> int | None:
        """Commit `push` with the others that wait. Its id, or None if its key is known already.

        Raises:
            asyncio.QueueFull: too many wait already; nothing was kept.
            StoreError: the commit failed, or its answer did not come: then the push may have been kept all the same.
        """
        if self._closed:
            raise StoreError(reason=CLOSED)
        if len(self._waiting) >= self._limit:
            raise asyncio.QueueFull
        loop = asyncio.get_running_loop()
        future: asyncio.Future[int | None] = loop.create_future()
        self._waiting.append((push, future))
        if len(self._waiting) >= self._crowd:
            self._crowd_is_back.set()
        if self._running is None:
            self._running = loop.create_task(self._run(), name="group commit")
        return await future

    async def close(self) -> None:
        """Refuse what comes, and commit what waits, unless that takes longer than `CLOSE_SECONDS`."""
        self._closed = True
        if self._running is not None:
            await asyncio.wait([self._running], timeout=CLOSE_SECONDS)

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._gather()
                batch = [self._waiting.popleft() for _ in range(min(self._batch, len(self._waiting)))]
                await self._settle([push for push, _ in batch], [future for _, future in batch])
        finally:
            self._running = None

    async def _gather(self) -> None:
        if self._crowd < SIBLINGS or len(self._waiting) >= self._crowd:
            return
        self._crowd_is_back.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._linger):
                await self._crowd_is_back.wait()

    async def _settle(self, pushes: list[Push], futures: list[asyncio.Future[int | None]]) -> None:
        error: WxdeskError = StoreError(reason=CLOSED)  # stands if this task itself is cancelled
        ids: list[int | None] | None = None
        try:
            async with asyncio.timeout(self._patience):
                ids = await self._commit(pushes)
        except StoreError as failed:
            error = failed
        except TimeoutError:
            log.error("keeping %d pushes took longer than %s s", len(pushes), self._patience)
            error = StoreError(reason=SILENT)
        except Exception as failed:  # noqa: BLE001  # every caller must get an answer, also to a mistake of ours
            log.error("keeping %d pushes failed: %s", len(pushes), type(failed).__name__)
            error = StoreError(reason=OTHER)
        finally:
            self._crowd = min(len(pushes) + len(self._waiting), self._batch)
            for index, future in enumerate(futures):
                if future.done():
                    continue
                if ids is None:
                    future.set_exception(StoreError(**error.values))
                else:
                    future.set_result(ids[index])
