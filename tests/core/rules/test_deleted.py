"""Where a deleted rule comes back to in a list that has changed since, and which business hours it asks for."""

from __future__ import annotations

import pytest

from wxdesk.core.model.rule import Condition, HoursTest, Rule
from wxdesk.core.rules.deleted import deleted_from, with_hours_of


def listed(names: str) -> list[Rule]:
    """One rule a letter, its id the letter's code; a capital is a default."""
    return [Rule(name, ord(name), place, default=name.isupper()) for place, name in enumerate(names, 1)]


@pytest.mark.parametrize(
    ("before", "gone", "now", "back"),
    [
        ("abcZ", "b", "acZ", "abcZ"),
        ("abcZ", "b", "ac", "abc"),
        ("abc", "c", "", "c"),
        ("abZ", "Z", "ab", "abZ"),
        ("abZ", "Z", "abn", "abnZ"),
        ("abZ", "Z", "abnN", "abnZN"),
        ("abZ", "Z", "bna", "bnaZ"),
        ("aYbZ", "Y", "abnZ", "aYbnZ"),
        ("aYZ", "Z", "aYn", "aYnZ"),
        ("aYZ", "Z", "aY", "aYZ"),
        ("aYZ", "Y", "aZ", "aYZ"),
    ],
)
def test_a_rule_comes_back_to_its_place_and_a_default_below_what_is_new(
    before: str, gone: str, now: str, back: str
) -> None:
    removed = deleted_from(listed(before), ord(gone), {})
    assert removed is not None
    present = listed(now)
    place = removed.place_in(present)
    names = [one.name for one in present]
    assert "".join([*names[:place], gone, *names[place:]]) == back


def test_what_is_not_there_is_not_removed() -> None:
    assert deleted_from(listed("ab"), ord("z"), {}) is None


@pytest.mark.parametrize(
    ("calendars", "inside", "outside"),
    [
        ({"Shop": 1, "Night": 2}, "Shop", "Night"),
        ({"Store": 1, "Night": 2}, "Store", "Night"),
        ({"Night": 1, "Shop": 2}, "Night", "Shop"),
        ({"Day": 1, "Shop": 3, "Night": 2}, "Day", "Night"),
        ({"Night": 2}, "Shop", "Night"),
        ({"Shop": 3, "Shop*": 4, "Night": 2}, "Shop**", "Night"),
    ],
    ids=["same", "renamed", "names changed over", "name given away", "gone", "gone and name given away"],
)
def test_it_asks_for_the_business_hours_that_it_asked_for_or_for_none(
    calendars: dict[str, int], inside: str, outside: str
) -> None:
    def asking(inside: str, outside: str) -> Rule:
        unless = Condition(hours=HoursTest(outside, inside=False))
        return Rule("r", 3, when=Condition(hours=HoursTest(inside), unless=unless))

    then = {"Shop": 1, "Night": 2, "Fair": 5}
    assert with_hours_of(asking("Shop", "Night"), then, calendars) == asking(inside, outside)
