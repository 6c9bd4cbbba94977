"""A question to the desk whose first answer comes late."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from itertools import count

from tests.conftest import PATIENCE_MS


class FirstAnswerHeld[T]:
    """Asks `read`, and gives the first answer only after `give`, the later ones at once."""

    def __init__(self, read: Callable[[], Awaitable[T]], loop: asyncio.AbstractEventLoop) -> None:
        self._read = read
        self._loop = loop
        self._asked = count()
        self._is_read = threading.Event()
        self._given = asyncio.Event()

    async def __call__(self) -> T:
        first, answer = next(self._asked) == 0, await self._read()
        self._is_read.set()
        if first:
            await self._given.wait()
        return answer

    def wait_until_read(self) -> None:
        """Wait until the first answer is known."""
        assert self._is_read.wait(PATIENCE_MS / 1000)

    def give(self) -> None:
        """Let the first answer go."""
        self._loop.call_soon_threadsafe(self._given.set)
