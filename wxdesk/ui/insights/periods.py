"""Periods of the insights page, in whole days up to now."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

from wxdesk.core.model.statistics import TimeSpan
from wxdesk.ui.wording.days import Days


class Period(IntEnum):
    """A number of days that ends today."""

    TODAY = 1
    WEEK = 7
    MONTH = 30


def span_of(period: Period, now: datetime, days: Days) -> TimeSpan:
    """Return the span from midnight of the period's first day until `now`."""
    return TimeSpan(days.midnight(now, before=period - 1), now)


def before(period: Period, span: TimeSpan) -> TimeSpan:
    """Return the same span one period earlier, for comparison."""
    return span.earlier(timedelta(days=period))
