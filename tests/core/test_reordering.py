"""The order of rules that cannot both match says nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.asking import REPLY, ruleset, subject
from wxdesk.core.rules import Condition, Rule

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
