"""Matching a message: conditions, the first match, defaults, groups and verdicts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.core.rules.rule_matching import REPLY, TAG, ask, ruleset, subject, verdicts, when
from wxdesk.core.errors import BadRule
from wxdesk.core.model.decision import Verdict
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import SIDE_ACTIONS, Action, ActionKind, Condition, Rule, SessionFromTest

# condition, text, whether it holds
CASES: list[tuple[dict[str, object], str, bool]] = [
    # any: Chinese, inside other words, at either end
    ({"any": ("几点",)}, "请问几点关门", True),
    ({"any": ("几点",)}, "几点", True),
    ({"any": ("几点",)}, "关门是几点", True),
    ({"any": ("几点",)}, "几 点", False),
    ({"any": ("几点",)}, "点几", False),
    ({"any": ("几点",)}, "", False),
    ({"any": ("营业时间", "几点")}, "营业时间？", True),
    ({"any": ("营业时间", "几点")}, "时间", False),
    # the keyword is looked for in the text, never the text in the keyword
    ({"any": ("营业时间",)}, "营业", False),
    ({"any": ("退",)}, "我要退款", True),
    ({"any": ("退款",)}, "退", False),
    # letter case and width, on either side
    ({"any": ("Hello",)}, "HELLO there", True),
    ({"any": ("hello",)}, "Ｈｅｌｌｏ", True),
    ({"any": ("ＯＫ",)}, "ok", True),
    ({"any": ("straße",)}, "STRASSE", True),
    ({"any": ("１２３",)}, "订单123", True),
    ({"any": ("123",)}, "订单１２３", True),
    ({"any": ("①",)}, "选1", True),
    ({"any": ("?",)}, "几点？", True),
    ({"any": ("（",)}, "a(b", True),
    ({"any": ("ｶﾞ",)}, "ガ", True),
    ({"any": ("é",)}, "cafe\u0301", True),
    ({"any": ("㎏",)}, "5KG", True),
    # blanks
    ({"any": (" 几点 ",)}, "几点", True),
    ({"any": ("a  b",)}, "a b", True),
    ({"any": ("a b",)}, "a\u3000\u3000b", True),
    ({"any": ("a b",)}, "a\nb", True),
    ({"any": ("ab",)}, "a\u200bb", True),
    # emoji, with and without variation selector
    ({"any": ("❤️",)}, "❤", True),
    ({"any": ("❤",)}, "我❤️你", True),
    ({"any": ("👍",)}, "👍🏽", True),
    ({"any": ("👍🏽",)}, "👍", False),
    ({"any": ("👨‍👩‍👧",)}, "👨‍👩‍👧一家", True),
    ({"any": ("🙂",)}, "/::)", False),
    # WeChat's own emoticons
    ({"exact": ("谢谢",)}, "谢谢/::)", True),
    ({"exact": ("谢谢",)}, "谢谢[微笑]", True),
    ({"exact": ("谢谢",)}, "/:rose谢谢/:rose/:rose", True),
    ({"exact": ("谢谢",)}, "谢谢[Smile]", True),
    ({"exact": ("谢谢",)}, "谢谢[smile]", True),
    ({"exact": ("谢谢",)}, "谢谢[玫瑰]", False),
    ({"exact": ("谢谢[微笑]",)}, "谢谢", True),
    ({"exact": ("[微笑]",)}, "[微笑]", True),
    ({"exact": ("[微笑]",)}, "/::)", False),
    ({"any": ("微笑",)}, "[微笑]", True),
    ({"any": ("微笑",)}, "好[微笑]", False),
    ({"exact": ("[OK]",)}, "[ok]", True),
    ({"exact": ("好",)}, "好/:v", True),
    ({"any": ("/:vip",)}, "pages/:vip", True),
    ({"any": ("/:no",)}, "打开 https://a.cn/:no 看", True),
    ({"any": ("/:no",)}, "好/:no", False),
    ({"exact": ("/:north",)}, "/:north", True),
    # all
    ({"all": ("退款", "到账")}, "退款还没到账", True),
    ({"all": ("到账", "退款")}, "退款还没到账", True),
    ({"all": ("退款", "到账")}, "退款", False),
    ({"all": ("退款", "退款")}, "退款", True),
    ({"all": ("退款", "款项")}, "退款项", True),
    # none beats any
    ({"any": ("几点",), "none": ("退款",)}, "几点退款", False),
    ({"any": ("几点",), "none": ("退款",)}, "几点开门", True),
    ({"none": ("退款",)}, "你好", True),
    ({"none": ("退款", "投诉")}, "我要投诉", False),
    ({"none": ("Ａ",)}, "a", False),
    # exact
    ({"exact": ("嗯", "嗯嗯")}, "嗯嗯", True),
    ({"exact": ("嗯", "嗯嗯")}, "嗯嗯嗯", False),
    ({"exact": ("嗯",)}, " 嗯 ", True),
    ({"exact": ("嗯",)}, "嗯。", False),
    ({"exact": ("OK",)}, "ok", True),
    # prefix
    ({"prefix": ("查询",)}, "查询 20461", True),
    ({"prefix": ("查询",)}, "请查询", False),
    ({"prefix": ("/help",)}, "/HELP me", True),
    ({"prefix": ("查询",)}, "/::)查询", True),
    ({"prefix": ("a", "b")}, "bc", True),
    # regex: in the normalised text, letter case kept
    ({"regex": r"\d{4,}.*到哪"}, "订单 20461 到哪了", True),
    ({"regex": r"\d{4,}.*到哪"}, "订单２０４６１到哪了", True),
    ({"regex": r"\d{4,}.*到哪"}, "20461\n到哪了", True),
    ({"regex": r"\d{4,}.*到哪"}, "204 到哪了", False),
    ({"regex": "^ok$"}, "OK", False),
    ({"regex": "(?i)^ok$"}, "OK/::)", True),
    ({"regex": "^谢谢$"}, "  谢谢[微笑] ", True),
    ({"regex": "A1"}, "型号Ａ１", True),
    # everything that is set must hold
    ({"any": ("订单",), "regex": r"\d{5}"}, "订单20461", True),
    ({"any": ("订单",), "regex": r"\d{5}"}, "订单", False),
    ({"prefix": ("订单",), "all": ("到", "哪"), "none": ("退",)}, "订单到哪", True),
    ({"prefix": ("订单",), "all": ("到", "哪"), "none": ("退",)}, "订单退到哪", False),
]


@pytest.mark.parametrize(("condition", "text", "holds"), CASES)
def test_a_condition_holds_or_not(condition: dict[str, object], text: str, holds: bool) -> None:
    assert (ask([when(**condition)], text).rule is not None) is holds


def named(name: str, *words: str, then: tuple[Action, ...] = REPLY, **more: Any) -> Rule:
    return Rule(name, when=Condition(any=words), then=then, **more)


DEFAULT = Rule("默认", default=True, then=REPLY)


def spoke(rules: list[Rule], text: str) -> list[str]:
    return [one.rule.name for one in ask(rules, text).matched]


def test_the_first_match_wins_and_the_rest_is_not_asked() -> None:
    matching = ask([named("a", "x"), named("b", "y"), named("c", "y"), named("d", "y")], "y")
    assert matching.rule is not None
    assert matching.rule.name == "b"
    assert [said.rule_name for said in verdicts([named("a", "x"), named("b", "y"), named("c", "y")], "y")] == ["a", "b"]
    assert (matching.rules_asked, matching.rules_left) == (2, 2)


def test_rules_left_counts_only_those_that_are_on() -> None:
    rules = [named("a", "x"), named("off", "x", enabled=False), named("b", "x")]
    assert ask(rules, "x").rules_left == 1


def test_a_rule_that_is_off_is_not_asked_even_if_it_is_broken() -> None:
    broken = Rule("off", enabled=False, when=Condition(regex="("), then=REPLY)
    assert spoke([broken, named("b", "x")], "x") == ["b"]


def test_continue_lets_the_rules_below_speak_until_one_ends_it() -> None:
    rules = [named("a", "x", continues=True), named("b", "y"), named("c", "x"), named("d", "x")]
    assert spoke(rules, "x") == ["a", "c"]


@pytest.mark.parametrize(
    ("rules", "text", "names"),
    [
        ([named("a", "x"), DEFAULT], "y", ["默认"]),
        ([named("a", "x"), DEFAULT], "x", ["a"]),
        ([named("a", "x", continues=True), DEFAULT], "x", ["a"]),
        ([named("a", "x", continues=True, then=TAG), DEFAULT], "x", ["a", "默认"]),
        ([DEFAULT, named("a", "x")], "x", ["默认"]),
        ([replace(DEFAULT, continues=True), named("a", "x")], "x", ["默认", "a"]),
        ([DEFAULT, replace(DEFAULT, name="second")], "x", ["默认"]),
    ],
)
def test_a_default_answers_what_no_rule_above_it_answered(rules: list[Rule], text: str, names: list[str]) -> None:
    assert spoke(rules, text) == names


def test_the_rule_that_spoke_is_the_last_that_answered() -> None:
    answering, tagging = named("a", "x", continues=True), named("t", "x", then=TAG)
    assert ask([answering, tagging], "x").rule == answering
    assert ask([tagging], "x").rule == tagging
    assert ask([replace(tagging, continues=True)], "x").rule is None


def test_the_first_rule_with_an_action_is_found_among_those_that_matched() -> None:
    takes = (*REPLY, Action(ActionKind.TAKE_OVER))
    said = ask([named("a", "x", continues=True), named("b", "x", then=takes, continues=True), named("c", "x")], "x")
    found = said.first_with(ActionKind.TAKE_OVER)
    assert found is not None
    assert found.name == "b"
    assert said.first_with(ActionKind.TRANSFER) is None


def test_a_default_is_only_for_its_kinds_of_message() -> None:
    assert ask([DEFAULT], kind=MessageType.IMAGE).rule is None
    pictures = replace(DEFAULT, on=frozenset({MessageType.IMAGE}))
    assert ask([pictures], kind=MessageType.IMAGE).rule == pictures


@pytest.mark.parametrize("kind", [kind for kind in MessageType if kind is not MessageType.TEXT])
def test_without_conditions_a_rule_answers_the_kinds_that_it_names(kind: MessageType) -> None:
    rule = Rule("r", on=frozenset({kind}), then=REPLY)
    assert ask([rule], kind=kind).rule == rule
    assert ask([rule], "text").rule is None


ENTER = frozenset({MessageType.ENTER_SESSION})


@pytest.mark.parametrize(
    ("test", "value", "holds"),
    [
        (SessionFromTest(prefix="goods"), "goods/1024", True),
        (SessionFromTest(prefix="goods"), "GOODS/1024", False),
        (SessionFromTest(prefix="goods"), "x goods", False),
        (SessionFromTest(equals="home"), "home", True),
        (SessionFromTest(equals="home"), "home ", False),
        (SessionFromTest(equals=""), "", True),
        (SessionFromTest(equals=""), None, False),
        (SessionFromTest(regex=r"goods/(?P<id>\d+)"), "pages/goods/1024", True),
        (SessionFromTest(regex=r"goods/(?P<id>\d+)"), "pages/goods/x", False),
        (SessionFromTest(regex="."), None, False),
    ],
)
def test_session_from_is_compared_as_it_is(test: SessionFromTest, value: str | None, holds: bool) -> None:
    rule = Rule("r", on=ENTER, when=Condition(session_from=test), then=REPLY)
    matching = ruleset([rule]).decide(subject(kind=MessageType.ENTER_SESSION, session_from=value))
    assert (matching.rule is not None) is holds


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        (r"(?P<no>\d{4,})", "订单 20461", {"no": "20461"}),
        (r"(?P<no>\d{4,})", "订单 ２０４６１", {"no": "20461"}),
        (r"我叫(?P<name>\w+)", "我叫LiLei", {"name": "LiLei"}),
        (r"(?P<a>x)|(?P<b>y)", "y", {"b": "y"}),
        (r"x(?P<rest>.*)", "x", {"rest": ""}),
        (r"(\d+)", "1", {}),
    ],
)
def test_groups_keep_the_customers_spelling(pattern: str, text: str, groups: dict[str, str]) -> None:
    assert dict(ask([when(regex=pattern)], text).matched[0].groups) == groups


def test_groups_do_not_leak_from_one_rule_to_the_next() -> None:
    first = Rule("a", when=Condition(regex=r"(?P<no>\d+)"), then=REPLY, continues=True)
    second = Rule("b", when=Condition(regex=r"(?P<word>[a-z]+)"), then=REPLY)
    assert [dict(one.groups) for one in ask([first, second], "1 x").matched] == [{"no": "1"}, {"word": "x"}]


def test_session_from_gives_groups_too() -> None:
    rule = Rule("r", on=ENTER, when=Condition(session_from=SessionFromTest(regex=r"/(?P<id>\d+)")), then=REPLY)
    matching = ask([rule], kind=MessageType.ENTER_SESSION, session_from="goods/1024")
    assert dict(matching.matched[0].groups) == {"id": "1024"}


def test_verdicts_tell_every_condition_in_order_up_to_the_first_that_failed() -> None:
    full = Rule(
        "full",
        id=7,
        revision=3,
        when=Condition(
            prefix=("订单", "单号"), any=("到哪", "在哪"), all=("订单", "了"), none=("退款",), regex=r"(?P<no>\d+)"
        ),
        then=REPLY,
    )
    said = verdicts([full], "订单 20461 到哪了")[0]
    assert (said.rule_id, said.rule_name, said.revision, said.matched) == (7, "full", 3, True)
    assert said.verdicts == (
        Verdict("on", True, ("text",), "text"),
        Verdict("prefix", True, ("订单", "单号"), "订单"),
        Verdict("any", True, ("到哪", "在哪"), "到哪"),
        Verdict("all", True, ("订单", "了"), "订单 了"),
        Verdict("none", True, ("退款",)),
        Verdict("regex", True, (r"(?P<no>\d+)",), "20461"),
    )
    assert verdicts([full], "订单退款到哪了")[0].verdicts[-1] == Verdict("none", False, ("退款",), "退款")
    assert verdicts([full], "订单到哪")[0].verdicts[-1] == Verdict("all", False, ("订单", "了"), "订单")
    assert verdicts([full], "你好")[0].verdicts[1:] == (Verdict("prefix", False, ("订单", "单号")),)
    assert verdicts([full], kind=MessageType.IMAGE)[0].verdicts == (Verdict("on", False, ("text",)),)


def test_a_verdict_shows_a_word_as_the_operator_wrote_it() -> None:
    assert verdicts([when(any=("ＯＫ ", "好"))], "ok")[0].verdicts[1].found == "ＯＫ "


def test_default_has_its_own_verdict() -> None:
    rules = [named("a", "x", continues=True), DEFAULT]
    assert verdicts(rules, "x")[1].verdicts[1] == Verdict("default", False)
    assert verdicts(rules, "y")[1].verdicts[1] == Verdict("default", True)


def test_the_same_ruleset_judges_each_message_anew() -> None:
    rules = ruleset([when(any=("x",)), when(any=("y",))])
    said = [rules.all_verdicts(MessageType.TEXT, rules.decide(subject(text))) for text in ("x", "z", "y", "x", "z")]
    matched = [[one.matched for one in each] for each in said]
    assert matched == [[True], [False, False], [False, True], [True], [False, False]]


def test_a_broken_rule_is_refused_by_name() -> None:
    with pytest.raises(BadRule, match=r"“r”.*match every text"):
        ruleset([Rule("r", then=REPLY)])


def test_a_refusal_is_shared_only_where_it_is_the_same() -> None:
    rules = ruleset([when(prefix=("订单", "单号"), any=("到哪",)), when(all=("退", "款"))])
    for text, prefix, parts in (("订单退", "订单", "退"), ("单号款", "单号", "款"), ("订单退", "订单", "退")):
        first, second = rules.decide(subject(text)).verdicts
        assert first.verdicts[1:] == (
            Verdict("prefix", True, ("订单", "单号"), prefix),
            Verdict("any", False, ("到哪",)),
        )
        assert second.verdicts[1:] == (Verdict("all", False, ("退", "款"), parts),)


WORDS = st.sampled_from(["退款", "几点", "物流", "发票"])


@given(first=WORDS, second=WORDS, others=st.lists(WORDS, max_size=3), text=st.lists(WORDS, max_size=4).map("，".join))
def test_two_rules_that_cannot_both_match_may_change_places(
    first: str, second: str, others: list[str], text: str
) -> None:
    one = Rule("one", when=Condition(any=(first,)), then=REPLY)
    other = Rule("other", when=Condition(any=(second,), none=(first,)), then=REPLY)
    rest = [named(f"rest {index}", word) for index, word in enumerate(others)]
    assert ask([one, other, *rest], text).rule == ask([other, one, *rest], text).rule


def test_ten_thousand_rules_share_their_refusals() -> None:
    rules = ruleset([replace(when(any=(f"词{index}", f"字{index}")), id=index) for index in range(10_000)])
    decided = [rules.decide(subject(text)) for text in ("你好", "请问")]
    assert [(one.verdicts, one.rules_asked) for one in decided] == [((), 10_000)] * 2
    first, second = (rules.all_verdicts(MessageType.TEXT, one) for one in decided)
    assert len(first) == 10_000
    assert all(one is other for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("kind", list(ActionKind))
def test_every_action_but_the_side_actions_is_an_answer(kind: ActionKind) -> None:
    said = ReplyKind(kind) if kind in (*ReplyKind,) else ReplyKind.TEXT
    content = Content(said, media_id="m", title="t", url="https://a.cn", page_path="p", thumb_media_id="t")
    actions: tuple[Action, ...] = (*TAG, Action(kind, "好", content, ("a",), seconds=1, minutes=30, template="好"))
    if kind is ActionKind.TYPING:  # it can only stand before something that is sent
        actions = TAG
    rule = Rule("t", when=Condition(any=("x",)), then=actions, continues=True)
    expected = ["t", "默认"] if kind in SIDE_ACTIONS else ["t"]
    assert spoke([rule, DEFAULT], "x") == expected
