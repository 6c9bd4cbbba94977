"""Desktop notices by the system's service, else by the tray icon with its menu."""

import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from wxdesk.i18n import ntr, tr
from wxdesk.threads import LoopThread
from wxdesk.ui.look.icons import icon, program_icon
from wxdesk.ui.look.theme import color_of, font
from wxdesk.ui.notifications.notice import DesktopNotice, NoticeAction, Notifier, OnNoticeAction
from wxdesk.ui.notifications.service import NoticeService
from wxdesk.ui.runtime.display import ACTIVATION_TOKEN
from wxdesk.ui.widgets.painting import painting

CLOSE_SECONDS = 0.5
"""Seconds for which the program's end waits for the notices to be withdrawn."""


class DesktopNotices(QObject):
    """Implements `Notifier` on a thread that starts with the first notice.

    So the window does not wait for it. `icon` makes the picture beside a notice and returns its file.
    """

    _pressed = Signal(object, object)
    _refused = Signal(object)

    def __init__(self, icon: Callable[[], Path], otherwise: Notifier, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon = icon
        self._otherwise = otherwise
        self._service = NoticeService(self._pressed.emit, self._refused.emit)
        self._thread: LoopThread | None = None
        self._shown: dict[str, DesktopNotice] = {}
        self.answered: OnNoticeAction = lambda _, __: None
        otherwise.answered = lambda notice, answer: self.answered(notice, answer)
        self._pressed.connect(self._on_press, Qt.ConnectionType.QueuedConnection)
        self._refused.connect(self._fall_back, Qt.ConnectionType.QueuedConnection)

    def show(self, notice: DesktopNotice) -> None:
        """Show a notice; it appears a moment later."""
        if self._thread is None:
            self._thread = LoopThread("notices")
        self._shown[notice.key] = notice
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

    def _on_press(self, notice: DesktopNotice, answer: NoticeAction) -> None:
        if self._shown.pop(notice.key, None) == notice:
            os.environ[ACTIVATION_TOKEN] = self._service.token
            self.answered(notice, answer)

    def _fall_back(self, notice: DesktopNotice) -> None:
        if self._shown.get(notice.key) == notice:  # else it is over already
            self._otherwise.show(notice)


SIDE = 64
MOST = 99


class Tray(QObject):
    """Shown where the system has a place for it; a press on it opens the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._message: DesktopNotice | None = None
        self.answered: OnNoticeAction = lambda _, __: None
        self.icon = QSystemTrayIcon(self)
        self.menu = QMenu(window)
        self.open = self.menu.addAction(tr("Open wxdesk"))
        self.pause = self.menu.addAction("")
        self.silence = self.menu.addAction(tr("Silence"))
        self.menu.addSeparator()
        self.quit = self.menu.addAction(tr("Quit"))
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        self.icon.messageClicked.connect(self._pressed)
        self.show_state("accent", "", 0)
        self.silence.setEnabled(False)

    def appear(self) -> None:
        """Show the icon, on Linux also in a tray that comes after the window, as at login."""
        if QSystemTrayIcon.isSystemTrayAvailable() or QGuiApplication.platformName() in ("xcb", "wayland"):
            self.icon.show()

    def show_state(self, role: str, said: str, calling: int, *, paused: bool = False) -> None:
        """Show what the lamp says, the pause, and how many conversations call."""
        self.pause.setText(tr("Resume automatic replies") if paused else tr("Pause automatic replies"))
        picture = "warning" if role == "failed" else "pause" if paused else "inbox"
        role, pausing = ("pending" if picture == "pause" else role), (tr("paused") if paused else "")
        calls = ntr("{n} conversation calls for you", "{n} conversations call for you", calling) if calling else ""
        tip = " · ".join(filter(None, ("wxdesk", calls, pausing, said)))  # Windows cuts off what is long
        if tip != self.icon.toolTip():
            self.icon.setToolTip(tip)
            self.icon.setIcon(_icon(picture, role, calling))

    def show(self, notice: DesktopNotice) -> None:
        """Implement `Notifier` with the tray's message, which has no buttons."""
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._message = notice
            self.icon.showMessage(notice.title, notice.body, self.icon.icon())

    def withdraw(self, key: str) -> None:
        """Do nothing: such a message goes away by itself, and a late press still works."""

    def stop(self) -> None:
        """Forget the last message, so that a press on it does nothing."""
        self._message = None

    def _pressed(self) -> None:
        if self._message is not None:
            self.answered(self._message, NoticeAction.OPEN)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.open.trigger()


def _icon(name: str, role: str, calling: int) -> QIcon:
    # The system's panel may be light or dark, whatever the window is: the program's own icon is seen on both.
    picture = (program_icon() if role == "accent" else icon(name, role, SIDE)).pixmap(SIDE)
    if not calling:
        return QIcon(picture)
    ratio = picture.devicePixelRatio()
    side = picture.width() / ratio
    badge = QRectF(side * 0.4, side * 0.4, side * 0.6, side * 0.6)
    with painting(picture) as painter:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color_of("failed"))
        painter.drawEllipse(badge)
        face = font(14, strong=True)
        face.setPixelSize(int(badge.height() * (0.7 if calling < 10 else 0.5)))
        painter.setFont(face)
        painter.setPen(color_of("on_accent"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(min(calling, MOST)))
    return QIcon(picture)
