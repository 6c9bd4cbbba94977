"""The window's asyncio loop: Qt's own, made awaitable by qasync.

No other file names qasync. Only short things run here: commands that await the desk thread, and dialogs.
"""

import asyncio
import gc
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from wxdesk.threads import trim_heap

log = logging.getLogger(__name__)


def run(application: QApplication, main: Callable[[], Coroutine[Any, Any, int]]) -> int:
    """Run `main` on Qt's loop until it returns the exit code.

    The application must not quit by itself when its last window closes: a dialog may be that window.
    """
    application.setQuitOnLastWindowClosed(False)
    loop = QEventLoop(application)
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(_report)
    with loop:
        work = loop.create_task(main())
        while not work.done():
            with suppress(RuntimeError):  # Qt stops by itself once its display is gone, as at a logout
                loop.run_until_complete(work)
        return work.result()


def _report(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.error("Unhandled on the window's loop: %s", context.get("message"), exc_info=context.get("exception"))


LOOK_MS = 1000
"""Milliseconds between checks; a young collection takes well below one."""


class GarbageCollector(QObject):
    """Replaces Python's own collector until `stop`; make it on the window's thread.

    Python collects cyclic garbage on the thread that happens to trip it. On the desk's it would destroy widgets,
    which Qt does not survive. What is there when it begins, most of it imported, is never looked through: that would
    hold up the window for a tenth of a second.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.collect_if_due)
        self._timer.start()

    def collect_if_due(self) -> None:
        """Collect the oldest generation whose threshold has been passed, as Python would.

        After all but the youngest, what is free goes back to the system, at most once in ten seconds: of 100 MB of a
        heap 20 are free after an hour, in pieces all over it, and all of them would soon be in use again.
        """
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                if generation:
                    trim_heap()
                return

    def stop(self) -> None:
        """Collect the window's remains here, then turn Python's own collector on again."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        if self._was_on:
            gc.enable()
