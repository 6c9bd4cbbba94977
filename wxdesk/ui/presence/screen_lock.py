"""Hears from the system that the screen was locked or unlocked, where the system tells.

On Linux the desktop's screen saver says so on the session bus: GNOME, KDE, Cinnamon, MATE and others each by the same
signal of their own interface. Windows and macOS tell it only to programs that ask through interfaces that Qt does
not have; there, the time without key or mouse decides alone.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import SLOT, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection

TELLERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
"""Interfaces whose signal `ActiveChanged` carries whether the screen is locked; a desktop has one or two of them."""


class ScreenLock(QObject):
    """Passes on what the system says; silent where it says nothing.

    Signals:
        changed: True when the screen was locked, False when it was unlocked.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject, bus: QDBusConnection | None = None) -> None:
        super().__init__(parent)
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
