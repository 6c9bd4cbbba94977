"""Follows the screen lock, where the system reports it.

On Linux the desktop's screen saver reports it on the session bus: GNOME, KDE, Cinnamon, MATE and others
each by the same signal of their own interface. Windows and macOS are asked every few seconds. Without any
report, only the time without key or mouse counts.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection

from wxdesk.ui.presence.session_lock import LockQuery, lock_query

ASK_MS = 2000

TELLERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
"""Interfaces with the signal `ActiveChanged`; a desktop has one or two."""


class ScreenLock(QObject):
    """Passes on changes of the screen lock; silent where the system reports none.

    Signals:
        changed: True when the screen was locked, False when it was unlocked.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject, bus: QDBusConnection | None = None, ask: LockQuery | None = None) -> None:
        super().__init__(parent)
        self._ask = ask or lock_query()
        self._answer = False
        if self._ask is not None:
            timer = QTimer(self, interval=ASK_MS)
            timer.timeout.connect(self.look)
            timer.start()
        self._bus = bus
        if self._bus is None and sys.platform == "linux":
            self._bus = QDBusConnection.sessionBus()
        if self._bus is not None and self._bus.isConnected():
            for teller in TELLERS:
                # PySide's stubs ask for bytes here, which it connects to nothing
                self._bus.connect("", "", teller, "ActiveChanged", self, SLOT("hear(bool)"))  # type: ignore[call-overload]

    @Slot(bool)
    def hear(self, locked: bool) -> None:
        """Receive the signal of the session bus."""
        self.changed.emit(locked)

    def look(self) -> None:
        """Ask the system, if it has to be asked; no answer changes nothing."""
        answer = None if self._ask is None else self._ask()
        if answer is not None and answer is not self._answer:
            self._answer = answer
            self.changed.emit(answer)
