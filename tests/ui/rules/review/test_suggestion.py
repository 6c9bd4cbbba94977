"""The rule that one click makes of a group of unmatched messages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.rules.rule_matching import CODES
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.conditions.facts import MatchInput
from wxdesk.core.rules.lint.clustering import GroupKind, grouped
from wxdesk.core.rules.matching.matcher import MatchResult, MatchTools, Ruleset
from wxdesk.core.rules.past_messages import PastMessage
from wxdesk.desk.rules.patterns import compile_pattern
from wxdesk.ui.rules.review.text import suggested_rule

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
TOOLS = MatchTools(compile_pattern, Normaliser(CODES))
SAID = (Action(ActionKind.REPLY, text="好"),)

PIECES = (
    "+8613800138000", "20261124001", "SF1234567890", "１３８００１３８０００", "138-0013-8000", "12", "１", "²",
    "https://a.cn/x?n=1", "HTTPS://B.cn", "www.c.cn", "#", "（", "）", "【", "】", "。", "、", "_", "-", "👉", "？",
    "٣٤٥٦٧٨٩", "👍🏽", "\ufe0f", "\u200b", " ", "\n", "/::)", "[微笑]", "ſ", "İ", "ß", "é", "が",
    "\u00ad", "\u3164", "\u2800", "退款", "怎么", "能", "吗", "水洗", "refund", "my",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join) | st.text(max_size=6)


def told(*texts: str) -> list[PastMessage]:
    return [PastMessage(n, 1, MessageType.TEXT, text, NOW + timedelta(seconds=n)) for n, text in enumerate(texts)]


def asked(rules: list[Rule]) -> Ruleset:
    return Ruleset([replace(rule, id=at, then=SAID) for at, rule in enumerate(rules, start=1)], TOOLS)


def decided(rules: list[Rule], text: str) -> MatchResult:
    return asked(rules).decide(subject(text))


def subject(text: str) -> MatchInput:
    return MatchInput(MessageType.TEXT, text, at=NOW)


@given(TEXTS)
@example("+8613800138000")
@example("#20261124001")
@example("（SF1234567890）")
@example("👉https://a.cn/x")
@example("12 2026112400")
@example("ß20261124001")
def test_a_suggested_rule_matches_the_messages_it_was_made_of(text: str) -> None:
    [group] = grouped(told(text), TOOLS.normaliser)
    assert decided([suggested_rule(group)], text).rule is not None


@given(st.lists(TEXTS, max_size=20))
@example(["退款" + mark for mark in "甲乙丙丁戊己庚辛"])
def test_the_rules_of_all_groups_match_all_messages(texts: list[str]) -> None:
    sentences = told(*texts)
    groups = grouped(sentences, TOOLS.normaliser)
    rules = [suggested_rule(group) for group in groups]
    together = asked(rules)
    assert all(together.decide(subject(text)).rule is not None for text in texts)
    for group, rule in zip(groups, rules, strict=True):
        alone = asked([rule])
        assert sum(alone.decide(subject(text)).rule is not None for text in texts) >= group.times


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13800138000", "13800138000"),
        ("+8613800138000", "8613800138000"),
        ("#20261124001", "20261124001"),
        ("（ＳＦ1234567890）", "SF1234567890"),
        ("1、2026112400", "2026112400"),
    ],
)
def test_the_rule_of_a_number_knows_the_number(text: str, number: str) -> None:
    [group] = grouped(told(text), TOOLS.normaliser)
    assert group.kind is GroupKind.NUMBER
    [matched] = decided([suggested_rule(group)], text).matched
    assert matched.groups == {"no": number}


def test_the_rule_of_a_number_leaves_a_number_within_a_sentence() -> None:
    [group] = grouped(told("+8613800138000"), TOOLS.normaliser)
    assert decided([suggested_rule(group)], "我的手机13800138000，帮我查订单").rule is None
