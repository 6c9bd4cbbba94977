"""A rule that stood aside means whom it meant, whatever they are called by the time it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from wxdesk.core.model.rule import Condition, HoursTest, LastRule, Rule
from wxdesk.core.rules.name_binding import NameBinding

FIRST, SECOND = Rule("first", 1), Rule("second", 2)


def rule(asks: str = "first", excepts: str = "second") -> Rule:
    unless = Condition(last_rule_within=LastRule(excepts, 5))
    when = Condition(last_rule_within=LastRule(asks, 10), unless=unless)
    return Rule("r", 3, when=when)


def followed(asking: Rule, rules: Sequence[Rule]) -> Rule:
    """The rule as it comes back among these, by all names of its time and by those that were kept for it."""
    then, now = NameBinding((FIRST, SECOND)), NameBinding(rules)
    by_all, by_kept = then.followed(asking, now), then.restricted_to(asking).followed(asking, now)
    assert by_all == by_kept
    return by_all


@pytest.mark.parametrize(
    ("rules", "asks", "excepts"),
    [
        ((FIRST, SECOND), "first", "second"),
        ((replace(FIRST, name="1st"), SECOND), "1st", "second"),
        ((replace(FIRST, name="1st"), SECOND, Rule("first", 4)), "1st", "second"),
        ((replace(FIRST, name="second"), replace(SECOND, name="first")), "second", "first"),
        ((SECOND,), "first", "second"),
    ],
    ids=["same", "renamed", "name given away", "names changed over", "gone"],
)
def test_it_asks_for_the_rule_that_it_asked_for(rules: tuple[Rule, ...], asks: str, excepts: str) -> None:
    assert followed(rule(), rules) == rule(asks=asks, excepts=excepts)


def test_of_several_of_one_name_one_that_has_it_still_is_enough() -> None:
    asking, then = rule(), NameBinding((FIRST, replace(SECOND, name="first")))
    assert then.followed(asking, NameBinding((replace(FIRST, name="1st"), replace(SECOND, name="first")))) == asking


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

    then, now = NameBinding((), {"Shop": 1, "Night": 2, "Fair": 5}), NameBinding((), calendars)
    rule = asking("Shop", "Night")
    assert then.followed(rule, now) == then.restricted_to(rule).followed(rule, now) == asking(inside, outside)
