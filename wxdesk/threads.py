"""Thread with its own asyncio loop, as the desk has beside the window."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any


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
        """Stop the loop and all its tasks; False if the thread did not end in a second."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(1.0)
        return not self._thread.is_alive()

    def _main(self) -> None:
        with asyncio.Runner() as runner:
            self.loop = runner.get_loop()
            asyncio.set_event_loop(self.loop)
            self.loop.call_soon(self._started.set)
            self.loop.run_forever()
