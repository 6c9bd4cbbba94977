"""What a rule asks for in vain, and that it is said only where it is certain."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.rules.lint.linting import doubts, said_of, when
from tests.core.rules.matching.test_candidates import EVERYWHERE, SUBJECTS, rule_lists
from tests.core.rules.rule_matching import NOW, TOOLS, ask_each, ruleset
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Condition, Delivery, HoursTest, LastRule, MessageNo, Rule, SessionFromTest, TagsTest
from wxdesk.core.rules.faults import RuleFault
from wxdesk.core.rules.lint.checks import findings
from wxdesk.core.rules.lint.findings import LintCode, LintContext


def test_a_calendar_that_never_closes_is_named_also_under_not() -> None:
    inside, outside = (when(any=(word,), hours=HoursTest("shop", word == "a")) for word in "ab")
    assert doubts(inside, outside, always_open={"shop"}) == [(1, LintCode.NO_EFFECT), (2, LintCode.ALWAYS_OPEN)]
    not_inside, not_outside = (
        when(any=(word,), unless=Condition(hours=HoursTest("shop", word == "a"))) for word in "ab"
    )
    found = said_of(not_inside, not_outside, always_open={"shop"})
    assert [(one.rule.id, one.doubt, one.where) for one in found] == [
        (1, LintCode.ALWAYS_OPEN, ("when", "not", "hours", "inside")),
        (2, LintCode.NO_EFFECT, ("when", "not", "hours", "outside")),
    ]
    assert doubts(not_inside, not_outside, closed={"shop"}) == [(1, LintCode.NO_EFFECT), (2, LintCode.NEVER_OPEN)]


CONTRADICTIONS = [
    when(any=("退款", "要退款"), none=("退款",)),
    when(all=("退款", "运费"), none=("运费",)),
    when(exact=("你好",), prefix=("您",)),
    when(exact=("ＯＫ",), none=("ok",)),
    when(any=("a",), unless=Condition(any=("a", "b"))),
    when(any=("a",), tags=TagsTest(any=("vip",), none=("VIP", "x"))),
    when(any=("a",), hours=HoursTest("shop"), unless=Condition(hours=HoursTest("shop"))),
]


@pytest.mark.parametrize("rule", CONTRADICTIONS)
def test_conditions_that_exclude_each_other_are_reported(rule: Rule) -> None:
    assert doubts(rule) == [(1, LintCode.CONTRADICTS)]


def test_of_several_words_the_one_that_can_do_nothing_is_named() -> None:
    [found] = said_of(when(any=("几点", "要退款"), none=("退款",)))
    assert (found.doubt, found.where, found.word) == (LintCode.WORD_EXCLUDED, ("when", "any", 1), "要退款")


@settings(max_examples=200, deadline=None)
@given(rules=rule_lists(), abouts=st.lists(SUBJECTS, min_size=1, max_size=6))
def test_a_rule_told_as_contradicting_or_without_words_never_matches(rules: list[Rule], abouts: list[Any]) -> None:
    found = findings(rules, TOOLS.normaliser, LintContext(NOW, everywhere=EVERYWHERE))
    never = {one.rule.id for one in found if one.doubt in (LintCode.CONTRADICTS, LintCode.NO_WORDS)}
    for rule in (rule for rule in rules if rule.id in never):
        alone = ruleset([rule])
        for about in abouts:
            as_it_comes = about if about.type.has_words else replace(about, text="")
            assert not any(one.matched for one in ask_each(alone, as_it_comes).verdicts)


@pytest.mark.parametrize("word", ["[微笑]", "［微笑］", "/::)", " /:rose [Smile] "])
@pytest.mark.parametrize("name", ["any", "all", "none", "prefix", "suffix"])
def test_an_emoticon_that_is_sought_beside_words_is_named(name: str, word: str) -> None:
    """“你好[微笑]” is compared as “你好”."""
    sought = Condition(**{name: ("好", word)})  # type: ignore[arg-type]
    for rule, place in ((when(), ("when",)), (when(exact=("a",)), ("when", "not"))):
        asked = replace(rule.when, unless=sought) if place[1:] else sought
        found = [one for one in said_of(replace(rule, when=asked)) if one.doubt is LintCode.EMOTICON]
        assert [(one.where, one.word) for one in found] == [((*place, name, 1), word)]


def test_an_emoticon_by_itself_and_what_only_looks_like_one_are_not_doubted() -> None:
    assert doubts(when(exact=("[微笑]",))) == doubts(when(any=("[ok", "a/b", "[订单]", "好[微笑]"))) == []


@pytest.mark.parametrize("kind", [MessageType.IMAGE, MessageType.ENTER_SESSION, MessageType.OTHER])
def test_words_in_a_rule_for_messages_without_text_are_doubted(kind: MessageType) -> None:
    rule = replace(when(suffix=("吗",)), on=frozenset({kind}))
    assert [(one.doubt, one.where) for one in said_of(rule)] == [(LintCode.NO_WORDS, ("when", "suffix"))]
    for more in (MessageType.TEXT, MessageType.CARD):  # a card's title is its text
        assert doubts(replace(rule, on=frozenset({kind, more}))) == []


def test_a_rule_that_is_asked_for_and_does_not_exist_is_named() -> None:
    after = replace(when(any=("a",), last_rule_within=LastRule("问侯", 5)), name="跟着")
    assert [(one.doubt, one.where, one.word) for one in said_of(after)] == [
        (LintCode.NO_SUCH_RULE, ("when", "last_rule_within", "rule"), "问侯")
    ]
    assert doubts(replace(when(any=("b",)), name="问侯"), after) == []


def test_a_mini_program_that_is_not_there_is_named_also_under_not() -> None:
    only, but = when(account="te"), when(any=("a",), unless=Condition(account="te"))
    found = [(one.doubt, one.where, one.word) for one in said_of(only, but, accounts=("tea", "shop"))]
    assert found == [
        (LintCode.NO_SUCH_ACCOUNT, ("when", "account"), "te"),
        (LintCode.NO_SUCH_ACCOUNT, ("when", "not", "account"), "te"),
    ]
    assert doubts(only, but, accounts=("te",)) == []


def test_rules_for_other_mini_programs_hide_nothing() -> None:
    tea, shop = when(any=("a",), account="tea"), when(any=("a",), account="shop")
    assert doubts(tea, shop, when(any=("a",)), accounts=("tea", "shop")) == []
    both = when(account="tea", unless=Condition(account="tea"))
    assert doubts(both, accounts=("tea",)) == [(1, LintCode.CONTRADICTS)]


@pytest.mark.parametrize("silent", [{"enabled": False}, {"delivery": Delivery.SHADOW}])
@pytest.mark.parametrize("negated", [False, True])
def test_a_rule_that_is_asked_for_and_says_nothing_is_named(silent: dict[str, Any], negated: bool) -> None:
    asks = Condition(last_rule_within=LastRule("问候", 5))
    after = when(any=("a",), unless=asks) if negated else replace(when(), when=replace(asks, any=("a",)))
    other = replace(when(any=("b",)), name="问候")
    [found] = said_of(replace(other, **silent), after)
    assert (found.rule.id, found.doubt, found.word) == (2, LintCode.SAYS_NOTHING, "问候")
    assert found.where == (*(("when", "not") if negated else ("when",)), "last_rule_within", "rule")
    assert doubts(other, after) == []


def test_a_rule_that_is_left_out_says_nothing_as_well() -> None:
    after = when(any=("a",), last_rule_within=LastRule("问候", 5))
    other = when(any=("b",))
    left_out = {1: RuleFault(("then",), "It cannot be used.")}
    assert doubts(replace(other, name="问候"), after, faults=left_out) == [
        (1, LintCode.FAULT),
        (2, LintCode.SAYS_NOTHING),
    ]


def test_first_contact_contradicts_a_later_message_number() -> None:
    assert doubts(when(first_contact=True, message_no=MessageNo(3))) == [(1, LintCode.CONTRADICTS)]
    assert doubts(when(first_contact=True, unless=Condition(message_no=MessageNo(2)))) == []
    assert doubts(when(first_contact=False, message_no=MessageNo(3))) == []


def test_a_rule_that_waits_for_itself_never_speaks() -> None:
    waits = replace(when(any=("a",), last_rule_within=LastRule("r", 5)), name="r")
    assert [(one.doubt, one.where) for one in said_of(waits)] == [
        (LintCode.WAITS_FOR_ITSELF, ("when", "last_rule_within", "rule"))
    ]
    rests = replace(when(any=("a",), unless=Condition(last_rule_within=LastRule("r", 5))), name="r")
    assert doubts(rests) == []


def test_a_name_that_two_rules_have_is_told_where_a_rule_is_meant_by_it() -> None:
    first, second = (replace(when(any=(word,)), name="r") for word in "ab")
    after = replace(when(any=("c",), last_rule_within=LastRule("r", 5)), name="s")
    found = said_of(first, second, after)
    assert [(one.rule.id, one.doubt, one.where, one.word) for one in found] == [
        (3, LintCode.TWO_OF_A_NAME, ("when", "last_rule_within", "rule"), "r")
    ]
    assert doubts(first, replace(second, name="t"), after) == []


@pytest.mark.parametrize(
    ("rule", "where"),
    [
        (when(regex="x*"), [("when", "regex")]),
        (when(regex="(?P<all>.*)"), [("when", "regex")]),
        (when(any=("a",), regex="x*"), [("when", "regex")]),
        (when(any=("a",), regex="(?P<all>.*)"), []),  # it is there for its group
        (when(regex="x+"), []),
        (
            replace(when(session_from=SessionFromTest(regex="x*")), on=frozenset({MessageType.ENTER_SESSION})),
            [("when", "session_from", "regex")],
        ),
    ],
)
def test_a_pattern_that_is_found_in_every_text_is_named(rule: Rule, where: list[tuple[str, ...]]) -> None:
    found = said_of(rule, everywhere={"x*", "(?P<all>.*)"})
    assert [(one.doubt, one.where) for one in found] == [(LintCode.EVERY_TEXT, place) for place in where]


def test_a_condition_that_excludes_everything_never_matches() -> None:
    assert doubts(when(any=("a",), unless=Condition(regex="x*")), everywhere={"x*"}) == [(1, LintCode.CONTRADICTS)]
    assert doubts(when(any=("a",), unless=Condition(message_no=MessageNo(1)))) == [(1, LintCode.CONTRADICTS)]


def test_a_count_that_is_always_reached_is_named() -> None:
    always = when(any=("a",), message_no=MessageNo(1))
    assert [(one.doubt, one.where) for one in said_of(always)] == [(LintCode.ALWAYS_HOLDS, ("when", "message_no"))]
    assert (
        doubts(when(any=("a",), message_no=MessageNo(2))) == doubts(when(any=("a",), message_no=MessageNo(1, 9))) == []
    )
    entering = replace(when(message_no=MessageNo(1)), on=frozenset({MessageType.ENTER_SESSION}))
    assert doubts(entering) == []  # who has only opened the chat has written nothing
