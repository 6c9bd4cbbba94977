"""The page's one timer, which runs only while a figure on the screen counts.

Countdowns, waiting times and the reply window repaint on the same beat, so that they never disagree.
"""

from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from wxdesk.desk.ports import Clock


class Pace(IntEnum):
    """Milliseconds between two beats."""

    STILL = 0
    MINUTES = 15_000
    SECONDS = 1_000
    BAR = 100


class Ticker(QObject):
    """Beats while it is needed.

    Signals:
        ticked: the time now, aware and in UTC.
    """

    ticked = Signal(object)

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.beat)

    def now(self) -> datetime:
        """Return the desk's time."""
        return self._clock()

    def set_pace(self, pace: Pace) -> None:
        """Beat at this pace; do not restart a timer that does."""
        if pace is Pace.STILL:
            self._timer.stop()
        elif not self.running or self._timer.interval() != pace:
            self._timer.start(int(pace))

    @property
    def running(self) -> bool:
        """True while the timer runs."""
        return self._timer.isActive()

    def beat(self) -> None:
        """Emit the time; also called after a change."""
        self.ticked.emit(self._clock())
