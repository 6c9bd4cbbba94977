"""The window's asyncio loop: Qt's own, made awaitable by qasync.

No other file names qasync. Only short things run here: commands that await the desk thread, and dialogs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

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
        return int(loop.run_until_complete(main()))


def _report(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    log.error("Unhandled on the window's loop: %s", context.get("message"), exc_info=context.get("exception"))
