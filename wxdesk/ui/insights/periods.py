"""The spans one can look at, in whole days up to now."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

from wxdesk.core.model.statistics import Span
from wxdesk.ui.wording.days import Days


class Period(IntEnum):
    """A number of days that ends today."""

    TODAY = 1
    WEEK = 7
    MONTH = 30


def span_of(period: Period, now: datetime, days: Days) -> Span:
    """From the midnight with which the first of its days begins until `now`."""
    return Span(days.midnight(now, before=period - 1), now)


def before(period: Period, span: Span) -> Span:
    """The same stretch one period earlier, to compare with."""
    return span.earlier(timedelta(days=period))
