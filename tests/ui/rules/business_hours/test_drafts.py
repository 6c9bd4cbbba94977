"""What the editor makes of a calendar and back, and its line on whether it is open now."""

from datetime import UTC, date, datetime, time

import pytest

from tests.ui.rules.business_hours.test_editor import SHOP
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Schedule, SpecialDays, Weekday, WeeklySpan
from wxdesk.timezones import zone_named
from wxdesk.ui.rules.business_hours.draft import draft_of, read_draft
from wxdesk.ui.rules.business_hours.text import state_text


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (datetime(2026, 11, 24, 4, 0, tzinfo=UTC), "Open now · closes 21:00"),
        (datetime(2026, 11, 24, 0, 30, tzinfo=UTC), "Closed now · opens 09:00"),
        (datetime(2026, 11, 24, 14, 0, tzinfo=UTC), "Closed now · opens tomorrow 09:00"),
    ],
)
def test_a_calendar_says_if_it_is_open_now(now: datetime, words: str) -> None:
    assert state_text(Schedule(SHOP, zone_named("Asia/Shanghai")), now) == words


def test_a_calendar_survives_the_editor_as_it_is() -> None:
    odd = Calendar(
        "Odd",
        "",
        (WeeklySpan(frozenset({Weekday.SAT}), OpenSpan(time(0), time(0))),),
        (SpecialDays(date(2026, 1, 1), date(2026, 1, 3), OpenSpan(time(22), time(6)), "x"),),
    )
    assert read_draft(draft_of(odd)) == (odd, ())


def test_hours_that_end_when_they_begin_are_asked_about_unless_at_midnight() -> None:
    whole, unclear = (
        Calendar("店", weekly=(WeeklySpan(frozenset({Weekday.MON}), OpenSpan(at, at)),)) for at in (time(0), time(9))
    )
    assert read_draft(draft_of(whole)) == (whole, ())
    assert [slip.where for slip in read_draft(draft_of(unclear))[1]] == [("days", 0, 0, "closes")]
