"""The bar that is shown while automatic replies are paused."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.shell.pause.menu import PauseMenu
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.fitting_label import FittingLabel
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel
from wxdesk.ui.wording.days import dated_time

_AROUND = 22 + 14 + 20 + 4 * 12 + 4
"""Pixels taken by margins, icon and gaps."""


class PauseBar(QFrame):
    """Amber bar across the whole window, above everything.

    Signals:
        resume_wanted: the operator pressed Resume.
        until_wanted: the aware time at which automatic replies resume, or None for not by themselves.
    """

    resume_wanted = Signal()
    until_wanted = Signal(object)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._until: datetime | None = None
        self._count = 0
        self._titles = ("", "")
        self.setProperty("class", "bar-pending")
        self.setFixedHeight(44)
        self.title = PlainLabel(size=Size.MESSAGE, role="pending", strong=True, tabular=True, parent=self)
        self.details = FittingLabel(role="pending", elide=True, tabular=True, parent=self)
        self.change = Button(icon="clock", parent=self)
        self.resume = Button(tr("Resume"), key_hint="F8", parent=self)
        self.change.clicked.connect(self._choose)
        self.resume.clicked.connect(self.resume_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(22, 0, 14, 0)
        row.setSpacing(12)
        row.addWidget(IconLabel("pause", "pending", 20, self))
        row.addWidget(self.title)
        row.addWidget(self.details, 1)
        row.addWidget(self.change)
        row.addWidget(self.resume)
        self.hide()
        self.show_pause(None, None)

    def show_pause(self, since: datetime | None, until: datetime | None) -> None:
        """Show the start of the pause, and the time at which it ends by itself."""
        self._until = until
        self._titles = _titles(since, self._clock())
        words = tr("Resumes at {time}", time=dated_time(until, self._clock())) if until else tr("Until I resume")
        self.change.setText(words)
        self.change.setAccessibleName(tr("{words}. Change it", words=words))
        self.change.setToolTip(tr("Let automatic replies go on by themselves…"))
        self._tell()

    def show_waiting(self, count: int) -> None:
        """Show the number of replies that the pause holds."""
        self._count = count
        self._tell()

    def _tell(self) -> None:
        waiting = ntr("{n} reply waits", "{n} replies wait", self._count) if self._count else tr("Nothing waits yet")
        self.details.show_wordings(
            [tr("{waiting} · what you write yourself is sent", waiting=waiting), waiting], cut_last=True
        )
        self._make_room()

    def _make_room(self) -> None:
        """Shorten the title before the details are cut."""
        beside = self.change.sizeHint().width() + self.resume.sizeHint().width() + _AROUND
        metrics = self.title.fontMetrics()
        needs = self.details.fontMetrics().horizontalAdvance(self.details.full_text()) + beside
        roomy = metrics.horizontalAdvance(self._titles[0]) + needs <= self.width()
        self.title.setText(self._titles[0] if roomy else self._titles[1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._make_room()

    def _choose(self) -> None:
        menu = PauseMenu(self._clock(), self, paused=True, until=self._until)
        menu.chosen.connect(self.until_wanted)
        menu.open_at(self.change, above=False)


def _titles(since: datetime | None, now: datetime) -> tuple[str, str]:
    """Return the title with the start of the pause, long and short."""
    if since is None:
        return tr("Automatic replies are paused"), tr("Paused")
    time = dated_time(since, now)
    return tr("Automatic replies are paused since {time}", time=time), tr("Paused since {time}", time=time)
