"""What is said against rules that are sound each by itself; and that "unreachable" is never said without reason."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.rules.lint.linting import ENTERED, doubts, entering, said_of, when
from tests.core.rules.matching.test_candidates import EVERYWHERE, SUBJECTS, rule_lists
from tests.core.rules.rule_matching import NOW, REPLY, TOOLS, ruleset, subject
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    FieldTest,
    HoursTest,
    MessageNo,
    Presence,
    Rule,
    TagsTest,
)
from wxdesk.core.rules.faults import RuleFault
from wxdesk.core.rules.lint.checks import findings
from wxdesk.core.rules.lint.findings import LintCode, LintContext, Severity

OTHERWISE = (Action(ActionKind.REPLY, text="不同"),)
TAKES_OVER = Action(ActionKind.TAKE_OVER)

EVERY = "退款|退货|"
"""A pattern that is found in every text, by a bar too many."""

HIDING = [
    (when(any=("退款",)), when(any=("我要退款", "ＴＥＳＴ退款"))),
    (when(any=("退", "ok")), when(any=("退款", "ＯＫ"))),
    (when(any=("退款",)), when(all=("退款", "运费"))),
    (when(all=("退款", "运费")), when(all=("运费", "退款", "几点"))),
    (when(all=("退", "款")), when(exact=("退款", "款退"))),
    (when(any=("退款",)), when(prefix=("退款",), regex="x")),
    (when(prefix=("退",)), when(prefix=("退款", "退货"))),
    (when(suffix=("款",)), when(exact=("退款",))),
    (when(exact=("a", "b")), when(exact=("B",), operator=Presence.AWAY)),
    (when(any=("退款",), none=("运费",)), when(exact=("退款",))),
    (when(any=("退款",), none=("运费单",)), when(any=("退款",), none=("运费",))),
    (when(any=("a",), unless=Condition(any=("bc",))), when(any=("a",), none=("b",))),
    (when(any=("a",), unless=Condition(none=("b",))), when(all=("a", "b"))),
    (when(any=("a",), unless=Condition(all=("b", "c"))), when(any=("a",), none=("c",))),
    (when(regex=r"\d+"), when(regex=r"\d+", any=("a",))),
    (when(any=("a",), hours=HoursTest("shop")), when(any=("a",), unless=Condition(hours=HoursTest("shop", False)))),
    (when(any=("a",), operator=Presence.AWAY), when(any=("a",), unless=Condition(operator=Presence.PRESENT))),
    (when(any=("a",), tags=TagsTest(any=("VIP", "x"))), when(any=("a",), tags=TagsTest(any=("vip",)))),
    (when(any=("a",), tags=TagsTest(none=("x",))), when(any=("a",), tags=TagsTest(none=("x", "y")))),
    (when(any=("a",), first_contact=False), when(any=("a",), quiet_days=3)),
    (when(any=("a",), account="tea"), when(any=("ab",), account="tea")),
    (when(any=("a",), unless=Condition(account="tea")), when(any=("a",), account="shop")),
    (when(any=("a",), quiet_days=3), when(any=("a",), quiet_days=30)),
    (when(any=("a",), message_no=MessageNo(2)), when(any=("a",), message_no=MessageNo(3, 5))),
    (entering(prefix="goods"), entering(equals="goods/1")),
    (entering(prefix="goods"), entering(prefix="goods/", fields=(FieldTest("n", ("1",)),))),
    (replace(when(event=("KF_CLOSE", "x")), on=ENTERED), replace(when(event=("kf_close",)), on=ENTERED)),
    (when(regex=EVERY), when(any=("a",))),
    (when(regex=EVERY), Rule("d", default=True, then=REPLY)),
    (when(any=("a",), regex=EVERY), when(prefix=("ab",))),
    (when(any=("退款",)), when(regex="退款")),
    (when(any=("退", "换货")), when(regex="退款|换货")),
    (when(message_no=MessageNo(1)), when(any=("a",))),
    (replace(when(message_no=MessageNo(0)), on=ENTERED), replace(when(event=("x",)), on=ENTERED)),
    (Rule("d", default=True, then=REPLY), when(any=("a",))),
    (Rule("d", default=True, then=REPLY), Rule("e", default=True, then=REPLY)),
]  # fmt: skip


@pytest.mark.parametrize(("above", "below"), HIDING)
def test_a_rule_is_unreachable_below_one_that_matches_whatever_it_matches(above: Rule, below: Rule) -> None:
    found = [one for one in said_of(above, below, everywhere={EVERY}) if one.doubt is LintCode.UNREACHABLE]
    assert [(one.rule.id, one.other and one.other.id, one.doubt.severity) for one in found] == [(2, 1, Severity.WRONG)]


NOT_HIDING = [
    (when(any=("退款",)), when(any=("退款", "运费"))),
    (when(any=("退款",)), when(any=("退",))),
    (when(prefix=("退",)), when(any=("退款",))),
    (when(suffix=("款",)), when(prefix=("退款",))),
    (when(any=("a",), none=("bc",)), when(any=("a",))),
    (when(any=("a",), operator=Presence.AWAY), when(any=("a",))),
    (when(any=("a",), quiet_days=30), when(any=("a",), quiet_days=3)),
    (when(any=("a",), message_no=MessageNo(1, 2)), when(any=("a",), message_no=MessageNo(1))),
    (when(any=("a",), message_no=MessageNo(2)), when(any=("a",), quiet_days=3)),
    (entering(prefix="goods", fields=(FieldTest("n", ("1",)),)), entering(equals="goods/1")),
    (replace(when(any=("a",)), continues=True), when(any=("a",))),
    (replace(when(any=("a",)), enabled=False), when(any=("a",))),
    (replace(when(any=("a",)), delivery=Delivery.SHADOW), when(any=("a",))),
    (replace(when(any=("a",)), cooldown=Cooldown(60)), when(any=("a",))),
    (when(any=("a",)), replace(when(any=("a",)), on=frozenset({MessageType.TEXT, MessageType.IMAGE}))),
    (when(regex="a|b"), when(regex="a")),
    (when(regex="退款"), when(any=("退款",))),  # of a very long text only the beginning is searched for patterns
    (when(any=("退款",)), when(regex="退款|换货")),
    (when(any=("ok",)), when(regex="ok.?")),
    (when(message_no=MessageNo(2)), when(any=("a",))),
    (when(message_no=MessageNo(1, 3)), when(any=("a",))),
    (replace(when(message_no=MessageNo(1)), on=ENTERED), replace(when(event=("x",)), on=ENTERED)),
    (when(any=("a",), unless=Condition(regex=EVERY)), when(any=("a",))),
]


@pytest.mark.parametrize(("above", "below"), NOT_HIDING)
def test_nothing_is_called_unreachable_that_may_answer(above: Rule, below: Rule) -> None:
    assert (2, LintCode.UNREACHABLE) not in doubts(above, below, everywhere={EVERY})


def test_a_default_hides_nothing_where_a_rule_above_may_have_answered_and_gone_on() -> None:
    first = replace(when(any=("a",)), continues=True)
    assert doubts(first, Rule("d", default=True, then=(*REPLY, TAKES_OVER)), when(any=("ab",))) == []


def test_two_rules_can_hide_a_third_kind_by_kind() -> None:
    both = frozenset({MessageType.TEXT, MessageType.CARD})
    on_cards = replace(when(any=("a",)), on=frozenset({MessageType.CARD}))
    assert doubts(when(any=("a",)), on_cards, replace(when(any=("a",)), on=both)) == [(3, LintCode.UNREACHABLE)]


@settings(max_examples=200, deadline=None)
@given(rules=rule_lists(), abouts=st.lists(SUBJECTS, min_size=1, max_size=6))
def test_a_rule_called_unreachable_never_is_one_that_answers(rules: list[Rule], abouts: list[Any]) -> None:
    found = findings(rules, TOOLS.normaliser, LintContext(NOW, everywhere=EVERYWHERE))
    unreachable = {one.rule.id for one in found if one.doubt is LintCode.UNREACHABLE}
    asked = ruleset(rules)
    for about in abouts:
        assert unreachable.isdisjoint(one.rule.id for one in asked.decide(about).matched)


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(st.text("ab", min_size=1, max_size=3), min_size=2, max_size=4),
    stands=st.lists(st.sampled_from(["any", "all", "none", "exact", "prefix", "suffix"]), min_size=2, max_size=4),
    texts=st.lists(st.text("abc", min_size=1, max_size=5), min_size=8, max_size=8),
)
def test_a_rule_called_unreachable_never_answers_with_nested_words_either(
    words: list[str], stands: list[str], texts: list[str]
) -> None:
    fields: list[dict[str, Any]] = [{stand: tuple(words[n % len(words) :])} for n, stand in enumerate(stands)]
    rules = [Rule(f"r{n}", id=n, when=Condition(**field), then=REPLY) for n, field in enumerate(fields, start=1)]
    unreachable = {
        one.rule.id for one in findings(rules, TOOLS.normaliser, LintContext(NOW)) if one.doubt is LintCode.UNREACHABLE
    }
    for text in texts:
        said = ruleset(rules).decide(subject(text)).rule
        assert said is None or said.id not in unreachable


def test_the_same_word_with_another_answer_is_found_in_its_place() -> None:
    below = replace(when(any=("运费", " 退款")), then=OTHERWISE)
    found = said_of(when(any=("退款",)), below)
    assert [(one.rule.id, one.doubt, one.where, one.word) for one in found] == [
        (2, LintCode.SAME_WORDS, ("when", "any", 1), " 退款")
    ]
    assert found[0].doubt.severity is Severity.DOUBTFUL
    assert found[0].other is not None
    assert found[0].other.id == 1


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (when(any=("a",)), when(any=("a", "b"))),  # the same answer
        (when(exact=("a",)), replace(when(any=("a", "b")), then=OTHERWISE)),  # the rarer one first, as it should be
        (when(any=("a",), none=("c",)), replace(when(any=("a",)), then=OTHERWISE)),
        (
            when(any=("a",), hours=HoursTest("shop")),
            replace(when(any=("a",), hours=HoursTest("shop", False)), then=OTHERWISE),
        ),
        (replace(when(any=("a",)), continues=True), replace(when(any=("a", "b")), then=OTHERWISE)),
    ],
)
def test_rules_that_differ_on_purpose_are_not_doubted(above: Rule, below: Rule) -> None:
    assert doubts(above, below) == []


@pytest.mark.parametrize(
    ("above", "below", "where", "word"),
    [
        (when(regex="退款"), when(any=("退货", "退款")), ("when", "any", 1), "退款"),
        (when(regex="退款|20461"), when(all=("20461", "几点")), ("when", "all", 0), "20461"),
        (when(any=("退款",)), when(regex="换货|退款"), ("when", "regex"), "退款"),
        (when(regex="退款|换货"), when(regex="换货|运费"), ("when", "regex"), "换货"),
    ],
)
def test_a_pattern_of_plain_words_is_compared_as_these(
    above: Rule, below: Rule, where: tuple[object, ...], word: str
) -> None:
    found = said_of(above, replace(below, then=OTHERWISE))
    assert [(one.rule.id, one.doubt, one.where, one.word) for one in found] == [(2, LintCode.SAME_WORDS, where, word)]
    assert doubts(above, below) == []


def test_a_calendar_that_never_opens_is_named() -> None:
    inside, outside = (when(any=(word,), hours=HoursTest("shop", word == "a")) for word in "ab")
    found = said_of(inside, outside, closed={"shop"})
    assert [(one.rule.id, one.doubt, one.where, one.word) for one in found] == [
        (1, LintCode.NEVER_OPEN, ("when", "hours", "inside"), "shop"),
        (2, LintCode.NO_EFFECT, ("when", "hours", "outside"), "shop"),
    ]


def test_the_same_words_are_found_under_all_as_well() -> None:
    both = frozenset({MessageType.TEXT, MessageType.CARD})
    below = replace(when(all=("退款", "运费")), on=both, then=OTHERWISE)
    [found] = said_of(when(all=("退款", "运费")), below)
    assert (found.rule.id, found.doubt, found.where, found.word) == (2, LintCode.SAME_WORDS, ("when", "all", 0), "退款")


def test_a_rule_that_nothing_matched_for_ninety_days_is_remarked_on() -> None:
    old, young = NOW - timedelta(days=90), NOW - timedelta(days=89)
    rules = [replace(when(any=(word,)), updated_at=at) for word, at in (("a", old), ("b", young), ("c", old))]
    assert doubts(*rules, hits={3: 1}) == [(1, LintCode.UNUSED)]
    assert doubts(*rules, hits=None) == []


def test_a_rule_that_cannot_be_used_is_reported_with_its_fault_and_hides_nothing() -> None:
    fault = RuleFault(("when", "regex"), "An empty pattern would be found in every text.")
    found = said_of(when(any=("a",)), when(any=("a",)), faults={1: fault})
    assert [(one.rule.id, one.doubt, one.where, one.fault) for one in found] == [
        (1, LintCode.FAULT, ("when", "regex"), fault)
    ]


RESOLVES, SNOOZES = Action(ActionKind.RESOLVE), Action(ActionKind.SNOOZE, minutes=60)


@pytest.mark.parametrize(
    ("rule", "doubt", "place"),
    [
        (Rule("r", when=Condition(any=("a",)), then=(*REPLY, RESOLVES)), None, ()),
        (Rule("r", default=True, then=(*REPLY, RESOLVES), cooldown=Cooldown(per_contact_s=60)), None, ()),
        (Rule("r", default=True, then=(SNOOZES,)), None, ()),
        (Rule("r", default=True, then=(RESOLVES,)), LintCode.RESOLVES_UNREAD, ("then", 0, "resolve")),
        (
            Rule("r", when=Condition(any=("a",)), then=(*REPLY, SNOOZES), delivery=Delivery.DRAFT),
            LintCode.NEVER_SET_ASIDE,
            ("then", 1, "snooze"),
        ),
        (
            Rule("r", when=Condition(any=("a",)), then=(Action(ActionKind.NOTIFY), RESOLVES)),
            LintCode.CALL_SET_ASIDE,
            ("then", 1, "resolve"),
        ),
    ],
)
def test_a_rule_that_sets_aside_unseen_messages_or_never_is_doubted(
    rule: Rule, doubt: LintCode | None, place: tuple[object, ...]
) -> None:
    assert [(one.doubt, one.where) for one in said_of(rule)] == ([] if doubt is None else [(doubt, place)])


DEFAULT = Rule("r", default=True, then=REPLY)


@pytest.mark.parametrize(
    ("rule", "repeats"),
    [
        (DEFAULT, True),
        (replace(DEFAULT, on=frozenset({MessageType.IMAGE})), True),
        (replace(DEFAULT, cooldown=Cooldown(per_account_per_min=9)), True),
        (replace(DEFAULT, cooldown=Cooldown(per_contact_s=60)), False),
        (replace(DEFAULT, cooldown=Cooldown(per_conversation=1)), False),
        (replace(DEFAULT, then=(*REPLY, TAKES_OVER)), False),
        (replace(DEFAULT, then=(*REPLY, Action(ActionKind.TRANSFER))), False),
        (replace(DEFAULT, then=(Action(ActionKind.NOTIFY),)), False),
        (replace(DEFAULT, delivery=Delivery.DRAFT), False),
        (replace(DEFAULT, delivery=Delivery.SHADOW), False),
        (replace(DEFAULT, on=ENTERED), False),
        (replace(DEFAULT, default=False, when=Condition(any=("a",))), False),
    ],
)
def test_a_default_that_says_the_same_again_and_again_is_doubted(rule: Rule, repeats: bool) -> None:
    found = [(one.doubt, one.where) for one in said_of(rule) if one.doubt is LintCode.REPEATS]
    assert found == ([(LintCode.REPEATS, ("cooldown",))] if repeats else [])
