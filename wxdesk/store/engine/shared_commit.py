"""Writes on SQLite that share one transaction, and so one wait for the disk.

With eight replies under way, their outcomes and the next claims would otherwise queue for the disk one by
one. Each caller gets its result after the common commit. If one of them fails, nothing is kept of the
common try and each gets a transaction of its own: so it harms nobody else, and a transaction that SQLite
itself has given up is never built on.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from wxdesk.core.errors import StoreError
from wxdesk.store.engine.failures import CLOSED, SQLITE_FAILURES, store_error
from wxdesk.store.engine.worker_pool import WorkerPool, set_outcome

TOGETHER = 16
"""Most writes in one transaction: a push waits for its end."""

type TransactionBody = Callable[[Connection], Any]
type Transact = Callable[[Sequence[TransactionBody]], list[Any]]


class _Write(NamedTuple):
    body: TransactionBody
    future: asyncio.Future[Any]


class _Outcome(NamedTuple):
    future: asyncio.Future[Any]
    result: object
    error: BaseException | None


class SharedCommit:
    """Gathers writes for a pool of one thread; `transact` runs them, all or none."""

    def __init__(self, crew: WorkerPool, transact: Transact) -> None:
        self._crew = crew
        self._transact = transact
        self._waiting: deque[_Write] = deque()
        self._called = False
        self._closing = False

    def write(self, body: TransactionBody) -> asyncio.Future[Any]:
        """Run `body` in a transaction, a second time if the shared one is rolled back.

        Raises:
            StoreError: `finish` was called.
        """
        if self._closing:
            raise StoreError(reason=CLOSED)
        write = _Write(body, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        self._call()
        return write.future

    async def finish(self, seconds: float) -> None:
        """Refuse new writes and wait up to `seconds` for others, before the pool stops."""
        self._closing = True
        waiting = [write.future for write in tuple(self._waiting)]
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)

    def _call(self) -> None:
        if self._waiting and not self._called:
            self._called = True
            self._crew.run(self._do).add_done_callback(self._tell)

    def _do(self) -> list[_Outcome]:
        # Reset first, look then: work that is put here meanwhile causes one call too many, never none.
        self._called = False
        batch = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
        if len(batch) > 1:
            try:
                results = self._transact([write.body for write in batch])
            except OperationalError as error:
                failed = store_error(error)
                return [_Outcome(write.future, None, StoreError(**failed.values)) for write in batch]
            except Exception:  # noqa: BLE001  # whose it is shows when each is alone
                return [self._alone(write) for write in batch]
            return [_Outcome(write.future, result, None) for write, result in zip(batch, results, strict=True)]
        return [self._alone(write) for write in batch]

    def _alone(self, write: _Write) -> _Outcome:
        try:
            [result] = self._transact([write.body])
        except SQLITE_FAILURES as error:
            return _Outcome(write.future, None, store_error(error))
        except BaseException as error:  # noqa: BLE001  # whatever it is, the caller gets it
            return _Outcome(write.future, None, error)
        return _Outcome(write.future, result, None)

    def _tell(self, call: asyncio.Future[list[_Outcome]]) -> None:
        try:
            for outcome in call.result():
                set_outcome(*outcome)
            self._call()  # for what was more than one transaction takes
        except StoreError:  # the crew has stopped
            while self._waiting:
                set_outcome(self._waiting.popleft().future, None, StoreError(reason=CLOSED))
