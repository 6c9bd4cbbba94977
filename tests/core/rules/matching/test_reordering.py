"""The order of rules that cannot both match says nothing."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.rules.matching.test_candidates import SUBJECTS, rule_lists
from tests.core.rules.rule_matching import REPLY, TOOLS, ruleset, subject
from wxdesk.core.model.rule import Condition, Rule, TagsTest
from wxdesk.core.rules.conditions.facts import MatchInput
from wxdesk.core.rules.matching.matcher import Ruleset

WORDS = st.text("ab款", min_size=1, max_size=3)


@st.composite
def exclusive(draw: st.DrawFn) -> list[Rule]:
    """Rules of which each asks for whole texts of its own, or for beginnings as long as all others'."""
    whole = draw(st.lists(WORDS, min_size=2, max_size=6, unique=True))
    rules = [Rule(f"r{n}", id=n, when=Condition(exact=(word,)), then=REPLY) for n, word in enumerate(whole, start=1)]
    begins = draw(st.lists(st.text("ab款", min_size=4, max_size=4), max_size=4, unique=True))
    return rules + [
        Rule(f"p{n}", id=n, when=Condition(prefix=(word,)), then=REPLY) for n, word in enumerate(begins, start=101)
    ]


@settings(max_examples=300, deadline=None)
@given(data=st.data(), rules=exclusive(), texts=st.lists(st.text("ab款", max_size=6), min_size=8, max_size=8))
def test_reordering_rules_that_cannot_both_match_changes_nothing(
    data: st.DataObject, rules: list[Rule], texts: list[str]
) -> None:
    other = ruleset(data.draw(st.permutations(rules)))
    first = ruleset(rules)
    known = [word for rule in rules for word in (*rule.when.exact, *rule.when.prefix)]
    for text in (*texts, *known):
        assert other.decide(subject(text)).rule == first.decide(subject(text)).rule
    assert all(first.decide(subject(word)).rule is not None for word in known)


@settings(max_examples=400, deadline=None)
@given(data=st.data(), rules=rule_lists(), about=SUBJECTS)
def test_a_rule_that_alone_matches_says_the_same_wherever_it_stands(
    data: st.DataObject, rules: list[Rule], about: MatchInput
) -> None:
    """What each says alone is asked of lists in which it only is switched on."""
    alone = [found for rule in rules for found in only(rule, rules).decide(about).matched]
    assume(len(alone) <= 1)
    moved = Ruleset(data.draw(st.permutations(rules)), TOOLS)
    assert list(moved.decide(about).matched) == alone


@pytest.mark.parametrize("turned", [False, True])
def test_groups_of_a_failing_rule_do_not_reach_another_rule(turned: bool) -> None:
    failing = Rule("f", id=1, when=Condition(regex=r"(?P<no>\d+)", tags=TagsTest(any=("vip",))), then=REPLY)
    holding = Rule("h", id=2, when=Condition(any=("订单",)), then=REPLY)
    rules = [holding, failing] if turned else [failing, holding]
    [found] = ruleset(rules).decide(subject("订单 20461")).matched
    assert (found.rule, dict(found.groups)) == (holding, {})


def only(rule: Rule, rules: list[Rule]) -> Ruleset:
    """The list with all others switched off: rules go on to be known by their names."""
    return Ruleset([one if one is rule else replace(one, enabled=False) for one in rules], TOOLS)
