"""Menu of pause lengths, at the pause button and on the pause bar."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.wording.days import dated_time
from wxdesk.ui.wording.messages import clock_time

SPANS = (timedelta(minutes=15), timedelta(hours=1))


class PauseMenu(QMenu):
    """Offers ends of a pause by time, or none; the end of a running one is marked.

    `paused`: there is one, until `until` if that is set.

    Signals:
        chosen: the aware time at which automatic replies resume, None for not by themselves.
    """

    chosen = Signal(object)

    def __init__(self, now: datetime, parent: QWidget, *, paused: bool = False, until: datetime | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Pause for how long"))
        self._present = QActionGroup(self)
        shown = [clock_time(now + span) for span in SPANS]
        if paused and until is not None and clock_time(until) not in shown:
            self._offer(tr("Until {time}, as now", time=dated_time(until, now)), until, present=True)
        for span in SPANS:
            minutes, end = span // timedelta(minutes=1), now + span
            words = tr("For {n} minutes, until {time}", n=minutes, time=clock_time(end))
            if minutes >= 60:
                words = tr("For 1 hour, until {time}", time=clock_time(end))
            self._offer(words, end, present=until is not None and clock_time(until) == clock_time(end))
        self.addSeparator()
        self._offer(tr("Until I resume"), None, present=paused and until is None)
        self.triggered.connect(self._choose)
        self.aboutToHide.connect(self.deleteLater)

    def open_at(self, button: QWidget, *, above: bool) -> None:
        """Open at a button; returns at once."""
        height = self.sizeHint().height()
        self.popup(button.mapToGlobal(QPoint(0, -height - 4 if above else button.height() + 4)))

    def _offer(self, words: str, until: datetime | None, *, present: bool) -> None:
        action = self.addAction(words)
        action.setData(until)
        action.setCheckable(present)
        action.setChecked(present)
        self._present.addAction(action)

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(action.data())
