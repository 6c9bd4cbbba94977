"""Knows from the system that the screen was locked or unlocked, where the system tells.

On Linux the desktop's screen saver says so on the session bus: GNOME, KDE, Cinnamon, MATE and others each by the same
signal of their own interface. Windows and macOS are asked every few seconds. Where nothing tells, the time without key
or mouse decides alone.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection

from wxdesk.ui.presence.session_lock import Ask, asking

ASK_MS = 2000

TELLERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
"""Interfaces whose signal `ActiveChanged` carries whether the screen is locked; a desktop has one or two of them."""


class ScreenLock(QObject):
    """Passes on what the system says when that changes; silent where it says nothing.

    Signals:
        changed: True when the screen was locked, False when it was unlocked.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject, bus: QDBusConnection | None = None, ask: Ask | None = None) -> None:
        super().__init__(parent)
        self._ask = ask or asking()
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
        """Called by the session bus."""
        self.changed.emit(locked)

    def look(self) -> None:
        """Ask the system, where it has to be asked; no answer leaves all as it was."""
        answer = None if self._ask is None else self._ask()
        if answer is not None and answer is not self._answer:
            self._answer = answer
            self.changed.emit(answer)
