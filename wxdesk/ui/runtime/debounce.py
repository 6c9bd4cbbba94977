"""A timer that calls a slot once, some time after the last of several changes."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

PAUSE_MS = 150
"""Milliseconds without another key press after which typed text is looked at."""


class Debounce(QTimer):
    """Calls `slot` once `ms` after the last `start`, or after the first `gather`."""

    def __init__(self, slot: Callable[[], object], parent: QObject, ms: int = PAUSE_MS) -> None:
        super().__init__(parent, singleShot=True, interval=ms)
        self.timeout.connect(slot)

    def gather(self) -> None:
        """Start unless running, so that constant changes cannot put it off forever."""
        if not self.isActive():
            self.start()
