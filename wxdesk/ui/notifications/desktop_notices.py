"""Desktop notices by the system's service, with a fallback where there is none."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from wxdesk.threads import LoopThread
from wxdesk.ui.notifications.notice import DesktopNotice, NoticeAction, Notifier, OnNoticeAction
from wxdesk.ui.notifications.service import NoticeService

CLOSE_SECONDS = 0.5
"""Seconds for which the program's end waits for the notices to be withdrawn."""


class DesktopNotices(QObject):
    """Implements `Notifier` on a thread that starts with the first notice.

    So the window does not wait for it. `icon` makes the picture beside a notice and returns its file.
    """

    _answered = Signal(object, object)
    _refused = Signal(object)

    def __init__(self, icon: Callable[[], Path], otherwise: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._otherwise = otherwise
        self._service = NoticeService(self._answered.emit, self._refused.emit)
        self._thread: LoopThread | None = None
        self._shown: dict[str, tuple[DesktopNotice, OnNoticeAction]] = {}
        self._answered.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._refused.connect(self._fall_back, Qt.ConnectionType.QueuedConnection)

    def show(self, notice: DesktopNotice, answered: OnNoticeAction) -> None:
        """Show a notice; it appears a moment later."""
        if self._thread is None:
            self._thread = LoopThread("notices")
        self._shown[notice.key] = (notice, answered)
        self._do(self._service.show(notice, self._icon()))

    def withdraw(self, key: str) -> None:
        """Withdraw a notice."""
        if self._shown.pop(key, None) is not None:
            self._do(self._service.withdraw(key))
            self._otherwise.withdraw(key)

    def stop(self) -> None:
        """Withdraw all notices, as far as the service is quick."""
        self._shown.clear()
        thread, self._thread = self._thread, None
        if thread is not None:
            with suppress(TimeoutError):
                thread.call(self._service.close(), CLOSE_SECONDS)
            thread.stop()
        self._otherwise.stop()

    def _do(self, work: Coroutine[None, None, None]) -> None:
        if self._thread is None:
            work.close()
        else:
            asyncio.run_coroutine_threadsafe(work, self._thread.loop)

    def _hear(self, notice: DesktopNotice, answer: NoticeAction) -> None:
        shown, answered = self._shown.pop(notice.key, (None, None))
        if answered is not None and shown == notice:
            answered(notice, answer)

    def _fall_back(self, notice: DesktopNotice) -> None:
        shown, answered = self._shown.get(notice.key, (None, None))
        if answered is not None and shown == notice:  # else it is over already
            self._otherwise.show(notice, answered)
