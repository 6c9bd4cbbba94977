"""A former list comes back, and whatever was saved since the present one was left stays."""

from datetime import UTC, datetime, time

import pytest
from msgspec.structs import replace

from wxdesk.core.model.rule import Condition, HoursTest, LastRule, Rule
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.rules.exchange import RulesSnapshot


def rule(name: str, rule_id: int, *, default: bool = False, hours: int = 0) -> Rule:
    when = Condition(hours=HoursTest(hours)) if hours else Condition()
    return Rule(name, rule_id, revision=1, default=default, when=when)


IDS = {"Shop": 1, "Night": 2, "Fair": 3}


def calendar(name: str, opens: int = 9) -> Calendar:
    week = (WeeklySpan(frozenset({Weekday.MON}), OpenSpan(time(opens), time(18))),)
    return Calendar(name, weekly=week, id=IDS[name])


FORMER = RulesSnapshot((rule("a", 1), rule("b", 2), rule("rest", 3, default=True)), (calendar("Shop"),))
LEFT = RulesSnapshot(
    (rule("b", 2), rule("new", 4), rule("hours", 5, hours=2)), (calendar("Shop", 10), calendar("Night"))
)


def again(now: RulesSnapshot) -> tuple[list[str], tuple[Calendar, ...]]:
    made, _ = FORMER.restored(LEFT, now)
    return [one.name for one in made.rules], made.calendars


def test_a_former_list_comes_back_as_it_was_if_nothing_was_saved_since() -> None:
    moved = replace(LEFT, rules=tuple(replace(one, position=place) for place, one in enumerate(LEFT.rules[::-1], 1)))
    assert again(LEFT) == again(moved) == (["a", "b", "rest"], FORMER.calendars)


@pytest.mark.parametrize(
    ("now", "names"),
    [
        ((replace(rule("B", 2), revision=2), *LEFT.rules[1:]), ["a", "B", "rest"]),
        ((LEFT.rules[0], replace(rule("New", 4), revision=2), LEFT.rules[2]), ["a", "b", "New", "rest"]),
        ((*LEFT.rules, rule("newer", 6)), ["a", "b", "newer", "rest"]),
        ((*LEFT.rules, rule("other rest", 6, default=True)), ["a", "b", "rest", "other rest"]),
        ((replace(LEFT.rules[0], name="off", enabled=False), *LEFT.rules[1:]), ["a", "off", "rest"]),
        (LEFT.rules[:1], ["a", "b", "rest"]),
    ],
    ids=["changed", "new and changed", "added", "default", "switched", "deleted"],
)
def test_rules_that_were_saved_since_stay(now: tuple[Rule, ...], names: list[str]) -> None:
    assert again(RulesSnapshot(now, LEFT.calendars)) == (names, FORMER.calendars)


def test_business_hours_that_were_saved_since_or_that_a_kept_rule_asks_for_stay() -> None:
    changed = RulesSnapshot(LEFT.rules, (calendar("Shop", 11), calendar("Night"), calendar("Fair")))
    assert again(changed)[1] == (calendar("Shop", 11), calendar("Fair"))
    asked = RulesSnapshot((*LEFT.rules[:2], replace(LEFT.rules[2], continues=True)), LEFT.calendars)
    assert set(again(asked)[1]) == {calendar("Shop"), calendar("Night")}


def test_an_equal_revision_does_not_count_as_saved_since() -> None:
    """Undoing a later change makes one."""
    again_so = replace(LEFT.rules[0], revision=7, updated_at=datetime(2026, 11, 24, tzinfo=UTC))
    assert RulesSnapshot((again_so, *LEFT.rules[1:]), LEFT.calendars).since(LEFT) == RulesSnapshot((), ())


def test_a_rule_whose_names_became_ids_does_not_count_as_saved_since() -> None:
    asks = Rule("asks", 8, when=Condition(last_rule_within=LastRule("later", 10)))
    now = (replace(asks, when=Condition(last_rule_within=LastRule(9, 10))), Rule("later", 9))
    assert RulesSnapshot(now, ()).since(RulesSnapshot((asks,), ())).rules == now[1:]


SHOP, NIGHT = calendar("Shop"), calendar("Night", 20)


@pytest.mark.parametrize(
    ("calendars", "restored"),
    [
        ((replace(SHOP, name="Store"), NIGHT), {"Store": SHOP.id, "Night": NIGHT.id}),
        ((replace(SHOP, name="Day"), replace(NIGHT, name="Shop")), {"Day": SHOP.id, "Shop": NIGHT.id}),
        ((NIGHT,), {"Shop": SHOP.id, "Night": NIGHT.id}),
        ((NIGHT, replace(SHOP, id=9)), {"Night": NIGHT.id, "Shop": 9}),
        ((replace(SHOP, name="Night"),), {"Night": SHOP.id}),
    ],
    ids=["renamed", "names given away", "deleted", "deleted, and others have the name", "one has the other's name"],
)
def test_business_hours_come_back_under_their_present_names(
    calendars: tuple[Calendar, ...], restored: dict[str, int]
) -> None:
    former = RulesSnapshot((rule("a", 1, hours=SHOP.id),), (SHOP, NIGHT))
    made, _ = former.restored(replace(former, rules=()), RulesSnapshot((), calendars))
    assert {one.name: one.id for one in made.calendars} == restored
    assert made.rules == former.rules
