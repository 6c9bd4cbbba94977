"""Business hours: across midnight, holidays, and the days when clocks are changed. Times are worked out by hand."""

from datetime import UTC, date, datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Schedule, SpecialDays, Weekday, WeeklySpan

EVERY_DAY = frozenset(Weekday)
WEEKDAYS = EVERY_DAY - {Weekday.SAT, Weekday.SUN}
DAY = {day.value: frozenset({day}) for day in Weekday}


def span(text: str) -> OpenSpan:
    opens, closes = text.split("-")
    return OpenSpan(time.fromisoformat(opens), time(0) if closes == "24:00" else time.fromisoformat(closes))


def weekly(days: frozenset[Weekday], text: str) -> WeeklySpan:
    return WeeklySpan(days, span(text))


def special(first: str, last: str = "", hours: str = "") -> SpecialDays:
    return SpecialDays(date.fromisoformat(first), date.fromisoformat(last or first), span(hours) if hours else None)


def schedule(zone: str, *spans: WeeklySpan, special: tuple[SpecialDays, ...] = ()) -> Schedule:
    return Schedule(Calendar("c", zone, spans, special), ZoneInfo(zone))


SHOP = schedule(
    "Asia/Shanghai",
    weekly(WEEKDAYS, "09:00-12:00"),
    weekly(WEEKDAYS, "13:30-18:00"),
    weekly(DAY["sat"], "10:00-16:00"),
    special=(
        special("2026-10-01", "2026-10-07"),  # 国庆, Thursday to Wednesday
        special("2026-10-04", hours="14:00-16:00"),  # but that Sunday afternoon
        special("2026-10-10", hours="09:00-12:00"),  # 调休: a Saturday like a weekday
        special("2026-10-10", hours="13:30-18:00"),
    ),
)
BAR = schedule(
    "Asia/Shanghai",
    weekly(frozenset({Weekday.FRI, Weekday.SAT}), "20:00-03:00"),
    special=(special("2026-12-25"),),  # a Friday
)
ALWAYS = schedule("Asia/Shanghai", weekly(EVERY_DAY, "00:00-24:00"))
NEVER = schedule("Asia/Shanghai")
ONCE = schedule("Asia/Shanghai", special=(special("2026-12-31", hours="20:00-24:00"),))
NEW_YORK = schedule("America/New_York", weekly(EVERY_DAY, "22:00-02:30"))
NEW_YORK_EARLY = schedule("America/New_York", weekly(EVERY_DAY, "02:30-10:00"))
BERLIN = schedule("Europe/Berlin", weekly(EVERY_DAY, "01:30-02:30"))
LORD_HOWE = schedule("Australia/Lord_Howe", weekly(EVERY_DAY, "09:00-17:00"))
KATHMANDU = schedule("Asia/Kathmandu", weekly(DAY["mon"], "09:00-17:00"))

