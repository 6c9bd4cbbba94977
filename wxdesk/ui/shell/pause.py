"""Pause of all automatic replies: its menu, its bar, and the commands."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core.conversations.listing import InboxCounts
from wxdesk.desk.health import HealthState
from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import Frame, hbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.fitting_label import FittingLabel
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel
from wxdesk.ui.widgets.menu_button import MenuChoice, offer_above
from wxdesk.ui.wording.times import clock_time, dated_time

SPANS = (timedelta(minutes=15), timedelta(hours=1))


_AROUND = 14 + 8 + 16 + 3 * 10 + 4
"""Pixels taken by margins, icon and gaps."""


class PauseBar(Frame):
    """Amber line at the foot, beside the button that resumes."""

    def __init__(self, clock: Clock, parent: QWidget) -> None:
        super().__init__("bar-pending", parent)
        self._clock = clock
        self._count = 0
        self._titles = ("", "")
        self._end = ""
        self.title = PlainLabel(role="pending", strong=True, tabular=True, parent=self)
        self.details = FittingLabel(role="pending", elide=True, tabular=True, parent=self)
        self.change = Button(icon="clock", parent=self)
        self.change.setProperty("class", "small")
        icon = IconLabel("pause", "pending", 16, self)
        hbox(icon, self.title, (self.details, 1), self.change, within=self, spacing=10, margins=(14, 1, 8, 1))
        self.show_pause(None, None)
        self.hide()

    def show_pause(self, since: datetime | None, until: datetime | None) -> None:
        """Show the start of the pause, and the time at which it ends by itself."""
        self._titles = _titles(since, self._clock())
        self._end = tr("Resumes at {time}", time=dated_time(until, self._clock())) if until else tr("Until I resume")
        self.change.setAccessibleName(tr("{words}. Change it", words=self._end))
        self.change.setToolTip(tr("Let automatic replies go on by themselves…"))
        self._show_details()

    def show_counts(self, counts: InboxCounts) -> None:
        """Show the number of replies that the pause holds."""
        if counts.automatic != self._count:
            self._count = counts.automatic
            self._show_details()

    def _waiting_text(self) -> str:
        return ntr("{n} reply waits", "{n} replies wait", self._count) if self._count else tr("Nothing waits yet")

    def _show_details(self) -> None:
        waiting = self._waiting_text()
        self.details.show_wordings(
            [tr("{waiting} · what you write yourself is sent", waiting=waiting), waiting], cut_last=True
        )
        self._make_room()

    def _make_room(self) -> None:
        """Shorten the title, then leave out the end, before the details are cut."""
        self.change.setText(self._end)
        words, details = self.title.fontMetrics().horizontalAdvance, self.details.fontMetrics().horizontalAdvance
        room = self.width() - self.change.sizeHint().width() - _AROUND
        whole, short = (words(title) for title in self._titles)
        self.title.setText(self._titles[0] if whole + details(self.details.full_text()) <= room else self._titles[1])
        if short + details(self._waiting_text()) > room:
            self.change.setText("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()


def _titles(since: datetime | None, now: datetime) -> tuple[str, str]:
    if since is None:
        return tr("Automatic replies are paused"), tr("Paused")
    time = dated_time(since, now)
    return tr("Automatic replies are paused since {time}", time=time), tr("Paused since {time}", time=time)


class PauseControl:
    """Pauses and resumes; `resuming` since the operator has said so."""

    def __init__(self, bridge: Bridge) -> None:
        self._bridge = bridge
        self.resuming = False

    @property
    def paused(self) -> bool:
        """True while all automatic replies are paused."""
        return self._bridge.desk.health.state.paused

    def toggle(self) -> None:
        """Pause all automatic replies, or resume them."""
        if self.paused:
            self.resume()
        else:
            self.pause(None)

    def pause(self, until: datetime | None) -> None:
        """Pause until then, or until resumed; changes the end of a running pause."""
        self._bridge.ask(self._bridge.desk.outbox.pause(until))

    def choose_end(self, button: QWidget) -> None:
        """Open a menu of ends above a button; that of a running pause is marked."""
        desk = self._bridge.desk
        offer_above(button, tr("Pause for how long"), _ends(desk.health.state, desk.clock()), self.pause)

    def resume(self) -> None:
        """Resume automatic replies."""
        self.resuming = True
        self._bridge.ask(self._bridge.desk.outbox.resume(), failed=self._not_resumed)

    def _not_resumed(self, error: Exception) -> None:
        self.resuming = False
        self._bridge.failed.emit(error)


def _ends(state: HealthState, now: datetime) -> Iterator[MenuChoice | None]:
    until = state.paused_until
    shown = [clock_time(now + span) for span in SPANS]
    if state.paused and until is not None and clock_time(until) not in shown:
        yield tr("Until {time}, as now", time=dated_time(until, now)), until, True
    for span, time in zip(SPANS, shown, strict=True):
        words = tr("For {n} minutes, until {time}", n=span // timedelta(minutes=1), time=time)
        if span >= timedelta(hours=1):
            words = tr("For 1 hour, until {time}", time=time)
        yield words, now + span, True if until is not None and clock_time(until) == time else None
    yield None
    yield tr("Until I resume"), None, True if state.paused and until is None else None
