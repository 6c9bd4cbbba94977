"""Days begin at midnight on the operator's own clock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from wxdesk.ui.insights.spans import Period, before, span_of

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone can only be set on POSIX")


@pytest.fixture(params=["Asia/Shanghai", "Europe/Berlin"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


def test_today_and_the_days_before_it_begin_at_local_midnight(zone: str) -> None:
    now = datetime(2026, 3, 30, 17, 30, tzinfo=UTC)
    today, week = {
        # 31 March 01:30 there; 25 March is six days before
        "Asia/Shanghai": (datetime(2026, 3, 30, 16, tzinfo=UTC), datetime(2026, 3, 24, 16, tzinfo=UTC)),
        # 30 March 19:30 there, one day after its clocks went forward
        "Europe/Berlin": (datetime(2026, 3, 29, 22, tzinfo=UTC), datetime(2026, 3, 23, 23, tzinfo=UTC)),
    }[zone]
    assert span_of(Period.TODAY, now).since == today
    assert span_of(Period.WEEK, now).since == week
    assert span_of(Period.MONTH, now).until == now


def test_what_it_is_compared_with_is_the_same_stretch_one_period_earlier() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    for period, days in ((Period.TODAY, 1), (Period.WEEK, 7), (Period.MONTH, 30)):
        span = span_of(period, now)
        earlier = before(period, span)
        assert (earlier.until, earlier.since) == (now - timedelta(days=days), span.since - timedelta(days=days))
