"""Timers that call a slot: once after several changes, or while a widget is seen."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

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


class VisibleTick(QTimer):
    """Calls `slot` every second while a widget is visible."""

    def __init__(self, widget: QWidget, slot: Callable[[], object]) -> None:
        super().__init__(widget, interval=1000)
        self.timeout.connect(slot)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show:
            self.start()
        elif event.type() is QEvent.Type.Hide:
            self.stop()
        return super().eventFilter(watched, event)
