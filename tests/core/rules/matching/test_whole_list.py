"""The list as it is shown: every verdict, the rules that are off in their places, and those in the shadow."""

from typing import Any

import pytest
from msgspec.structs import replace

from tests.core.rules.rule_matching import REPLY, TAG, TOOLS, ask, ask_each, ruleset, subject
from tests.core.rules.test_business_hours import ALWAYS, NEVER
from wxdesk.core.errors import BadRule
from wxdesk.core.model.decision import Verdict
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import (
    SIDE_ACTIONS,
    Action,
    ActionKind,
    Condition,
    Delivery,
    HoursTest,
    Presence,
    Rule,
    TagsTest,
)
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.matching.matcher import MatchResult, MatchTools, Ruleset, answers, refusal_of

ENTER = frozenset({MessageType.ENTER_SESSION})


def named(name: str, word: str = "x", **more: Any) -> Rule:
    return Rule(name, **{"id": ord(name[0]), "when": Condition(any=(word,)), "then": REPLY, **more})


def names(rules: list[Rule], text: str) -> list[str]:
    """All that is shown of a walk down the list."""
    asked = ruleset(rules)
    matching = asked.ask_all(subject(text))
    return [
        said.rule_name for said in asked.with_switched_off(asked.all_verdicts(MessageType.TEXT, matching), matching)
    ]


def test_all_conditions_tell_their_verdict_also_after_one_that_failed() -> None:
    rule = Rule("r", when=Condition(any=("退",), all=("款",), regex=r"(?P<no>\d)"), then=REPLY)
    [said] = ruleset([rule]).ask_all(subject("款 7")).verdicts
    assert not said.matched
    assert said.verdicts == (
        Verdict("on", True, ("text",), "text"),
        Verdict("any", False, ("退",)),
        Verdict("all", True, ("款",), "款"),
        Verdict("regex", True, (r"(?P<no>\d)",), "7"),
    )


def test_a_message_of_another_kind_is_asked_nothing_else() -> None:
    [said] = ruleset([named("a")]).ask_all(subject("x", MessageType.IMAGE)).verdicts
    assert said.verdicts == (Verdict("on", False, ("text",)),)


def test_all_that_match_are_found_with_groups_of_their_own() -> None:
    one = Rule("a", when=Condition(regex=r"(?P<first>\d)"), then=REPLY, continues=True)
    two = Rule("b", when=Condition(regex=r"\d(?P<second>\d)"), then=REPLY)
    found = ruleset([one, two]).ask_all(subject("12")).matched
    assert [dict(each.groups) for each in found] == [{"first": "1"}, {"second": "2"}]


def test_rules_that_are_off_stand_in_their_places_as_far_as_the_walk_went() -> None:
    off: dict[str, Any] = {"enabled": False}
    rules = [named("a", **off), named("b", "y"), named("c", **off), named("d"), named("e", **off), named("f")]
    assert names(rules, "x") == ["a", "b", "c", "d"]
    assert names(rules, "y") == ["a", "b"]
    assert names(rules, "z") == ["a", "b", "c", "d", "e", "f"]
    assert names([named("a"), named("b", **off)], "z") == ["a", "b"]
    assert names([named("a", **off), named("b", **off)], "z") == ["a", "b"]


def test_a_rule_that_is_off_says_so() -> None:
    asked = ruleset([named("a", enabled=False)])
    [said] = asked.with_switched_off((), asked.decide(subject("x")))
    assert (said.matched, said.verdicts) == (False, (Verdict("enabled", ok=False),))


def test_a_rule_in_the_shadow_is_heard_and_nothing_follows() -> None:
    shadow = named("a", delivery=Delivery.SHADOW)
    matching = ask([shadow, named("b"), Rule("默认", default=True, then=REPLY)], "x")
    assert [each.rule.name for each in matching.matched] == ["b"]
    [said, _] = matching.verdicts
    assert (said.rule_name, said.matched, said.shadow) == ("a", True, True)
    assert not ask([shadow], "y").verdicts
    default = Rule("默认", default=True, then=REPLY)
    assert [each.rule.name for each in ask([shadow, default], "x").matched] == ["默认"]