CHINA = "+08:00"
OPEN: list[tuple[Schedule, str, bool]] = [
    # the edges of a span: the first moment belongs to it, the last does not
    (SHOP, "2026-11-24T09:00" + CHINA, True),
    (SHOP, "2026-11-24T08:59:59" + CHINA, False),
    (SHOP, "2026-11-24T11:59:59" + CHINA, True),
    (SHOP, "2026-11-24T12:00" + CHINA, False),
    (SHOP, "2026-11-24T13:29" + CHINA, False),
    (SHOP, "2026-11-24T13:30" + CHINA, True),
    (SHOP, "2026-11-24T18:00" + CHINA, False),
    # the same moments told by another clock
    (SHOP, "2026-11-24T01:00+00:00", True),
    (SHOP, "2026-11-23T17:00-08:00", True),
    (SHOP, "2026-11-24T10:00+00:00", False),
    # the end of the week
    (SHOP, "2026-11-28T10:00" + CHINA, True),
    (SHOP, "2026-11-28T09:30" + CHINA, False),
    (SHOP, "2026-11-28T16:00" + CHINA, False),
    (SHOP, "2026-11-29T11:00" + CHINA, False),
    # holidays
    (SHOP, "2026-09-30T17:59" + CHINA, True),
    (SHOP, "2026-10-01T10:00" + CHINA, False),
    (SHOP, "2026-10-07T10:00" + CHINA, False),
    (SHOP, "2026-10-08T10:00" + CHINA, True),
    (SHOP, "2026-10-04T15:00" + CHINA, True),
    (SHOP, "2026-10-04T16:00" + CHINA, False),
    (SHOP, "2026-10-05T15:00" + CHINA, False),
    (SHOP, "2026-10-10T09:00" + CHINA, True),
    (SHOP, "2026-10-10T13:00" + CHINA, False),
    (SHOP, "2026-10-10T17:00" + CHINA, True),
    (SHOP, "2026-10-03T11:00" + CHINA, False),  # a Saturday within the holiday
    (SHOP, "2026-10-17T17:00" + CHINA, False),  # an ordinary Saturday again
    # across midnight: a span belongs to the day on which it begins
    (BAR, "2026-11-27T19:59" + CHINA, False),
    (BAR, "2026-11-27T20:00" + CHINA, True),
    (BAR, "2026-11-28T00:00" + CHINA, True),
    (BAR, "2026-11-28T02:59" + CHINA, True),
    (BAR, "2026-11-28T03:00" + CHINA, False),
    (BAR, "2026-11-29T02:00" + CHINA, True),  # Sunday, from Saturday
    (BAR, "2026-11-29T20:30" + CHINA, False),
    (BAR, "2026-11-27T02:00" + CHINA, False),  # Friday morning comes from Thursday
    (BAR, "2026-12-25T21:00" + CHINA, False),
    (BAR, "2026-12-26T02:00" + CHINA, False),  # it would have begun on the holiday
    (BAR, "2026-12-26T21:00" + CHINA, True),
    (BAR, "2026-12-25T02:00" + CHINA, False),
    # always, never, once
    (ALWAYS, "2026-11-24T00:00" + CHINA, True),
    (ALWAYS, "2026-11-24T23:59:59" + CHINA, True),
    (NEVER, "2026-11-24T10:00" + CHINA, False),
    (ONCE, "2026-12-31T23:59" + CHINA, True),
    (ONCE, "2027-01-01T00:00" + CHINA, False),
    # spring: 2026-03-08 in New York goes from 02:00 EST (07:00 UTC) to 03:00 EDT
    (NEW_YORK, "2026-03-08T03:00+00:00", True),  # 22:00 EST
    (NEW_YORK, "2026-03-08T06:59+00:00", True),  # 01:59 EST
    (NEW_YORK, "2026-03-08T07:00+00:00", False),  # 03:00 EDT: 02:30 was leapt over
    (NEW_YORK, "2026-03-09T02:00+00:00", True),  # 22:00 EDT
    (NEW_YORK, "2026-03-09T06:29+00:00", True),  # 02:29 EDT
    (NEW_YORK, "2026-03-09T06:30+00:00", False),
    (NEW_YORK_EARLY, "2026-03-08T06:59+00:00", False),
    (NEW_YORK_EARLY, "2026-03-08T07:00+00:00", True),
    (NEW_YORK_EARLY, "2026-03-08T13:59+00:00", True),  # 09:59 EDT
    (NEW_YORK_EARLY, "2026-03-08T14:00+00:00", False),
    # autumn: 2026-11-01 in New York goes from 02:00 EDT (06:00 UTC) back to 01:00 EST
    (NEW_YORK, "2026-11-01T02:00+00:00", True),  # 22:00 EDT
    (NEW_YORK, "2026-11-01T05:30+00:00", True),  # 01:30 EDT
    (NEW_YORK, "2026-11-01T06:30+00:00", True),  # 01:30 EST, the same on the wall
    (NEW_YORK, "2026-11-01T07:29+00:00", True),  # 02:29 EST
    (NEW_YORK, "2026-11-01T07:30+00:00", False),
    # autumn: 2026-10-25 in Berlin goes from 03:00 CEST (01:00 UTC) back to 02:00 CET
    (BERLIN, "2026-10-24T23:29+00:00", False),  # 01:29 CEST
    (BERLIN, "2026-10-24T23:30+00:00", True),
    (BERLIN, "2026-10-25T00:45+00:00", True),  # 02:45 CEST, but 02:30 comes once more
    (BERLIN, "2026-10-25T01:29+00:00", True),  # 02:29 CET
    (BERLIN, "2026-10-25T01:30+00:00", False),
    # spring: 2026-03-29 in Berlin goes from 02:00 CET (01:00 UTC) to 03:00 CEST
    (BERLIN, "2026-03-29T00:59+00:00", True),  # 01:59 CET
    (BERLIN, "2026-03-29T01:00+00:00", False),
    # a leap of half an hour, and a zone with quarters
    (LORD_HOWE, "2026-10-03T22:00+00:00", True),  # Sunday 09:00 +11:00, the day of the leap
    (LORD_HOWE, "2026-10-03T21:59+00:00", False),
    (LORD_HOWE, "2026-10-02T22:30+00:00", True),  # Saturday 09:00 +10:30
    (KATHMANDU, "2026-11-23T03:15+00:00", True),  # Monday 09:00 +05:45
    (KATHMANDU, "2026-11-23T03:14+00:00", False),
]


