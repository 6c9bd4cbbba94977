"""Times in which messages may have been missed, in words."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, Signal

from wxdesk.core.events import ReachabilityChanged
from wxdesk.core.model.statistics import TimeSpan
from wxdesk.core.setup.reach import Gap, Outage
from wxdesk.i18n import tr
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.wording.times import clock_time, dated_time, span_text

MOST_LISTED = 3
"""Outages that are told with their times; of more, number and length."""


class KnownOutages(QObject):
    """Keeper of the desk's outages, read again after each change.

    Signals:
        changed: `all` has others.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self.all: tuple[Outage, ...] = ()
        self._refresher = Refresher(bridge, bridge.desk.reachability.outages, self._read, self)
        bridge.follow(self, self._refresher.ask, ReachabilityChanged)
        self._refresher.ask()

    def _read(self, outages: tuple[Outage, ...]) -> None:
        if outages != self.all:
            self.all = outages
            self.changed.emit()


def gap_text(gap: Gap, now: datetime) -> str:
    """Tell that messages may be missing: when, and how long if it was more than once."""
    if gap.ended is None:
        return tr("Not reachable since {began}: messages may be missing", began=dated_time(gap.began, now))
    span = _span_text(gap.began, gap.ended, now)
    if gap.count == 1:
        return tr("{span} not reachable: messages may be missing", span=span)
    several = "{span} not reachable {n} times, {total} altogether: messages may be missing"
    return tr(several, span=span, n=gap.count, total=span_text(gap.total))


def outages_text(outages: Iterable[Outage], span: TimeSpan, now: datetime) -> str:
    """Tell when messages may be missing within a span of time; empty for never."""
    cut = [(max(one.began, span.since), min(one.ended or now, span.until)) for one in outages if one.counts]
    times = [(began, ended) for began, ended in cut if began < ended]
    if not times:
        return ""
    if len(times) <= MOST_LISTED:
        listed = " · ".join(_span_text(began, ended, now) for began, ended in times)
        return tr("{span} not reachable: messages may be missing", span=listed)
    total = sum((ended - began for began, ended in times), timedelta())
    several = "Not reachable {n} times, {total} altogether: messages may be missing"
    return tr(several, n=len(times), total=span_text(total))


def _span_text(began: datetime, ended: datetime, now: datetime) -> str:
    """Return two times of day, with their dates where these differ or are not today's."""
    if began.astimezone().date() == ended.astimezone().date():
        return f"{dated_time(began, now)}–{clock_time(ended)}"
    return f"{dated_time(began, now)} – {dated_time(ended, now)}"
