"""Rules refer to others by id; people and files name them."""

from wxdesk.core.model.rule import Condition, LastRule, Reference, Rule
from wxdesk.core.rules.rule_names import RuleNames

NAMES = RuleNames((Rule("first", 1), Rule("second", 2), Rule("twin", 3), Rule("twin", 4)), {9: "gone"})


def rule(asks: Reference, excepts: Reference) -> Rule:
    unless = Condition(last_rule_within=LastRule(excepts, 5))
    return Rule("r", 7, when=Condition(last_rule_within=LastRule(asks, 10), unless=unless))


def test_a_name_that_one_rule_has_becomes_its_id() -> None:
    assert NAMES.bound(rule("first", "second")) == rule(1, 2)
    assert NAMES.bound(rule("twin", "nobody")) == rule("twin", "nobody"), "any of two, and none"
    assert NAMES.bound(rule(9, "gone")) == rule(9, "gone"), "a deleted one has no name to give"


def test_people_and_files_have_names_also_of_deleted_rules() -> None:
    assert NAMES.named(rule(1, 9)) == rule("first", "gone")
    assert NAMES.named(rule(3, "nobody")) == rule("twin", "nobody")


def test_only_rules_of_the_list_are_meant() -> None:
    assert [list(NAMES.ids_of(one)) for one in (1, "first", "twin", 4, 9, "gone", "")] == [
        [1], [1], [3, 4], [4], [], [], []
    ]  # fmt: skip
