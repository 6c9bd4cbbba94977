"""A desk at work: on a thread of its own beside a window, or alone until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import signal
from collections.abc import Coroutine
from typing import Any

from wxdesk.app import Setup, open_desk
from wxdesk.desk.desk import Desk
from wxdesk.threads import LoopThread

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""What a stop may take, whatever is under way."""


class DeskThread:
    """A desk on a thread of its own, for a program whose main thread shows a window.

    `opened` is all of it; but for what `desk` offers it is to be touched on its own loop only.
    """

    def __init__(self, setup: Setup) -> None:
        self._thread = LoopThread("desk")
        try:
            self.opened = self._thread.call(open_desk(setup))
        except BaseException:
            self._thread.stop()
            raise

    @property
    def desk(self) -> Desk:
        """The parts that people use."""
        return self.opened.desk

    @property
    def url(self) -> str:
        """Where the listener is."""
        return self.opened.url

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop on which the desk's coroutines must run."""
        return self._thread.loop

    def call[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine of the desk and wait for it; for tests and scripts, never from the window."""
        return self._thread.call(work)

    def stop(self) -> bool:
        """Stop the desk; False if that took longer than it may, and something was cut off."""
        try:
            self._thread.call(self.opened.stop(), STOP_SECONDS)
        except TimeoutError:
            log.error("The desk did not stop in %s s", STOP_SECONDS)
            return False
        return self._thread.stop()


async def serve(setup: Setup) -> None:
    """Run a desk without a window until SIGTERM or Ctrl+C; says on stdout when it listens."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl+C arrives as KeyboardInterrupt instead
            loop.add_signal_handler(number, stopping.set)
    opened = await open_desk(setup)
    # What is there now stays until the end. Looked through again and again, it would cost a push its tenth of a second.
    gc.collect()
    gc.freeze()
    try:
        print(json.dumps({"event": "listening", "url": opened.url}), flush=True)  # noqa: T201 - what others script against
        await stopping.wait()
    finally:
        gc.unfreeze()
        await opened.stop()