@pytest.mark.parametrize(("hours", "at", "expected"), OPEN)
def test_a_calendar_is_open_or_not(hours: Schedule, at: str, expected: bool) -> None:
    assert hours.is_open(datetime.fromisoformat(at)) is expected


NEXT: list[tuple[Schedule, str, str | None, str | None]] = [
    # now, opens next, closes next
    (SHOP, "2026-11-24T08:00" + CHINA, "2026-11-24T09:00" + CHINA, "2026-11-24T12:00" + CHINA),
    (SHOP, "2026-11-24T09:00" + CHINA, "2026-11-24T13:30" + CHINA, "2026-11-24T12:00" + CHINA),
    (SHOP, "2026-11-24T12:00" + CHINA, "2026-11-24T13:30" + CHINA, "2026-11-24T18:00" + CHINA),
    (SHOP, "2026-11-24T20:00" + CHINA, "2026-11-25T09:00" + CHINA, "2026-11-25T12:00" + CHINA),
    (SHOP, "2026-11-28T16:00" + CHINA, "2026-11-30T09:00" + CHINA, "2026-11-30T12:00" + CHINA),
    (SHOP, "2026-09-30T18:00" + CHINA, "2026-10-04T14:00" + CHINA, "2026-10-04T16:00" + CHINA),
    (SHOP, "2026-10-04T16:00" + CHINA, "2026-10-08T09:00" + CHINA, "2026-10-08T12:00" + CHINA),
    (SHOP, "2026-10-09T18:00" + CHINA, "2026-10-10T09:00" + CHINA, "2026-10-10T12:00" + CHINA),
    (BAR, "2026-11-28T01:00" + CHINA, "2026-11-28T20:00" + CHINA, "2026-11-28T03:00" + CHINA),
    (BAR, "2026-12-20T03:00" + CHINA, "2026-12-26T20:00" + CHINA, "2026-12-27T03:00" + CHINA),
    (ALWAYS, "2026-11-24T12:00" + CHINA, None, None),
    (NEVER, "2026-11-24T12:00" + CHINA, None, None),
    (ONCE, "2026-11-24T12:00" + CHINA, "2026-12-31T20:00" + CHINA, "2027-01-01T00:00" + CHINA),
    (ONCE, "2027-01-01T00:00" + CHINA, None, None),
    (NEW_YORK_EARLY, "2026-03-08T05:00+00:00", "2026-03-08T07:00+00:00", "2026-03-08T14:00+00:00"),
    (NEW_YORK, "2026-11-01T05:00+00:00", "2026-11-02T03:00+00:00", "2026-11-01T07:30+00:00"),
]


