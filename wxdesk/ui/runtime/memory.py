"""What the window remembers from one start to the next: its place and its look, in HOME/window.ini."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

from wxdesk.ui.look.appearance import Look

FILE = "window.ini"


class Memory:
    """A few values in a file of their own; losing it costs nothing but the window's place."""

    def __init__(self, home: Path) -> None:
        self._file = QSettings(str(home / FILE), QSettings.Format.IniFormat)

    @property
    def look(self) -> Look:
        """The look that was chosen last; the system's if none was."""
        stored = str(self._file.value("look", Look.SYSTEM.value))
        return Look(stored) if stored in set(Look) else Look.SYSTEM

    def keep_look(self, look: Look) -> None:
        """Remember a choice."""
        self._file.setValue("look", look.value)

    def restore(self, window: QWidget) -> bool:
        """Put the window where it was; False if there is nothing to go by."""
        stored = self._file.value("geometry")
        return isinstance(stored, QByteArray) and window.restoreGeometry(stored)

    def keep_place(self, window: QWidget) -> None:
        """Remember where the window is."""
        self._file.setValue("geometry", window.saveGeometry())
        self._file.sync()
