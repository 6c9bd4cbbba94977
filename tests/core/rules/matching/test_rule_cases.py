"""What an operator writes, what a customer sends, and whether the rule answers: one line a case.

The expected outcomes are what a shopkeeper would expect, written down before the engine was asked.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.rules.rule_matching import NOW, REPLY, ask_each, ruleset, subject
from tests.core.rules.test_business_hours import BAR, NEW_YORK, SHOP
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import (
    Condition,
    FieldTest,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    SessionFromTest,
    TagsTest,
)
from wxdesk.core.rules.conditions.facts import ContactHistory, FiringCount

ALL_KINDS = frozenset(MessageType)
ENTER, OTHER, IMAGE = MessageType.ENTER_SESSION, MessageType.OTHER, MessageType.IMAGE


def at(text: str) -> dict[str, Any]:
    return {"at": datetime.fromisoformat(text).astimezone(UTC)}


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def wrote(**span: float) -> dict[str, Any]:
    return {"history": ContactHistory(last_written_at=ago(**span))}


def number(count: int) -> dict[str, Any]:
    return {"history": ContactHistory(message_no=count)}


def came(session_from: str) -> dict[str, Any]:
    return {"kind": ENTER, "session_from": session_from}


def fired(rule_id: int, **span: float) -> dict[str, Any]:
    """As cool-downs count it, and what it said has arrived."""
    return {"history": ContactHistory(fired={rule_id: FiringCount(ago(**span))}, said={rule_id: ago(**span)})}


# what the rule asks for · what is sent · what surrounds it · whether the rule answers
CASES: list[tuple[dict[str, Any], str, dict[str, Any], bool]] = [
    # suffix: questions end with a particle or a mark
    ({"suffix": ("吗",)}, "在吗", {}, True),
    ({"suffix": ("吗",)}, "在吗？", {}, False),
    ({"suffix": ("吗", "吗？")}, "在吗?", {}, True),
    ({"suffix": ("吗",)}, "吗", {}, True),
    ({"suffix": ("吗",)}, "吗丁啉有货", {}, False),
    ({"suffix": ("吗",)}, "在吗 ", {}, True),
    ({"suffix": ("吗",)}, "在吗\u3000\n", {}, True),
    ({"suffix": ("吗",)}, "在吗/::)", {}, True),
    ({"suffix": ("吗",)}, "在吗[微笑]", {}, True),
    ({"suffix": ("吗",)}, "在吗❤️", {}, False),
    ({"suffix": ("ok",)}, "都ＯＫ", {}, True),
    ({"suffix": ("OK",)}, "not ok", {}, True),
    ({"suffix": ("退款",)}, "款", {}, False),
    ({"suffix": ("？",)}, "几点?", {}, True),
    ({"suffix": ("么", "吗", "呢")}, "发货了呢", {}, True),
    ({"suffix": ("é",)}, "cafe\u0301", {}, True),
    ({"suffix": ("👍",)}, "好👍", {}, True),
    ({"suffix": ("👍",)}, "好👍🏽", {}, False),
    ({"suffix": ("吗",)}, "", {}, False),
    # several conditions: all of them hold
    ({"prefix": ("请问",), "suffix": ("吗",)}, "请问发货了吗", {}, True),
    ({"prefix": ("请问",), "suffix": ("吗",)}, "请问发货了", {}, False),
    ({"prefix": ("请问",), "suffix": ("吗",)}, "发货了吗", {}, False),
    ({"prefix": ("请问吗",), "suffix": ("请问吗",)}, "请问吗", {}, True),
    ({"any": ("快递", "物流"), "none": ("投诉",), "suffix": ("哪",)}, "快递到哪", {}, True),
    ({"any": ("快递", "物流"), "none": ("投诉",), "suffix": ("哪",)}, "投诉快递到哪", {}, False),
    ({"exact": ("1", "１")}, "1", {}, True),
    ({"exact": ("①",)}, "1", {}, True),
    ({"exact": ("转人工",)}, "转 人工", {}, False),
    ({"exact": ("转人工",)}, " 转人工/:?", {}, True),
    ({"all": ("尺码", "身高")}, "身高170选什么尺码", {}, True),
    ({"all": ("尺码", "身高")}, "尺码", {}, False),
    ({"regex": r"(\d{3,})\s*(元|块)"}, "付了１２３ 元", {}, True),
    ({"regex": r"(\d{3,})\s*(元|块)"}, "付了12元", {}, False),
    ({"regex": "^在(吗|么)?$"}, "在么/::D", {}, True),
    ({"regex": "^在(吗|么)?$"}, "在不在", {}, False),
    ({"any": ("[微笑]",)}, "好[微笑]", {}, False),
    ({"any": ("[微笑]",)}, "[微笑]", {}, True),
    ({"any": ("没有这个表情",)}, "[没有这个表情]", {}, True),
    ({"any": ("/:no",)}, "https://a.cn/:no", {}, True),
    # emoji, width and case wherever words stand
    ({"prefix": ("❤",)}, "❤️你们家", {}, True),
    ({"exact": ("👌",)}, " 👌 ", {}, True),
    ({"all": ("🌹", "谢")}, "谢谢🌹🌹", {}, True),
    ({"none": ("👎",), "any": ("货",)}, "货👎", {}, False),
    ({"prefix": ("ｖｘ",)}, "VX多少", {}, True),
    ({"exact": ("ｎｏ．１",)}, "No.1", {}, True),
    ({"any": ("😂",)}, "[破涕为笑]", {}, False),
    ({"exact": ("哈哈",)}, "哈哈[捂脸][捂脸]", {}, True),
    ({"prefix": ("谢谢",)}, "/:rose谢谢", {}, True),
    # kinds of message
    ({"any": ("x",), "on": {IMAGE}}, "x", {}, False),
    ({"on": {IMAGE}}, "", {"kind": IMAGE}, True),
    ({"on": {IMAGE}, "any": ("x",)}, "", {"kind": IMAGE}, False),
    ({"on": {IMAGE}, "none": ("x",)}, "", {"kind": IMAGE}, True),
    # events
    ({"on": {OTHER}, "event": ("kf_close_session",)}, "", {"kind": OTHER, "event": "kf_close_session"}, True),
    ({"on": {OTHER}, "event": ("kf_close_session",)}, "", {"kind": OTHER, "event": "KF_Close_Session"}, True),
    ({"on": {OTHER}, "event": ("kf_close_session",)}, "", {"kind": OTHER, "event": "kf_create_session"}, False),
    ({"on": {OTHER}, "event": ("kf_close_session",)}, "", {"kind": OTHER}, False),
    ({"on": {OTHER}, "event": ("kf_x", "kf_close_session")}, "", {"kind": OTHER, "event": "kf_close_session"}, True),
    # where the contact comes from
    ({"on": {ENTER}, "session_from": SessionFromTest(prefix="goods")}, "", came("goods/1"), True),
    ({"on": {ENTER}, "session_from": SessionFromTest(prefix="goods")}, "", came("order"), False),
    ({"on": {ENTER}, "session_from": SessionFromTest(equals="")}, "", came(""), True),
    ({"on": {ENTER}, "session_from": SessionFromTest(equals="")}, "", {"kind": ENTER}, False),
    ({"on": ALL_KINDS, "session_from": SessionFromTest(prefix="goods"), "any": ("x",)}, "x", {}, False),
    *(
        ({"on": {ENTER}, "session_from": SessionFromTest(fields=fields)}, "", came(value), holds)
        for fields, value, holds in (
            ((FieldTest("page", ("goods",)),), '{"page": "goods", "id": 7}', True),
            ((FieldTest("page", ("goods",)),), "page=goods&id=7", True),
            ((FieldTest("page", ("goods",)),), "pages/index?page=goods&id=7", True),
            ((FieldTest("page", ("goods",)),), "page=Goods", False),
            ((FieldTest("page", ("goods",)),), "goods", False),
            ((FieldTest("page", ("goods",)),), '{"page": ["goods"]}', False),
            ((FieldTest("page", ("goods",)),), '{"page": "goods"', False),
            ((FieldTest("page", ("goods", "cart")),), "page=cart", True),
            ((FieldTest("id", ("7",)),), '{"id": 7}', True),
            ((FieldTest("id", ("7",)),), "id=70", False),
            ((FieldTest("vip", ("true",)),), '{"vip": true}', True),
            ((FieldTest("name", ("李雷",)),), "name=%E6%9D%8E%E9%9B%B7", True),
            ((FieldTest("page", ("goods",)), FieldTest("id", ("7",))), "page=goods&id=7", True),
            ((FieldTest("page", ("goods",)), FieldTest("id", ("7",))), "page=goods&id=8", False),
            ((FieldTest("page", ("goods",)), FieldTest("id", ("7",))), "page=goods", False),
        )
    ),
    # business hours
    *(
        ({"any": ("在",), "hours": HoursTest(calendar, inside=inside)}, "在吗", at(when), holds)
        for calendar, inside, when, holds in (
            ("shop", True, "2026-11-24T10:00+08:00", True),
            ("shop", False, "2026-11-24T10:00+08:00", False),
            ("shop", True, "2026-11-24T12:30+08:00", False),
            ("shop", False, "2026-11-24T12:30+08:00", True),
            ("shop", False, "2026-11-24T18:00+08:00", True),
            ("shop", True, "2026-11-24T17:59:59+08:00", True),
            ("shop", True, "2026-10-02T10:00+08:00", False),
            ("shop", False, "2026-10-02T10:00+08:00", True),
            ("shop", True, "2026-10-10T14:00+08:00", True),
            ("bar", True, "2026-11-28T01:30+08:00", True),
            ("bar", False, "2026-11-28T03:00+08:00", True),
            ("bar", True, "2026-12-26T02:00+08:00", False),
            ("night", True, "2026-03-08T06:59+00:00", True),
            ("night", True, "2026-03-08T07:00+00:00", False),
            ("night", True, "2026-11-01T06:30+00:00", True),
            ("night", False, "2026-11-01T07:30+00:00", True),
        )
    ),
    ({"any": ("x",), "hours": HoursTest("shop")}, "y", at("2026-11-24T10:00+08:00"), False),
    ({"hours": HoursTest("shop", inside=False)}, "什么都行", at("2026-11-24T22:00+08:00"), True),
    # somebody at the desk
    ({"any": ("在",), "operator": Presence.PRESENT}, "在吗", {}, True),
    ({"any": ("在",), "operator": Presence.AWAY}, "在吗", {}, False),
    ({"any": ("在",), "operator": Presence.AWAY}, "在吗", {"operator": Presence.AWAY}, True),
    ({"any": ("在",), "operator": Presence.PRESENT}, "在吗", {"operator": Presence.AWAY}, False),
    # the mini program to which it came
    ({"account": "tea"}, "在吗", {"account": "tea"}, True),
    ({"account": "tea"}, "在吗", {"account": "shop"}, False),
    ({"any": ("吗",), "unless": Condition(account="tea")}, "在吗", {"account": "tea"}, False),
    ({"any": ("吗",), "unless": Condition(account="tea")}, "在吗", {"account": "shop"}, True),
    # the contact's tags
    ({"any": ("折",), "tags": TagsTest(any=("VIP",))}, "打折", {"tags": ("vip", "老客户")}, True),
    ({"any": ("折",), "tags": TagsTest(any=("ＶＩＰ",))}, "打折", {"tags": ("Vip ",)}, True),
    ({"any": ("折",), "tags": TagsTest(any=("vip",))}, "打折", {"tags": ("vip2",)}, False),
    ({"any": ("折",), "tags": TagsTest(any=("vip",))}, "打折", {}, False),
    ({"any": ("折",), "tags": TagsTest(any=("vip", "老客户"))}, "打折", {"tags": ("老客户",)}, True),
    ({"any": ("折",), "tags": TagsTest(none=("同行",))}, "打折", {"tags": ("vip",)}, True),
    ({"any": ("折",), "tags": TagsTest(none=("同行",))}, "打折", {}, True),
    ({"any": ("折",), "tags": TagsTest(none=("同行", "黑名单"))}, "打折", {"tags": ("vip", "黑名单")}, False),
    ({"any": ("折",), "tags": TagsTest(("vip",), ("同行",))}, "打折", {"tags": ("vip",)}, True),
    ({"any": ("折",), "tags": TagsTest(("vip",), ("同行",))}, "打折", {"tags": ("vip", "同行")}, False),
    # the first contact, and after days of quiet
    ({"first_contact": True}, "你好", {}, True),
    ({"first_contact": True}, "你好", wrote(days=400), False),
    ({"first_contact": False}, "你好", wrote(seconds=1), True),
    ({"first_contact": False}, "你好", {}, False),
    ({"quiet_days": 30}, "你好", wrote(days=30), True),
    ({"quiet_days": 30}, "你好", wrote(days=29, hours=23, minutes=59), False),
    ({"quiet_days": 30}, "你好", wrote(days=31), True),
    ({"quiet_days": 30}, "你好", {}, False),  # who never wrote was not quiet
    ({"quiet_days": 1, "first_contact": False}, "你好", wrote(days=2), True),
    # the nth message since a human answered
    ({"message_no": MessageNo(3)}, "喂", number(2), False),
    ({"message_no": MessageNo(3)}, "喂", number(3), True),
    ({"message_no": MessageNo(3)}, "喂", number(30), True),
    ({"message_no": MessageNo(1, 1)}, "喂", number(1), True),
    ({"message_no": MessageNo(1, 1)}, "喂", number(2), False),
    ({"message_no": MessageNo(2, 4)}, "喂", number(4), True),
    ({"message_no": MessageNo(2, 4)}, "喂", number(5), False),
    ({"message_no": MessageNo(0, 0), "on": {ENTER}}, "", {"kind": ENTER, **number(0)}, True),
    # what another rule did
    ({"any": ("还是",), "last_rule_within": LastRule("物流", 10)}, "还是没到", fired(2, minutes=9), True),
    ({"any": ("还是",), "last_rule_within": LastRule("物流", 10)}, "还是没到", fired(2, minutes=10), True),
    ({"any": ("还是",), "last_rule_within": LastRule("物流", 10)}, "还是没到", fired(2, minutes=10, seconds=1), False),
    ({"any": ("还是",), "last_rule_within": LastRule("物流", 10)}, "还是没到", fired(1, minutes=1), False),
    ({"any": ("还是",), "last_rule_within": LastRule("物流", 10)}, "还是没到", {}, False),
    ({"any": ("还是",), "last_rule_within": LastRule("没有这条", 10)}, "还是没到", fired(2, minutes=1), False),
    # the opposite: not one of these holds
    ({"any": ("发货",), "unless": Condition(suffix=("了",))}, "什么时候发货", {}, True),
    ({"any": ("发货",), "unless": Condition(suffix=("了",))}, "发货了", {}, False),
    ({"any": ("发货",), "unless": Condition(prefix=("没",), suffix=("了",))}, "没有发货", {}, False),
    ({"any": ("发货",), "unless": Condition(regex=r"\d{5}")}, "发货 20461", {}, False),
    ({"any": ("发货",), "unless": Condition(regex=r"\d{5}")}, "发货 2046", {}, True),
    ({"any": ("发货",), "unless": Condition(exact=("发货",))}, "发货", {}, False),
    ({"any": ("发货",), "unless": Condition(all=("今天", "明天"))}, "今天发货", {}, True),
    ({"any": ("发货",), "unless": Condition(all=("今天", "明天"))}, "今天或明天发货", {}, False),
    ({"any": ("发货",), "unless": Condition(operator=Presence.PRESENT)}, "发货", {}, False),
    ({"any": ("发货",), "unless": Condition(operator=Presence.PRESENT)}, "发货", {"operator": Presence.AWAY}, True),
    ({"any": ("发货",), "unless": Condition(tags=TagsTest(any=("vip",)))}, "发货", {"tags": ("vip",)}, False),
    ({"any": ("发货",), "unless": Condition(hours=HoursTest("shop"))}, "发货", at("2026-11-24T12:30+08:00"), True),
    ({"any": ("发货",), "unless": Condition(hours=HoursTest("shop"))}, "发货", at("2026-11-24T10:30+08:00"), False),
    ({"any": ("发货",), "unless": Condition(message_no=MessageNo(3))}, "发货", number(2), True),
    ({"any": ("货",), "unless": Condition(last_rule_within=LastRule("物流", 10))}, "发货", fired(2, minutes=1), False),
    ({"any": ("货",), "unless": Condition(last_rule_within=LastRule("物流", 10))}, "发货", fired(2, minutes=11), True),
    ({"any": ("货",), "unless": Condition(first_contact=True)}, "发货", {}, False),
    ({"any": ("货",), "unless": Condition(quiet_days=7)}, "发货", wrote(days=3), True),
    ({"any": ("货",), "unless": Condition(none=("急",))}, "很急，发货", {}, True),
    ({"any": ("货",), "unless": Condition(none=("急",))}, "发货", {}, False),
    ({"unless": Condition(any=("广告",))}, "你好", {}, True),
    ({"unless": Condition(any=("广告",))}, "看看广告", {}, False),
    (
        {"on": {ENTER}, "unless": Condition(session_from=SessionFromTest(prefix="ad"))},
        "",
        came("goods"),
        True,
    ),
    (
        {"on": {ENTER}, "unless": Condition(session_from=SessionFromTest(prefix="ad"))},
        "",
        came("ad/7"),
        False,
    ),
    # what a shop really writes
    (
        {"any": ("退款", "退货"), "hours": HoursTest("shop", inside=False), "tags": TagsTest(none=("vip",))},
        "我要退款！！",
        at("2026-11-24T21:00+08:00"),
        True,
    ),
    (
        {"any": ("退款", "退货"), "hours": HoursTest("shop", inside=False), "tags": TagsTest(none=("vip",))},
        "我要退款！！",
        {**at("2026-11-24T21:00+08:00"), "tags": ("VIP",)},
        False,
    ),
]  # fmt: skip


def answered(asks: dict[str, Any], text: str, around: dict[str, Any]) -> bool:
    on = frozenset(asks.get("on", {MessageType.TEXT}))
    when = Condition(**{name: value for name, value in asks.items() if name != "on"})
    asked = Rule("r", id=1, on=on, when=when, then=REPLY)
    logistics = Rule("物流", id=2, when=Condition(exact=("绝不",)), then=REPLY)
    return ruleset([asked, logistics], shop=SHOP, bar=BAR, night=NEW_YORK).decide(subject(text, **around)).rule == asked


@pytest.mark.parametrize(("asks", "text", "around", "holds"), CASES)
def test_a_rule_answers_or_not(asks: dict[str, Any], text: str, around: dict[str, Any], holds: bool) -> None:
    assert answered(asks, text, around) is holds


def test_the_table_is_as_long_as_it_should_be() -> None:
    assert len(CASES) >= 150


APART: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"exact": ("甲",)}, {"exact": ("乙",)}),
    ({"prefix": ("甲",)}, {"prefix": ("乙",)}),
    ({"suffix": ("甲",)}, {"suffix": ("乙",)}),
    ({"any": ("甲",)}, {"none": ("甲",)}),
    ({"any": ("甲",)}, {"any": ("乙",), "unless": Condition(any=("甲",))}),
    ({"any": ("甲",), "hours": HoursTest("shop")}, {"any": ("甲",), "hours": HoursTest("shop", inside=False)}),
    ({"any": ("甲",), "operator": Presence.AWAY}, {"any": ("甲",), "operator": Presence.PRESENT}),
    ({"any": ("甲",), "tags": TagsTest(any=("v",))}, {"any": ("甲",), "tags": TagsTest(none=("v",))}),
    ({"first_contact": True}, {"first_contact": False}),
    ({"message_no": MessageNo(1, 2)}, {"message_no": MessageNo(3)}),
    ({"quiet_days": 3}, {"unless": Condition(quiet_days=3)}),
]
"""Pairs of conditions that can never hold for the same message."""

SENT = st.builds(
    subject,
    st.lists(st.sampled_from(["甲", "乙", "丙"]), max_size=3).map("".join),
    operator=st.sampled_from(Presence),
    tags=st.sampled_from([(), ("v",)]),
    history=st.builds(ContactHistory, st.sampled_from([None, ago(days=1), ago(days=5)]), st.integers(1, 4)),
    at=st.sampled_from([NOW, NOW + timedelta(hours=9)]),
)


@given(pair=st.sampled_from(APART), above=st.sampled_from(["甲", "乙", "丁"]), about=SENT, indexed=st.booleans())
def test_rules_that_cannot_both_match_may_stand_in_any_order(
    pair: tuple[dict[str, Any], dict[str, Any]], above: str, about: Any, indexed: bool
) -> None:
    first, other = (Rule(f"{n}", id=n, when=Condition(**asks), then=REPLY) for n, asks in enumerate(pair, 1))
    rest = Rule("rest", id=3, when=Condition(exact=(above,)), then=REPLY), Rule("默认", id=4, default=True, then=REPLY)
    spoken = []
    for rules in ([first, other, *rest], [other, first, *rest], [other, rest[0], first, rest[1]]):
        asked = ruleset(rules, shop=SHOP)
        matched = (asked.decide(about) if indexed else ask_each(asked, about)).rule
        spoken.append(None if matched is None else matched.name)
    assert spoken[0] == spoken[1]
    if spoken[0] == "1" and spoken[2] != "rest":
        assert spoken[2] == "1"
