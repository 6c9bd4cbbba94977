"""Days begin at midnight on the accounts' clock if they have one, else on the operator's own."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from wxdesk.core.model.account import Account
from wxdesk.core.model.statistics import TimeSpan
from wxdesk.ui.insights.text import Period, before, dates_of, span_of
from wxdesk.ui.wording.days import Days

HERE = Days()


def span(period: Period, now: datetime, days: Days = HERE) -> TimeSpan:
    return span_of(dates_of(period, days.date(now), NEVER), now, days)


NEVER = (date(2026, 1, 1), date(2026, 1, 1))

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
    assert span(Period.TODAY, now).since == today
    assert span(Period.WEEK, now).since == week
    assert span(Period.LATELY, now).until == now
    yesterday, month = span(Period.YESTERDAY, now), span(Period.MONTH, now)
    assert (yesterday.until, yesterday.since.astimezone().hour) == (today, 0)
    assert (month.since.astimezone().day, month.until) == (1, now)


def test_a_span_is_compared_with_the_same_stretch_one_period_earlier() -> None:
    now = datetime(2026, 3, 10, 12, tzinfo=UTC)
    for period, days in ((Period.TODAY, 1), (Period.WEEK, 7), (Period.LATELY, 30), (Period.MONTH, 10)):
        shown = span(period, now)
        earlier = before(dates_of(period, HERE.date(now), NEVER), shown, None)
        assert (earlier.until, earlier.since) == (now - timedelta(days=days), shown.since - timedelta(days=days))


def test_days_of_23_and_25_hours_are_compared_by_the_clock() -> None:
    berlin = Days(frozenset({"Europe/Berlin"}))
    noon, after = datetime(2026, 3, 29, 10, tzinfo=UTC), datetime(2026, 10, 26, 9, tzinfo=UTC)
    today = before(dates_of(Period.TODAY, berlin.date(noon), NEVER), span(Period.TODAY, noon, berlin), berlin.zone)
    assert today == TimeSpan(datetime(2026, 3, 27, 23, tzinfo=UTC), datetime(2026, 3, 28, 11, tzinfo=UTC))
    longer = span(Period.YESTERDAY, after, berlin)
    assert longer.until - longer.since == timedelta(hours=25)
    whole = before(dates_of(Period.YESTERDAY, berlin.date(after), NEVER), longer, berlin.zone)
    assert whole == TimeSpan(datetime(2026, 10, 23, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC))


def test_days_of_this_machine_are_compared_by_its_clock(zone: str) -> None:
    noon = datetime(2026, 3, 29, 10, tzinfo=UTC)
    found = before(dates_of(Period.TODAY, HERE.date(noon), NEVER), span(Period.TODAY, noon), None)
    assert [at.astimezone().hour for at in (found.since, found.until)] == [0, noon.astimezone().hour]


def accounts(*zones: str) -> list[Account]:
    return [Account(f"shop{n}", "", "", timezone=zone) for n, zone in enumerate(zones)]


@pytest.mark.parametrize(
    ("zones", "midnight"),
    [
        (("America/New_York",), datetime(2026, 3, 30, 4, tzinfo=UTC)),
        (("America/New_York", "America/New_York"), datetime(2026, 3, 30, 4, tzinfo=UTC)),
        (("Asia/Tokyo",), datetime(2026, 3, 30, 15, tzinfo=UTC)),
        (("",), None),
        ((), None),
        (("America/New_York", "Asia/Tokyo"), None),
        (("America/New_York", ""), None),
    ],
)
def test_the_day_is_the_accounts_where_they_agree_on_one(
    zone: str, zones: tuple[str, ...], midnight: datetime | None
) -> None:
    now = datetime(2026, 3, 30, 17, 30, tzinfo=UTC)
    days = Days.of(accounts(*zones))
    assert days.midnight(now) == (midnight or HERE.midnight(now))
    assert span(Period.TODAY, now, days).since == days.midnight(now)
    if midnight is not None:
        assert days.words(now) == f"Days go by the accounts' clock: {zones[0]}."
    else:
        assert bool(days.words(now)) is (len(zones) > 1)


def test_days_that_are_the_same_everywhere_are_not_spoken_of(zone: str) -> None:
    now = datetime(2026, 3, 30, 17, 30, tzinfo=UTC)
    assert [Days.of(accounts(*zones)).words(now) for zones in ((zone,), (zone, ""), ())] == ["", "", ""]
