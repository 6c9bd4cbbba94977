"""The page's one timer, which runs only while a figure on the screen counts.

Countdowns, waiting times and the reply window repaint on the same beat, so that they never disagree.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from wxdesk.desk.ports import Clock


class Pace(IntEnum):
    """Milliseconds between two beats; the fastest that is needed counts."""

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
        self._needs: dict[str, Pace] = {}
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.beat)

    def now(self) -> datetime:
        """Return the desk's time."""
        return self._clock()

    def need(self, who: str, pace: Pace) -> None:
        """Set the pace that `who` needs; STILL for none."""
        if self._needs.get(who, Pace.STILL) is pace:
            return
        self._needs[who] = pace
        wanted = min((p for p in self._needs.values() if p), default=Pace.STILL)
        if not wanted:
            self._timer.stop()
        elif not self._timer.isActive() or self._timer.interval() != wanted:
            self._timer.start(int(wanted))

    @property
    def running(self) -> bool:
        """True while the timer runs."""
        return self._timer.isActive()

    def beat(self) -> None:
        """Emit the time; also called after a change."""
        self.ticked.emit(self._clock())
