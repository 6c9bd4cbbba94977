"""Business hours that were changed at two places."""

from __future__ import annotations

from datetime import time

import pytest

from wxdesk.core.errors import CalendarChanged
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit


def hours(name: str, opens: int = 9) -> Calendar:
    return Calendar(name, "", (WeeklySpan(frozenset(Weekday), OpenSpan(time(opens), time(18))),))


A, B, C = hours("A"), hours("B"), hours("C")
LATER, LATEST = hours("A", 10), hours("A", 11)
RENAMED = hours("A2")


@pytest.mark.parametrize(
    ("opened", "mine", "renamed", "there", "kept"),
    [
        ((A,), (LATER,), {}, (A,), (LATER,)),
        ((A,), (LATER,), {}, (A, B), (LATER, B)),  # one came meanwhile
        ((A, B), (LATER, B), {}, (A,), (LATER,)),  # one went meanwhile
        ((A, B), (A, hours("B", 8)), {}, (LATER, B), (LATER, hours("B", 8))),
        ((A, B), (B,), {}, (A, B), (B,)),  # deleted here
        ((A, B), (B,), {}, (B,), (B,)),  # deleted on both sides
        ((A,), (RENAMED,), {"A": "A2"}, (A, B), (RENAMED, B)),
        ((A, B), (A, B, C), {}, (RENAMED, B), (B, C, RENAMED)),  # renamed there
        ((A,), (LATER,), {}, (LATER,), (LATER,)),  # the same on both sides
        ((), (A,), {}, (), (A,)),
        ((), (A,), {}, (A,), (A,)),
    ],
)
def test_what_only_one_side_has_changed_is_kept(
    opened: tuple[Calendar, ...],
    mine: tuple[Calendar, ...],
    renamed: dict[str, str],
    there: tuple[Calendar, ...],
    kept: tuple[Calendar, ...],
) -> None:
    assert BusinessHoursEdit(mine, opened, renamed).onto(there) == kept


@pytest.mark.parametrize(
    ("opened", "mine", "renamed", "there", "insisted"),
    [
        ((A,), (LATER,), {}, (LATEST,), (LATER,)),
        ((A,), (LATER,), {}, (), (LATER,)),  # gone there
        ((A, B), (B,), {}, (LATER, B), (B,)),  # deleted here
        ((A,), (RENAMED,), {"A": "A2"}, (LATER,), (RENAMED,)),
        ((A,), (RENAMED,), {"A": "A2"}, (A, hours("A2", 7)), (RENAMED,)),
        ((), (A,), {}, (LATER,), (A,)),  # begun on both sides
    ],
)
def test_what_both_sides_have_changed_is_asked_about_and_then_holds(
    opened: tuple[Calendar, ...],
    mine: tuple[Calendar, ...],
    renamed: dict[str, str],
    there: tuple[Calendar, ...],
    insisted: tuple[Calendar, ...],
) -> None:
    with pytest.raises(CalendarChanged):
        BusinessHoursEdit(mine, opened, renamed).onto(there)
    kept = BusinessHoursEdit(mine, opened, renamed, insists=True).onto(there)
    assert [one for one in kept if one.name in {mine.name for mine in insisted}] == list(insisted)
