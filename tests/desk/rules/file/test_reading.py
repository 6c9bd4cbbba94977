"""Rules files: the stable format, calendars and the starter rules."""

from datetime import date, time

import pytest

from tests.desk.rules.file.checked_reading import read_rules
from wxdesk.core.errors import BadRulesFile
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
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, SpecialDays, Weekday, WeeklySpan
from wxdesk.desk.rules.file.reading import RulesFile, write_rules
from wxdesk.paths import resource

TEXT = MessageType.TEXT

STABLE = r"""
[[rules]]
name = "营业时间"
on = ["text"]                         # text image card enter_session other; default ["text"]
when = { any = ["营业时间", "几点"], none = ["退款"] }
then = [{ reply = "您好，我们 9:00–21:00 营业。" }]

[[rules]]
name = "物流"
when = { regex = '(?P<no>\d{4,}).*(到哪|物流)' }
then = [{ reply = "订单 {{ m.no }} 正在路上。" }]

[[rules]]
name = "商品页进入"
on = ["enter_session"]
when = { session_from = { prefix = "goods" } }
then = [{ reply = "欢迎！想了解这件商品的什么？" }]

[[rules]]
name = "嗯嗯"
enabled = false
when = { exact = ["嗯", "嗯嗯"] }
then = [{ silent = true }]

[[rules]]
name = "全部"
on = ["text", "image", "card", "enter_session", "other"]
when = { any = ["a"], all = ["b"], none = ["c"], exact = ["d"], prefix = ["e"], regex = "f" }
continue = true
then = [
    { image = "MEDIA" },
    { link = { title = "t", description = "d", url = "https://a.cn", thumb_url = "https://a.cn/x.png" } },
    { card = { title = "t", page_path = "pages/a", thumb_media_id = "M" } },
    { transfer = true },
    { tag = ["vip", "新"] },
    { tag = "单" },
]

[[rules]]
name = "默认"
on = ["text", "image", "card"]
default = true
then = [{ reply = "您好，【{{ message.text }}】已收到，马上为您转人工。" }, { take_over = true }]
"""


WHOLE = r"""
[[calendars]]
name = "店"
zone = "Asia/Shanghai"
weekly = [
    { days = ["mon", "tue", "wed", "thu", "fri"], from = "09:00", to = "12:00" },
    { days = ["sat"], from = "18:00", to = "02:00" },
    { days = "sun", from = 10:30:00, to = "24:00" },
]
exceptions = [
    { date = "2026-10-01", until = "2026-10-07", closed = true, label = "国庆" },
    { date = 2026-10-10, from = "10:00", to = "16:00" },
]

[[rules]]
name = "全部条件"
on = ["text", "enter_session"]
cooldown = { per_contact_s = 3600, per_conversation = "once", per_account_per_min = 30 }
delivery = { hold = 20 }
then = [
    { reply = ["您好", "你好"], variant = "rotate" },
    { typing = 3 },
    { reply = "在的" },
    { notify = true },
    { snooze = 60 },
]

[rules.when]
contains = ["a"]
suffix = ["吗"]
session_from = { prefix = "goods", fields = { id = ["1", "2"], "页 面" = "home" } }
event = ["user_enter_tempsession"]
hours = { outside = "店" }
operator = "away"
tags = { any = ["vip"], none = ["黑名单"] }
first_contact = false
quiet_days = 30
message_no = { min = 2, max = 5 }
last_rule_within = { rule = "问候", minutes = 10 }
not = { regex = "x+", tags = { any = ["同行"] } }

[[rules]]
name = "影子"
when = { message_no = { min = 3 }, hours = { inside = "店" } }
delivery = "shadow"
then = [{ silent = true }]
"""


def reply(text: str) -> Action:
    return Action(ActionKind.REPLY, text=text)


LINK = Content(ReplyKind.LINK, title="t", description="d", url="https://a.cn", thumb_url="https://a.cn/x.png")
CARD = Content(ReplyKind.CARD, title="t", page_path="pages/a", thumb_media_id="M")

RULES = [
    Rule(
        "营业时间",
        when=Condition(any=("营业时间", "几点"), none=("退款",)),
        then=(reply("您好，我们 9:00–21:00 营业。"),),
    ),
    Rule("物流", when=Condition(regex=r"(?P<no>\d{4,}).*(到哪|物流)"), then=(reply("订单 {{ m.no }} 正在路上。"),)),
    Rule(
        "商品页进入",
        on=frozenset({MessageType.ENTER_SESSION}),
        when=Condition(session_from=SessionFromTest(prefix="goods")),
        then=(reply("欢迎！想了解这件商品的什么？"),),
    ),
    Rule("嗯嗯", enabled=False, when=Condition(exact=("嗯", "嗯嗯")), then=(Action(ActionKind.SILENT),)),
    Rule(
        "全部",
        on=frozenset(MessageType),
        when=Condition(any=("a",), all=("b",), none=("c",), exact=("d",), prefix=("e",), regex="f"),
        continues=True,
        then=(
            Action(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="MEDIA")),
            Action(ActionKind.LINK, content=LINK),
            Action(ActionKind.CARD, content=CARD),
            Action(ActionKind.TRANSFER),
            Action(ActionKind.TAG, tags=("vip", "新")),
            Action(ActionKind.TAG, tags=("单",)),
        ),
    ),
    Rule(
        "默认",
        on=frozenset({MessageType.TEXT, MessageType.IMAGE, MessageType.CARD}),
        default=True,
        then=(reply("您好，【{{ message.text }}】已收到，马上为您转人工。"), Action(ActionKind.TAKE_OVER)),
    ),
]