@pytest.mark.parametrize(("hours", "now", "opens", "closes"), NEXT)
def test_a_calendar_knows_when_it_opens_and_closes(
    hours: Schedule, now: str, opens: str | None, closes: str | None
) -> None:
    at = datetime.fromisoformat(now)
    assert hours.next_open(at) == (None if opens is None else datetime.fromisoformat(opens))
    assert hours.next_close(at) == (None if closes is None else datetime.fromisoformat(closes))


def test_touching_spans_of_business_hours_count_as_one() -> None:
    hours = schedule("Asia/Shanghai", weekly(EVERY_DAY, "09:00-12:00"), weekly(EVERY_DAY, "12:00-18:00"))
    assert hours.next_close(datetime.fromisoformat("2026-11-24T10:00" + CHINA)) == datetime.fromisoformat(
        "2026-11-24T18:00" + CHINA
    )


class Asked(Calendar, frozen=True):
    """Notes the days that it is asked for."""

    days: ClassVar[list[date]] = []

    def spans(self, day: date) -> tuple[OpenSpan, ...]:
        self.days.append(day)
        return super().spans(day)


def test_the_next_close_of_a_schedule_without_one_is_found_quickly() -> None:
    halves = (weekly(EVERY_DAY, "00:00-12:00"), weekly(EVERY_DAY, "12:00-24:00"))
    hours = Schedule(Asked("c", "UTC", halves, (special("2026-11-20", "2026-11-24"),)), UTC)
    Asked.days.clear()
    assert hours.next_close(datetime(2026, 11, 24, tzinfo=UTC)) is None
    assert len(Asked.days) < 14


def test_open_round_the_clock_for_three_weeks_is_not_always_open() -> None:
    fair = special("2026-11-02", "2026-11-22", "00:00-24:00")  # a Sunday; the weekly hours know no Monday
    hours = schedule("UTC", weekly(EVERY_DAY - DAY["mon"], "00:00-24:00"), special=(fair,))
    assert hours.next_close(datetime(2026, 11, 5, tzinfo=UTC)) == datetime(2026, 11, 23, tzinfo=UTC)
    assert hours.next_open(datetime(2026, 11, 5, tzinfo=UTC)) == datetime(2026, 11, 24, tzinfo=UTC)


def test_a_holiday_far_ahead_closes_what_is_open_day_and_night() -> None:
    hours = schedule("UTC", weekly(EVERY_DAY, "00:00-24:00"), special=(special("2027-10-01"),))
    assert hours.next_close(datetime(2026, 11, 5, tzinfo=UTC)) == datetime(2027, 10, 1, tzinfo=UTC)


def test_an_hour_of_the_machine_is_used_where_no_zone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = Schedule(Calendar("c", "", (weekly(EVERY_DAY, "09:00-18:00"),)), None)
    local_nine = datetime(2026, 11, 24, 9).astimezone()
    assert hours.is_open(local_nine.astimezone(UTC))
    assert not hours.is_open(local_nine.astimezone(UTC) - timedelta(seconds=1))


ZONES = st.sampled_from(["Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu"])
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
SPANS = st.builds(WeeklySpan, st.frozensets(st.sampled_from(Weekday), min_size=1), st.builds(OpenSpan, CLOCKS, CLOCKS))
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 365 * 24 * 60 * 60).map(lambda seconds: YEAR + timedelta(seconds=seconds))


@given(zone=ZONES, spans=st.lists(SPANS, min_size=1, max_size=3), at=MOMENTS)
def test_next_open_and_next_close_are_where_it_changes(zone: str, spans: list[WeeklySpan], at: datetime) -> None:
    hours = schedule(zone, *spans)
    moment = timedelta(seconds=1)
    opens, closes = hours.next_open(at), hours.next_close(at)
    if opens is not None:
        assert opens > at
        assert hours.is_open(opens)
        assert not hours.is_open(opens - moment)
    if closes is not None:
        assert closes > at
        assert not hours.is_open(closes)
        assert hours.is_open(closes - moment)
    if not hours.is_open(at):
        assert opens is not None
        assert closes is not None
        assert opens < closes
        assert not hours.is_open(at + (opens - at) / 2)
    elif closes is not None:
        assert hours.is_open(at + (closes - at) / 2)
