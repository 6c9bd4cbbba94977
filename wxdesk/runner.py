"""Runs a desk: on its own thread beside a window, or alone until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import signal

from wxdesk.app import Setup, open_desk
from wxdesk.desk.desk import Desk
from wxdesk.threads import LoopThread

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""Seconds that stopping a desk may take, whatever is in progress."""


class DeskThread(LoopThread):
    """A desk on its own thread, for a program whose main thread shows a window.

    Everything in `opened` except `desk` may be touched only on the thread's own loop.
    """

    def __init__(self, setup: Setup) -> None:
        super().__init__("desk")
        try:
            self.opened = self.call(open_desk(setup))
        except BaseException:
            super().stop()
            raise

    @property
    def desk(self) -> Desk:
        """The parts that operators use."""
        return self.opened.desk

    @property
    def url(self) -> str:
        """The listener's URL."""
        return self.opened.url

    def stop(self) -> bool:
        """Stop the desk, then the loop; False if it took too long and work was cut off."""
        try:
            self.call(self.opened.stop(), STOP_SECONDS)
        except TimeoutError:
            log.error("The desk did not stop in %s s", STOP_SECONDS)
            return False
        return super().stop()


async def serve(setup: Setup) -> None:
    """Run a desk without a window until a signal; print a line when it listens."""
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
