"""For how long everything automatic is paused: the menu beside the pause's button, and on its bar."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.words import clock_time

SPANS = (timedelta(minutes=15), timedelta(hours=1))


class PauseMenu(QMenu):
    """Offers an end by time, or none.

    Signals:
        chosen: the aware time at which automatic replies go on, None for not by themselves.
    """

    chosen = Signal(object)

    def __init__(self, now: datetime, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Pause for how long"))
        for span in SPANS:
            minutes, until = span // timedelta(minutes=1), now + span
            words = tr("For {n} minutes, until {time}", n=minutes, time=clock_time(until))
            if minutes >= 60:
                words = tr("For 1 hour, until {time}", time=clock_time(until))
            self.addAction(words).setData(until)
        self.addSeparator()
        self.addAction(tr("Until I resume")).setData(None)
        self.triggered.connect(self._choose)
        self.aboutToHide.connect(self.deleteLater)

    def open_at(self, button: QWidget, *, above: bool) -> None:
        """Appear at a button; returns at once."""
        height = self.sizeHint().height()
        self.popup(button.mapToGlobal(QPoint(0, -height - 4 if above else button.height() + 4)))

    def _choose(self, action: QAction) -> None:
        self.chosen.emit(action.data())