def test_the_stable_format_is_read() -> None:
    assert list(read_rules(STABLE, "rules.toml").rules) == RULES


WEEKDAYS = frozenset({Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI})
SHOP = Calendar(
    "店",
    "Asia/Shanghai",
    weekly=(
        WeeklySpan(WEEKDAYS, OpenSpan(time(9), time(12))),
        WeeklySpan(frozenset({Weekday.SAT}), OpenSpan(time(18), time(2))),
        WeeklySpan(frozenset({Weekday.SUN}), OpenSpan(time(10, 30), time(0))),
    ),
    special=(
        SpecialDays(date(2026, 10, 1), date(2026, 10, 7), label="国庆"),
        SpecialDays(date(2026, 10, 10), date(2026, 10, 10), OpenSpan(time(10), time(16))),
    ),
)
EVERY_CONDITION = Condition(
    any=("a",),
    suffix=("吗",),
    session_from=SessionFromTest(prefix="goods", fields=(FieldTest("id", ("1", "2")), FieldTest("页 面", ("home",)))),
    event=("user_enter_tempsession",),
    hours=HoursTest("店", inside=False),
    operator=Presence.AWAY,
    tags=TagsTest(("vip",), ("黑名单",)),
    first_contact=False,
    quiet_days=30,
    message_no=MessageNo(2, 5),
    last_rule_within=LastRule("问候", 10),
    unless=Condition(regex="x+", tags=TagsTest(("同行",))),
)
WHOLE_RULES = (
    Rule(
        "全部条件",
        on=frozenset({MessageType.TEXT, MessageType.ENTER_SESSION}),
        when=EVERY_CONDITION,
        cooldown=Cooldown(3600, 1, 30),
        delivery=Delivery.HOLD,
        hold_seconds=20,
        then=(
            Action(ActionKind.REPLY, text="您好", others=("你好",), variant=Variant.ROTATE),
            Action(ActionKind.TYPING, seconds=3),
            reply("在的"),
            Action(ActionKind.NOTIFY),
            Action(ActionKind.SNOOZE, minutes=60),
        ),
    ),
    Rule(
        "影子",
        when=Condition(message_no=MessageNo(3), hours=HoursTest("店")),
        delivery=Delivery.SHADOW,
        then=(Action(ActionKind.SILENT),),
    ),
)


def test_every_condition_and_calendar_is_read_and_written() -> None:
    whole = read_rules(WHOLE, "rules.toml")
    assert whole == RulesFile(WHOLE_RULES, (SHOP,))
    assert read_rules(write_rules(whole.rules, whole.calendars), "written.toml") == whole


@pytest.mark.parametrize("text", ["", "# nothing\n", "rules = []\n"])
def test_an_empty_file_has_no_rules(text: str) -> None:
    assert read_rules(text, "rules.toml") == RulesFile()


def test_a_byte_order_mark_and_windows_line_ends_are_read_over() -> None:
    assert list(read_rules("\ufeff" + STABLE.replace("\n", "\r\n"), "rules.toml").rules) == RULES


def test_tables_may_be_written_out() -> None:
    text = (
        '[[rules]]\nname = "a"\n[rules.when]\nany = ["x"]\n[[rules.then]]\nreply = "1"\n[[rules.then]]\nsilent = true\n'
    )
    with pytest.raises(BadRulesFile, match="line 5: A rule cannot be silent and send"):
        read_rules(text, "rules.toml")
    assert read_rules(text.replace("silent", "transfer"), "rules.toml").rules[0].then[1].kind is ActionKind.TRANSFER


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_starter_rules_are_sound(language: str) -> None:
    text = resource("rules", f"starter.{language}.toml").read_text(encoding="utf-8")
    whole = read_rules(text, "starter.toml")
    assert len(whole.rules) >= 8
    assert read_rules(write_rules(whole.rules, whole.calendars), "written.toml") == whole


def test_a_written_file_is_pleasant_to_read() -> None:
    rules = [
        Rule("物流", when=Condition(regex=r"(?P<no>\d{4,})"), then=(reply('看 <a href="https://a.cn">这里</a>'),)),
        Rule(
            "默认", id=9, position=4, revision=2, default=True,
            then=(reply("您好，\n请稍等。"), Action(ActionKind.TAKE_OVER)),
        ),
    ]  # fmt: skip
    assert write_rules(rules) == (
        "[[rules]]\n"
        'name = "物流"\n'
        r"when = { regex = '(?P<no>\d{4,})' }" + "\n"
        """then = [{ reply = '看 <a href="https://a.cn">这里</a>' }]\n"""
        "\n"
        "[[rules]]\n"
        'name = "默认"\n'
        "default = true\n"
        "then = [\n"
        "    { reply = '''\n您好，\n请稍等。''' },\n"
        "    { take_over = true },\n"
        "]\n"
    )
