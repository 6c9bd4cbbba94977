"""Window settings kept between starts in HOME/window.ini: geometry, look, set-up."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtWidgets import QWidget

FILE = "window.ini"

PANES = ("list", "details")

TITLE_BAR = 40
"""Height left to the system's frame, which is not known before there is one."""


def fit_to_screen(window: QWidget) -> None:
    """Maximize a window that would reach beyond its screen, as the first may."""
    room = window.screen().availableGeometry().size() - QSize(0, TITLE_BAR)
    window.setMinimumSize(window.minimumSize().boundedTo(room))  # a small screen that is scaled has few pixels
    if not window.windowState() and (fitting := window.size().boundedTo(room)) != window.size():
        window.resize(fitting)  # once it is not maximized any more
        window.setWindowState(Qt.WindowState.WindowMaximized)  # Windows places it anywhere, so also beyond an edge


class WindowMemory:
    """Choices made in the window, by name; losing them costs nothing else.

    With the name of an `operator`, it is the part that is their own on this machine.
    """

    def __init__(self, home: Path, operator: str = "") -> None:
        self._file = QSettings(str(home / FILE), QSettings.Format.IniFormat)
        if operator:
            self._file.beginGroup(f"operators/{operator}")

    def word(self, name: str) -> str:
        """Return what is kept under a name; empty if nothing is."""
        return str(self._file.value(name, ""))

    def number(self, name: str) -> int:
        """Return the number that is kept under a name; 0 if none is."""
        stored = self.word(name)
        return int(stored) if stored.isdecimal() else 0

    def keep(self, chosen: Mapping[str, str | float]) -> None:
        """Keep what was chosen, by name."""
        for name, value in chosen.items():
            self._file.setValue(name, value)
        self._file.sync()

    def restore(self, window: QWidget) -> bool:
        """Restore the window's geometry; return False if none was stored."""
        stored = self._file.value("geometry")
        return isinstance(stored, QByteArray) and window.restoreGeometry(stored)

    @property
    def panes(self) -> tuple[int, int]:
        """Widths of the inbox's list and details as they were left; 0 if never."""
        first, last = (self.number(f"panes/{name}") for name in PANES)
        return first, last

    def moment(self, name: str) -> datetime | None:
        """Return the time that is kept under a name; None if none is."""
        with suppress(ValueError, OverflowError):
            return datetime.fromtimestamp(float(self.word(name)), UTC)
        return None

    def keep_geometry(self, window: QWidget, panes: tuple[int, int]) -> None:
        """Remember where a window is, and how wide its panes are."""
        self._file.setValue("geometry", window.saveGeometry())
        self.keep({f"panes/{name}": width for name, width in zip(PANES, panes, strict=True)})

    def keep_place(self, page: str, conversation_id: int | None, view: str, now: datetime) -> None:
        """Remember what a window and its list show, and when it was open."""
        left_at = now.timestamp()
        self.keep({"page": page, "conversation": conversation_id or 0, "view": view, "left_at": left_at})
