"""The spans one can look at, in whole local days up to now."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import IntEnum

from wxdesk.core.statistics import Span


class Period(IntEnum):
    """A number of days that ends today."""

    TODAY = 1
    WEEK = 7
    MONTH = 30


def span_of(period: Period, now: datetime) -> Span:
    """From the first of its days' midnight on this machine's clock until `now`."""
    first = now.astimezone().date() - timedelta(days=period - 1)
    return Span(datetime.combine(first, time.min).astimezone(UTC), now)


def before(period: Period, span: Span) -> Span:
    """The same stretch one period earlier, to compare with."""
    return span.earlier(timedelta(days=period))
