"""Outages stand between the messages that they separate, joined where nothing came between them."""

from datetime import UTC, datetime, timedelta

from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.reach import Gap, Outage, gaps_between


def at(minute: float) -> datetime:
    return datetime(2026, 11, 27, 12, tzinfo=UTC) + timedelta(minutes=minute)


def outage(began: float, ended: float | None) -> Outage:
    return Outage(at(began), None if ended is None else at(ended), CheckVerdict.FIREWALL)


def test_an_outage_between_two_messages_is_a_gap() -> None:
    assert gaps_between([outage(2, 9)], [at(0), at(10)], at(11)) == [Gap(at(2), at(9), timedelta(minutes=7), 1)]


def test_outages_with_nothing_between_them_are_one_gap() -> None:
    found = gaps_between([outage(6, 8), outage(2, 5), outage(12, 14)], [at(0), at(10)], at(20))
    assert found == [Gap(at(2), at(8), timedelta(minutes=5), 2), Gap(at(12), at(14), timedelta(minutes=2), 1)]


def test_an_outage_that_lasts_has_no_end_yet() -> None:
    assert gaps_between([outage(2, None)], [at(0)], at(2.5)) == [Gap(at(2), None, timedelta(minutes=0.5), 1)]


def test_short_gaps_and_gaps_before_the_first_message_are_not_shown() -> None:
    assert gaps_between([outage(-5, 2), outage(3, 3.9)], [at(0)], at(4.5)) == []
    assert gaps_between([outage(3, 9)], [], at(20)) == []
