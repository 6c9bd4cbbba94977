"""Runs a desk: on its own thread beside a window, or alone until told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import signal
import sys
from collections.abc import Callable

from wxdesk.app import open_desk
from wxdesk.core.events import ConfigurationChanged, Event
from wxdesk.desk.desk import Desk
from wxdesk.desk.settings.configuration import Setup, describe_changes
from wxdesk.threads import LoopThread
from wxdesk.tunnel.connection import Surroundings

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""Seconds that stopping a desk may take, whatever is in progress."""


def _on_signal(act: Callable[[], None], *names: str) -> None:
    """Call `act` on the running loop at these signals, where the system has them."""
    for name in names:
        # Windows: Ctrl+C arrives as KeyboardInterrupt instead, and there is no SIGHUP.
        with contextlib.suppress(NotImplementedError, AttributeError):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), act)


def _report_changes(event: Event) -> None:
    if isinstance(event, ConfigurationChanged):
        print(f"wxdesk: {describe_changes(event)}", file=sys.stderr, flush=True)  # noqa: T201 - for who sent SIGHUP


class DeskThread(LoopThread):
    """A desk on its own thread, for a program whose main thread shows a window.

    Everything in `opened` except `desk` may be touched only on the thread's own loop.
    """

    def __init__(self, setup: Setup, surroundings: Surroundings | None = None) -> None:
        super().__init__("desk")
        try:
            self.opened = self.call(open_desk(setup, surroundings))
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

    def read_again(self) -> None:
        """Let the desk read its configuration again soon; may be called from any thread."""
        self.loop.call_soon_threadsafe(self.desk.configuration.look_again)

    def stop(self) -> bool:
        """Stop the desk, then the loop; False if it took too long and work was cut off."""
        try:
            self.call(self.opened.stop(), STOP_SECONDS)
        except TimeoutError:
            log.error("The desk did not stop in %s s", STOP_SECONDS)
            return False
        return super().stop()


async def serve(setup: Setup) -> None:
    """Run a desk without a window until a signal; print a line when it listens.

    SIGHUP lets it read its configuration again.
    """
    stopping = asyncio.Event()
    _on_signal(stopping.set, "SIGTERM", "SIGINT")
    _on_signal(lambda: None, "SIGHUP")  # until it is open, it has just been read
    opened = await open_desk(setup)
    _on_signal(opened.desk.configuration.look_again, "SIGHUP")
    opened.desk.bus.subscribe(_report_changes, ConfigurationChanged)
    # What is there now stays until the end. Looked through again and again, it would cost a push its tenth of a second.
    gc.collect()
    gc.freeze()
    try:
        print(json.dumps({"event": "listening", "url": opened.url}), flush=True)  # noqa: T201 - what others script against
        await stopping.wait()
    finally:
        gc.unfreeze()
        await opened.stop()
