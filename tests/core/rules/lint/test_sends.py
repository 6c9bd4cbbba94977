"""Rules that send more than the reply window allows, alone or with others."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.rules.lint.linting import ENTERED, doubts, entering, said_of, when
from tests.core.rules.rule_matching import NOW, REPLY, TOOLS, ruleset, subject
from wxdesk.core.model.rule import Action, ActionKind, Condition, Cooldown, Delivery, Rule
from wxdesk.core.rules.lint.checks import findings
from wxdesk.core.rules.lint.findings import LintCode, LintContext


def test_a_greeting_of_three_messages_never_fits_into_the_two_that_entering_allows() -> None:
    greeting = replace(entering(prefix="goods"), then=REPLY * 3)
    found = said_of(greeting)
    assert [(one.doubt, one.where, one.most) for one in found] == [(LintCode.TOO_MANY_SENDS, ("then", 2, "reply"), 2)]
    assert doubts(replace(greeting, then=REPLY * 2)) == []


def test_the_reserve_is_not_available_to_a_rule() -> None:
    rule = replace(when(any=("a",)), then=REPLY * 5)
    assert doubts(rule) == []
    assert [(one.where, one.most) for one in said_of(rule, reserve=1)] == [(("then", 4, "reply"), 4)]


def test_a_long_text_counts_as_the_messages_that_it_makes() -> None:
    says = replace(when(any=("a",)), then=(Action(ActionKind.REPLY, text="长" * 9), *REPLY))
    [found] = said_of(says, reserve=3, messages_of=lambda text: 1 + len(text) // 5)
    assert (found.doubt, found.where, found.most, found.sends) == (
        LintCode.TOO_MANY_SENDS,
        ("then", 1, "reply"),
        2,
        2 + 1,
    )
    varied = Action(ActionKind.REPLY, text="长" * 9, others=("短",))
    assert doubts(replace(says, then=(varied, *REPLY)), reserve=3, messages_of=lambda text: 1 + len(text) // 5) == []


def greeting(word: str, replies: int, **more: Any) -> Rule:
    return replace(replace(when(any=(word,)), then=REPLY * replies, continues=True), **more)


def test_rules_that_go_on_to_each_other_are_counted_together() -> None:
    found = said_of(greeting("a", 3), replace(when(any=("ab",)), then=(Action(ActionKind.NOTIFY), *REPLY * 3)))
    assert [(one.rule.id, one.doubt, one.where, one.most, one.sends) for one in found] == [
        (2, LintCode.TOO_MANY_SENDS, ("then", 1, "reply"), 5, 6)
    ]
    assert found[0].other is not None
    assert found[0].other.id == 1
    three = said_of(greeting("a", 2), greeting("ab", 2), replace(when(any=("abc",)), then=REPLY * 2))
    assert [(one.rule.id, one.sends, one.other and one.other.id) for one in three] == [(3, 6, 2)]


@pytest.mark.parametrize(
    "above",
    [
        greeting("c", 3),  # another word: both may match one text, or not
        greeting("ab", 2),  # 2 and 3 fit
        greeting("a", 3, continues=False),
        greeting("a", 3, enabled=False),
        greeting("a", 3, delivery=Delivery.SHADOW),
        greeting("a", 3, cooldown=Cooldown(per_contact_s=60)),
        greeting("a", 3, on=ENTERED),
    ],
)
def test_nothing_is_added_up_that_may_not_come_together(above: Rule) -> None:
    below = replace(when(any=("ab",)), then=REPLY * 3)
    assert [one for one in said_of(above, below) if one.doubt is LintCode.TOO_MANY_SENDS and one.other] == []


@settings(max_examples=150, deadline=None)
@given(
    made=st.lists(
        st.tuples(
            st.sampled_from(["any", "all", "exact", "prefix", "suffix"]),
            st.text("ab", min_size=1, max_size=3),
            st.integers(1, 4),
            st.booleans(),
            st.booleans(),
        ),
        min_size=2,
        max_size=5,
    ),
    texts=st.lists(st.text("abc", min_size=1, max_size=4), min_size=8, max_size=8),
)
def test_only_messages_that_certainly_come_together_are_added_up(
    made: list[tuple[str, str, int, bool, bool]], texts: list[str]
) -> None:  # fmt: skip
    rules = [
        Rule(f"r{n}", id=n, when=Condition(**{stand: (word,)}), then=REPLY * sends, continues=goes_on, enabled=on)  # type: ignore[arg-type]
        for n, (stand, word, sends, goes_on, on) in enumerate(made, start=1)
    ]
    found = findings(rules, TOOLS.normaliser, LintContext(NOW, reserve=1))
    summed = {one.rule.id: one for one in found if one.doubt is LintCode.TOO_MANY_SENDS and one.other}
    for text in texts:
        matched = [one.rule for one in ruleset(rules).decide(subject(text)).matched]
        for finding in (summed[rule.id] for rule in matched if rule.id in summed):
            assert sum(len(rule.then) for rule in matched) >= finding.sends > finding.most == 4


def test_a_default_says_nothing_on_top_of_others() -> None:
    assert doubts(greeting("a", 3), Rule("d", default=True, then=(*REPLY * 3, Action(ActionKind.TAKE_OVER)))) == []
