"""A rule that stood aside means whom it meant, whatever they are called by the time it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from wxdesk.core.model.rule import Action, ActionKind, Condition, HoursTest, LastRule, Rule
from wxdesk.core.rules.name_binding import NameBinding
from wxdesk.core.templates import Template

OPEN = Template(1, "Opening", "We open at nine.", "hours")
REFUND = Template(2, "Refunds", "We refund.", "money")
FIRST, SECOND = Rule("first", 1), Rule("second", 2)


def rule(answer: str = "hours", asks: str = "first", excepts: str = "second") -> Rule:
    unless = Condition(last_rule_within=LastRule(excepts, 5))
    when = Condition(last_rule_within=LastRule(asks, 10), unless=unless)
    return Rule("r", 3, when=when, then=(Action(ActionKind.TEMPLATE, answer), Action(ActionKind.REPLY, "hours")))


def followed(asking: Rule, rules: Sequence[Rule], *answers: Template) -> Rule:
    """The rule as it comes back among these, by all names of its time and by those that were kept for it."""
    then, now = NameBinding((FIRST, SECOND), (OPEN, REFUND)), NameBinding(rules, answers)
    by_all, by_kept = then.followed(asking, now), then.restricted_to(asking).followed(asking, now)
    assert by_all == by_kept
    return by_all


@pytest.mark.parametrize(
    ("called", "answers", "calls"),
    [
        ("hours", (OPEN, REFUND), "hours"),
        ("/Hours", (replace(OPEN, body="At ten."), REFUND), "/Hours"),
        ("hours", (replace(OPEN, shortcut="open"), replace(REFUND, shortcut="hours")), "open"),
        ("hours", (replace(OPEN, shortcut=""), replace(REFUND, shortcut="hours")), "Opening"),
        ("Opening", (replace(OPEN, title="Times"), replace(REFUND, title="Opening")), "Times"),
        ("Opening", (OPEN, replace(REFUND, shortcut="opening")), "hours"),
        ("nobody", (OPEN, replace(REFUND, shortcut="nobody")), "nobody"),
    ],
)
def test_it_says_the_answer_that_it_said(called: str, answers: tuple[Template, ...], calls: str) -> None:
    assert followed(rule(called), (FIRST, SECOND), *answers) == rule(calls)


@pytest.mark.parametrize(
    ("called", "answers"),
    [
        ("hours", ()),
        ("hours", (replace(REFUND, shortcut="hours"),)),
        ("hours", (replace(REFUND, shortcut="hours", title="Opening"),)),
        ("Opening", (replace(REFUND, shortcut="hours", title="Opening"),)),
        ("Opening", (replace(OPEN, shortcut=""), replace(REFUND, shortcut="opening"))),
    ],
    ids=["gone", "shortcut given away", "both given away", "title given away", "title hidden"],
)
def test_where_that_cannot_be_named_it_names_nothing(called: str, answers: tuple[Template, ...]) -> None:
    name = followed(rule(called), (FIRST, SECOND), *answers).then[0].text
    assert name
    assert all(name.casefold() not in (one.shortcut, one.title.casefold()) for one in answers)


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
    assert followed(rule(), rules, OPEN) == rule(asks=asks, excepts=excepts)


def test_of_several_of_one_name_one_that_has_it_still_is_enough() -> None:
    asking, then = rule(), NameBinding((FIRST, replace(SECOND, name="first")), ())
    assert then.followed(asking, NameBinding((replace(FIRST, name="1st"), replace(SECOND, name="first")), ())) == asking


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

    then, now = NameBinding((), (), {"Shop": 1, "Night": 2, "Fair": 5}), NameBinding((), (), calendars)
    rule = asking("Shop", "Night")
    assert then.followed(rule, now) == then.restricted_to(rule).followed(rule, now) == asking(inside, outside)