def test_a_default_does_not_match_after_a_continuing_rule_has_answered() -> None:
    rules = [named("a", continues=True), named("b", continues=True, then=TAG), Rule("默认", default=True, then=REPLY)]
    assert [each.rule.name for each in ask(rules, "x").matched] == ["a", "b"]


def test_a_ruleset_knows_its_rules() -> None:
    rules = ruleset([named("a", revision=3), named("b", enabled=False), named("c", revision=5)])
    assert rules.revisions == ((ord("a"), 3), (ord("c"), 5))
    assert len(rules) == 2
    nothing = MatchResult()
    assert (nothing.rules_asked, nothing.rules_left, nothing.rule, nothing.ended) == (0, 0, None, False)


def test_only_a_rule_that_asks_for_operators_makes_their_presence_count() -> None:
    asking = Rule("a", when=Condition(any=("x",), operator=Presence.AWAY), then=REPLY)
    assert ruleset([asking]).presences == tuple(Presence)
    assert ruleset([replace(asking, enabled=False), named("b")]).presences == (Presence.PRESENT,)


def test_rules_prepared_with_other_tools_are_prepared_anew() -> None:
    before = ruleset([named("a")])
    other = MatchTools(TOOLS.compile_pattern, Normaliser(()))
    again = Ruleset([named("a")], other, before=before)
    assert again.by_id[ord("a")] is not before.by_id[ord("a")]
    assert Ruleset([named("a")], TOOLS, before=before).by_id[ord("a")] is before.by_id[ord("a")]


def test_a_rule_in_the_shadow_that_refuses_says_no_more_than_others() -> None:
    [said] = ruleset([named("a", delivery=Delivery.SHADOW)]).ask_all(subject("y")).verdicts
    assert (said.matched, said.shadow) == (False, False)


def test_a_ruleset_tells_what_its_rules_look_at_beside_the_message() -> None:
    event = Rule("e", on=ENTER, when=Condition(event=("KF_Close_Session",)), then=TAG)
    asking = ruleset([named("a", when=Condition(quiet_days=7)), event, named("b", enabled=False)])
    assert asking.events == {"kf_close_session"}
    assert asking.wanted.last_written_at
    assert not ruleset([named("b")]).wanted.last_written_at


HOURS = Condition(hours=HoursTest("c"))


def test_a_rule_whose_business_hours_are_unknown_is_refused() -> None:
    assert len(ruleset([Rule("h", when=HOURS, then=REPLY)], c=ALWAYS)) == 1
    with pytest.raises(BadRule, match="“h”"):
        ruleset([Rule("h", when=HOURS, then=REPLY)])


@pytest.mark.parametrize(
    "when",
    [Condition(any=("退",)), HOURS, Condition(regex="退款|(?P<no>订单)"), Condition(tags=TagsTest(any=("vip",)))],
    ids=lambda when: next(name for name in ("any", "hours", "regex", "tags") if getattr(when, name)),
)
def test_the_refusal_of_a_rule_is_known_without_its_ruleset(when: Condition) -> None:
    rule = Rule("r", id=7, revision=2, when=when, then=REPLY)
    asked = ruleset([rule], c=NEVER)
    for kind in (MessageType.TEXT, MessageType.IMAGE):
        [said] = asked.all_verdicts(kind, ask_each(asked, subject("你好", kind)))
        assert refusal_of(rule, kind) == said


def test_the_index_is_there_before_the_first_message_once_it_was_prepared() -> None:
    rules = ruleset([named("a")])
    assert "_candidates" not in vars(rules)
    rules.prepare()
    assert "_candidates" in vars(rules)


def test_typing_and_notifying_are_no_answer() -> None:
    assert {ActionKind.TAG, ActionKind.NOTIFY, ActionKind.TYPING} == SIDE_ACTIONS, "name here what is no answer, too"
    assert not answers(Rule("t", then=(Action(ActionKind.TYPING, seconds=1), *TAG)))
    assert answers(Rule("t", then=(*TAG, *REPLY)))
