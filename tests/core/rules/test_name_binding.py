"""A rule that was not in the list asks for the same business hours, whatever they are called by now."""

from __future__ import annotations

import pytest

from wxdesk.core.model.rule import Condition, HoursTest, Rule
from wxdesk.core.rules.name_binding import NameBinding


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

    then, now = NameBinding({"Shop": 1, "Night": 2, "Fair": 5}), NameBinding(calendars)
    rule = asking("Shop", "Night")
    assert then.followed(rule, now) == asking(inside, outside)
