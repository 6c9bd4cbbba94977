"""A rule in words: every field of it is said, as its editor says it."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import asdict, replace

from tests.store.rules.test_rules import FULL
from wxdesk import i18n
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    FieldTest,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    SessionFromTest,
    TagsTest,
    Variant,
)
from wxdesk.ui.rules.editor.wording import rule_sections


def said(rule: Rule) -> dict[str, list[str]]:
    return {section.title: [line.text for line in section.lines] for section in rule_sections(rule)}


def when(condition: Condition) -> list[str]:
    return said(Rule("r", when=condition))["When to answer"][1:]


@pytest.fixture
def chinese() -> Iterator[None]:
    before = i18n.language()
    i18n.use("zh_CN")
    yield
    i18n.use(before)


def test_a_plain_rule() -> None:
    rule = Rule("Hours", when=Condition(any=("open", "close")), then=(Action(ActionKind.REPLY, "At 9.\nDaily."),))
    assert said(rule) == {
        "Name of the rule": ["Hours"],
        "When to answer": ["When the customer sends a text", "contains any of “open” “close”"],
        "How to answer": ["Text", "At 9.", "Daily."],
        "How often, and how it leaves": ["Answers whenever it matches.", "Leaves as the conversation's mode says"],
    }


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Condition(all=("a", "b")), "contains all of “a” “b”"),
        (Condition(exact=("a",)), "is exactly one of “a”"),
        (Condition(prefix=("a",)), "begins with one of “a”"),
        (Condition(suffix=("a",)), "ends with one of “a”"),
        (Condition(none=("a",)), "does not contain “a”"),
        (Condition(regex=r"\d+"), r"has this pattern in it \d+"),
        (Condition(account="tea"), "the mini program is tea"),
        (Condition(event=("kf_close",)), "is the event “kf_close”"),
        (
            Condition(session_from=SessionFromTest(prefix="goods")),
            "comes by a button whose session_from starts with goods",
        ),
        (
            Condition(session_from=SessionFromTest(fields=(FieldTest("id", ("1", "2")),))),
            "comes by a button with the field id being one of “1” “2”",
        ),
        (Condition(hours=HoursTest("Shop", inside=False)), "it is outside “Shop”"),
        (Condition(operator=Presence.AWAY), "there is nobody at the desk"),
        (Condition(tags=TagsTest(any=("vip",))), "the customer has one of the tags “vip”"),
        (Condition(tags=TagsTest(none=("vip",))), "the customer has none of the tags “vip”"),
        (Condition(first_contact=True), "the customer writes for the first time"),
        (Condition(quiet_days=30), "the customer was quiet for at least 30 days before"),
        (
            Condition(message_no=MessageNo(2, 5)),
            "the number of messages since a person last answered is between 2 and 5",
        ),
        (Condition(message_no=MessageNo(2, 2)), "the number of messages since a person last answered is exactly 2"),
        (Condition(message_no=MessageNo(2)), "the number of messages since a person last answered is at least 2"),
        (Condition(message_no=MessageNo(1, 3)), "the number of messages since a person last answered is at most 3"),
        (
            Condition(last_rule_within=LastRule("Hello", 10)),
            "the customer was answered by the rule “Hello” within the last 10 minutes",
        ),
        (Condition(unless=Condition(any=("a",))), "unless it contains any of “a”"),
        (Condition(unless=Condition(first_contact=False)), "unless the customer has written before"),
    ],
)
def test_each_condition_is_a_line(condition: Condition, words: str) -> None:
    assert when(condition) == [words]


@pytest.mark.parametrize(
    ("action", "lines"),
    [
        (
            Action(ActionKind.REPLY, "a", others=("b",), variant=Variant.ROTATE),
            ["Text: one after the other", "• a", "• b"],
        ),
        (Action(ActionKind.TEMPLATE, template="hello"), ["Template “hello”"]),
        (
            Action(ActionKind.LINK, content=Content(ReplyKind.LINK, title="Sale", url="https://x.example")),
            ["Link", "Title: Sale", "Address: https://x.example"],
        ),
        (Action(ActionKind.TAG, tags=("vip", "new")), ["Tag the customer “vip” “new”"]),
        (
            Action(ActionKind.TYPING, seconds=3),
            ["The customer sees somebody typing for 3 seconds, then the next message comes."],
        ),
        (Action(ActionKind.TAKE_OVER), ["Hand over to a person"]),
        (Action(ActionKind.RESOLVE), ["Resolve the conversation"]),
        (
            Action(ActionKind.SNOOZE, minutes=45),
            ["Out of sight for 45 minutes, or until the customer writes; then it calls for you."],
        ),
    ],
)
def test_each_action_is_said_with_its_inside(action: Action, lines: list[str]) -> None:
    assert said(Rule("r", then=(action,)))["How to answer"] == lines


def test_limits_and_delivery() -> None:
    rule = Rule("r", cooldown=Cooldown(7200, 1, 30), delivery=Delivery.HOLD, hold_seconds=20, continues=True)
    assert said(rule)["How often, and how it leaves"] == [
        "At most once in 2 hours for each customer",
        "At most 1 time for each customer, ever",
        "At most 30 times a minute for all customers together",
        "Waits 20 seconds for you before it leaves",
    ]
    assert said(rule)["How to answer"] == ["Ask the rules below as well"]


def test_the_default_rule() -> None:
    rule = Rule("r", on=frozenset({MessageType.TEXT, MessageType.IMAGE}), default=True)
    assert said(rule)["When to answer"] == ["When the customer sends a text or a picture", "Default: everything else"]


def test_no_field_of_a_rule_changes_without_a_word() -> None:
    """Whatever a revision can differ in, its history shows it."""
    beside = {"id", "position", "revision", "enabled", "updated_at", "by"}
    plain = Rule("Other", delivery=Delivery.HOLD, hold_seconds=8)
    other = asdict(FULL)
    other |= {"default": True, "delivery": Delivery.DRAFT}
    changed = {name: replace(plain, **{name: other[name]}) for name in other.keys() - beside}
    whens: dict[str, Any] = asdict(FULL.when)
    changed |= {f"when.{name}": replace(plain, when=Condition(**{name: value})) for name, value in whens.items()}
    unseen = [name for name, rule in changed.items() if said(rule) == said(plain)]
    assert unseen == [], "give each words in ui/rules/editor, and a value in FULL of tests/store/rules/test_rules.py"
    for name, value in whens.items():
        if isinstance(value, Struct):
            assert when(replace(Condition(), **{name: value})), name


def test_chinese_sentences_have_gaps_round_figures_only(chinese: None) -> None:
    condition = Condition(any=("几点", "开门"), quiet_days=30, session_from=SessionFromTest(prefix="goods_"))
    lines = rule_sections(Rule("营业", when=condition))[1].lines
    assert [line.text for line in lines] == [
        "当客户发来文字",
        "含下列任意一个「几点」「开门」",
        "来源 session_from 开头是 goods_",
        "客户此前至少 30 天没有来过消息",
    ]
