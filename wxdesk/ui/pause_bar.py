"""The bar that nobody can overlook while automatic replies are paused."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr
from wxdesk.ui.pause_menu import PauseMenu
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.icon_label import IconLabel
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.words import DAY, clock_time, date_word


class PauseBar(QFrame):
    """Amber, across the whole window, above everything.

    Signals:
        resume_wanted: the operator pressed Resume.
        until_wanted: when automatic replies shall go on, an aware time, or None for not by themselves.
    """

    resume_wanted = Signal()
    until_wanted = Signal(object)

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._until: datetime | None = None
        self._count = 0
        self.setProperty("class", "bar-pending")
        self.setFixedHeight(44)
        self.title = PlainLabel(size=Size.MESSAGE, role="pending", strong=True, tabular=True, parent=self)
        self.details = PlainLabel(role="pending", elide=True, tabular=True, parent=self)
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
        """Say since when everything is paused, and when it goes on by itself."""
        self._until = until
        self.title.setText(
            tr("Automatic replies are paused since {time}", time=moment_word(since, self._clock()))
            if since is not None
            else tr("Automatic replies are paused")
        )
        words = tr("Resumes at {time}", time=moment_word(until, self._clock())) if until else tr("Until I resume")
        self.change.setText(words)
        self.change.setAccessibleName(tr("{words}. Change it", words=words))
        self.change.setToolTip(tr("Let automatic replies go on by themselves…"))
        self._tell()

    def show_waiting(self, count: int) -> None:
        """Say how many replies the pause keeps back."""
        self._count = count
        self._tell()

    def _tell(self) -> None:
        waiting = ntr("{n} reply waits", "{n} replies wait", self._count) if self._count else tr("Nothing waits yet")
        self.details.setText(tr("{waiting} · what you write yourself is sent", waiting=waiting))

    def _choose(self) -> None:
        menu = PauseMenu(self._clock(), self)
        menu.chosen.connect(self.until_wanted)
        menu.open_at(self.change, above=False)


def moment_word(at: datetime, now: datetime) -> str:
    """A time of today, or with its date where it is another day's."""
    local, today = at.astimezone().date(), now.astimezone().date()
    if local == today:
        return clock_time(at)
    return f"{date_word(local, with_year=abs(local - today) > 180 * DAY)} {clock_time(at)}"
