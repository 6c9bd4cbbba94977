"""A question to the desk whose first answer comes late."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

from tests.conftest import PATIENCE_MS


class FirstAnswerHeld[T]:
    """Asks `read`, and gives the first answer only after `give`, the later ones at once.

    `asked` has what each question was about.
    """

    def __init__(self, read: Callable[..., Awaitable[T]], loop: asyncio.AbstractEventLoop) -> None:
        self._read = read
        self._loop = loop
        self.asked: list[tuple[object, ...]] = []
        self._is_read = threading.Event()
        self._given = asyncio.Event()

    async def __call__(self, *about: object) -> T:
        first = not self.asked
        self.asked.append(about)
        answer = await self._read(*about)
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
