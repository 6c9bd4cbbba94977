"""What a rules file would change, told before it does."""

import itertools
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wxdesk import i18n
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.core.rules.pairing import out_of_order
from wxdesk.desk.rules.file.reading import RulesFile
from wxdesk.desk.rules.import_check import RuleChangeKind, check_import, import_forecast, import_summary

SHOP = Calendar("Shop", weekly=(WeeklySpan(frozenset({Weekday.MON}), OpenSpan(time(9), time(18))),))


def rule(name: str, text: str = "hi", rule_id: int = 0, *, enabled: bool = True) -> Rule:
    then = (Action(ActionKind.REPLY, text),)
    return Rule(name, id=rule_id, revision=bool(rule_id), enabled=enabled, when=Condition(any=(name,)), then=then)


STORED = [rule("a", rule_id=1), rule("b", rule_id=2), rule("c", rule_id=3)]


def _told(*wanted: Rule) -> list[tuple[str, RuleChangeKind, bool, bool]]:
    check = check_import(STORED, (), RulesFile(wanted))
    return [(one.rule.name, one.change, one.moved, one.switched) for one in check.rules]


def test_each_rule_is_reported_with_what_becomes_of_it() -> None:
    assert _told(rule("a"), rule("b", "other"), rule("d")) == [
        ("a", RuleChangeKind.SAME, False, False),
        ("b", RuleChangeKind.CHANGED, False, False),
        ("d", RuleChangeKind.NEW, False, False),
        ("c", RuleChangeKind.GONE, False, False),
    ]


def test_only_what_was_moved_itself_counts_as_moved() -> None:
    assert [one[0] for one in _told(rule("c"), rule("a"), rule("b")) if one[2]] == ["c"]
    assert not any(one[2] for one in _told(rule("x"), rule("a"), rule("c")))  # they stand closer, in the same order


def test_switching_a_rule_off_is_not_a_change_of_its_content() -> None:
    [first, *_] = check_import(STORED, (), RulesFile((rule("a", enabled=False),))).rules
    assert (first.change, first.switched, first.changes_nothing) == (RuleChangeKind.SAME, True, False)


def test_a_renamed_rule_of_the_same_words_is_a_new_one_only_by_name() -> None:
    renamed = replace(rule("a"), name="A")
    assert _told(renamed, rule("b"), rule("c"))[0] == ("A", RuleChangeKind.NEW, False, False)


def test_calendars_are_added_and_changed_and_never_go() -> None:
    other = replace(SHOP, zone="Asia/Tokyo")
    assert not check_import([], (SHOP,), RulesFile()).calendars
    assert not check_import([], (SHOP,), RulesFile((), (SHOP,))).calendars
    [changed] = check_import([], (SHOP,), RulesFile((), (other,))).calendars
    assert (changed.before, changed.after) == (SHOP, other)
    [added] = check_import([], (), RulesFile((), (SHOP,))).calendars
    assert added.before is None


def test_the_same_file_changes_nothing() -> None:
    check = check_import(STORED, (SHOP,), RulesFile((rule("a"), rule("b"), rule("c")), (SHOP,)))
    assert check.changes_nothing
    assert import_summary(check) == "3 rules now, 3 before: 3 the same."


def test_the_summary_counts_all_rules_of_an_import() -> None:
    many = [rule(str(number), rule_id=number) for number in range(1, 13)]
    check = check_import(many, (), RulesFile((rule("5", "x"),)))
    assert import_summary(check) == "1 rule now, 12 before: 1 changed, 11 removed."
    assert import_summary(check_import([], (), RulesFile())) == "0 rules now, 0 before."


def test_only_a_rule_that_stays_as_it_is_counts_as_the_same() -> None:
    check = check_import(STORED, (), RulesFile((rule("c"), rule("a"), replace(rule("b"), enabled=False))))
    assert import_forecast(check) == "3 rules instead of 3: 1 moved, 1 switched on or off, 1 the same."


@given(st.permutations(range(6)))
def test_the_fewest_are_said_to_be_moved(places: list[int]) -> None:
    moved = out_of_order(places)
    left = [place for place in places if place not in moved]
    assert left == sorted(left)
    longest = max(
        size for size in range(7) if any(list(some) == sorted(some) for some in itertools.combinations(places, size))
    )
    assert len(left) == longest


@pytest.mark.parametrize("places", [[], [3]])
def test_a_list_of_at_most_one_place_moves_nothing(places: list[int]) -> None:
    assert out_of_order(places) == frozenset()


def test_rules_of_one_name_are_told_in_either_language() -> None:
    check = check_import([], (), RulesFile((rule("a"),) * 1200))
    assert import_summary(check) == "1,200 rules now, 0 before: 1,200 new. 1,200 rules are called “a”."
    i18n.use("zh_CN")
    assert import_summary(check) == "现在 1,200 条规则，原来 0 条：新增 1,200 条。有 1,200 条规则都叫「a」。"
