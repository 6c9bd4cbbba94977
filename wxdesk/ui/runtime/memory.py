"""Window settings kept between starts in HOME/window.ini: geometry, look, set-up."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget

from wxdesk.ui.look.appearance import Look

FILE = "window.ini"

PANES = ("list", "details")


class WindowMemory:
    """Stored geometry, look and set-up step; losing them costs nothing else."""

    def __init__(self, home: Path) -> None:
        self._file = QSettings(str(home / FILE), QSettings.Format.IniFormat)

    @property
    def look(self) -> Look:
        """The look that was chosen last; the system's if none was."""
        stored = str(self._file.value("look", Look.SYSTEM.value))
        return Look(stored) if stored in set(Look) else Look.SYSTEM

    def keep_look(self, look: Look) -> None:
        """Remember the chosen look."""
        self._file.setValue("look", look.value)

    def keep_language(self, language: str) -> None:
        """Remember the chosen language."""
        self._file.setValue("language", language)
        self._file.sync()

    @property
    def message_size(self) -> int:
        """The size of messages that was chosen last; 0 if none was."""
        stored = str(self._file.value("message_size", ""))
        return int(stored) if stored.isdecimal() else 0

    def keep_message_size(self, size: int) -> None:
        """Remember the size of messages."""
        self._file.setValue("message_size", size)

    @property
    def setup_place(self) -> tuple[str, str]:
        """The account and the step at which the guided set-up was left; empty if never."""
        return str(self._file.value("setup/account", "")), str(self._file.value("setup/step", ""))

    def keep_setup_place(self, account: str, step: str) -> None:
        """Remember where the guided set-up is."""
        self._file.setValue("setup/account", account)
        self._file.setValue("setup/step", step)

    def restore(self, window: QWidget) -> bool:
        """Restore the window's geometry; return False if none was stored."""
        stored = self._file.value("geometry")
        return isinstance(stored, QByteArray) and window.restoreGeometry(stored)

    @property
    def panes(self) -> tuple[int, int]:
        """Widths of the inbox's list and details as they were left; 0 if never."""
        stored = [str(self._file.value(f"panes/{name}", "")) for name in PANES]
        first, last = (int(width) if width.isdecimal() else 0 for width in stored)
        return first, last

    def keep_place(self, window: QWidget, panes: tuple[int, int]) -> None:
        """Remember the window's geometry and the widths of its panes."""
        self._file.setValue("geometry", window.saveGeometry())
        for name, width in zip(PANES, panes, strict=True):
            self._file.setValue(f"panes/{name}", width)
        self._file.sync()
