"""Answers built by rules: variants, business hours in words, links, and marks where a value is missing."""

import re
from collections import Counter
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings, keep_hours
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind, Condition, HoursTest, Rule, Variant
from wxdesk.core.replies.gaps import open_gaps
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.core.rules.conditions.facts import NO_HISTORY, ContactHistory, FiringCount
from wxdesk.desk.answers.answer import Answer, RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.i18n import tr

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)  # a Tuesday
ACCOUNT = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")
SHOP = Calendar(
    "店",
    "Asia/Shanghai",
    (WeeklySpan(frozenset({Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU}), OpenSpan(time(9), time(18))),),
)
NIGHT = Calendar("夜", "Asia/Shanghai", (WeeklySpan(frozenset(Weekday), OpenSpan(time(22), time(2))),))


X = Condition(any=("x",))


RENDERER = LiquidRenderer()
"""One for all: what hundreds of them leave behind is cleared away in somebody's rendering, and counts as its time."""


async def answer(
    action: Action,
    *,
    when: Condition = X,
    calendars: tuple[Calendar, ...] = (SHOP, NIGHT),
    at: datetime = NOON,
    number: int = 1,
    history: ContactHistory = NO_HISTORY,
) -> Answer:
    shelf = Calendars(await keep_hours(KeptSettings(), *calendars), SHANGHAI)
    rules = KeptRules([Rule("r", when=when, then=(action,))])
    book = Rulebook(rules, shelf, RENDERER, lambda: at.astimezone(UTC), lambda _: None)
    await book.load()
    message = Message(number, 1, number, MessageType.TEXT, at, at, text="x")
    thread = Conversation(1, "shop", Contact(1, "shop", "oLiLei", at))
    return book.answer(RuleContext(message, thread, ACCOUNT, at, history))


def reply(*texts: str, variant: Variant = Variant.FIRST) -> Action:
    return Action(ActionKind.REPLY, text=texts[0], others=texts[1:], variant=variant)


async def says(action: Action, **more: Any) -> str:
    made = await answer(action, **more)
    assert made.problem == ""
    return "|".join(content.text for content in made.contents)


@pytest.mark.parametrize(
    ("at", "template", "text"),
    [
        (NOON, "{{ hours.next_close }}", "18:00"),
        (NOON, "{{ hours.next_open }}", "tomorrow 09:00"),
        (NOON, "{% if hours.open %}在{% else %}休{% endif %}", "在"),
        (NOON.replace(hour=8), "{{ hours.next_open }}", "09:00"),
        (
            NOON.replace(hour=18),
            "{% if hours.open %}在{% else %}休{% endif %}{{ hours.next_open }}",
            "休明天 09:00",
        ),
        (NOON.replace(day=26, hour=18), "{{ hours.next_open }}", "11-30 09:00"),  # Thursday evening, until Monday
        (NOON.replace(day=26, hour=18), "{{ hours.next_open }}开门", "11月30日 09:00开门"),
    ],
)
async def test_business_hours_are_written_as_people_say_them(at: datetime, template: str, text: str) -> None:
    assert await says(reply(template), at=at) == text


async def test_the_hours_are_those_of_the_calendar_that_the_rule_names() -> None:
    when = Condition(any=("x",), hours=HoursTest("夜", inside=False))
    assert await says(reply("{{ hours.next_open }}"), when=when) == "22:00"
    when = Condition(any=("x",), unless=Condition(hours=HoursTest("夜")))
    assert await says(reply("{{ hours.next_open }}"), when=when) == "22:00"
    assert await says(reply("{{ hours.next_open }}")) == "tomorrow 09:00"


@pytest.mark.parametrize(
    ("template", "calendars", "missing"),
    [
        ("营业到{{ hours.next_close }}", (), "hours.next_close"),
        ("{{ contact.alias }}您好", (SHOP,), "contact.alias"),
        ("来自{{ session_from.page }}", (SHOP,), "session_from.page"),
        ("还有{{ window.until }}", (SHOP,), "window.until"),
    ],
)
async def test_a_missing_value_is_named_and_marked_in_the_draft(
    template: str, calendars: tuple[Calendar, ...], missing: str
) -> None:
    made = await answer(reply("一", template, variant=Variant.ROTATE), calendars=calendars, history=fired(1))
    [prepared] = made.contents
    assert (made.missing, prepared.gaps) == ((missing,), (missing,))
    before, after = re.split(r"\{\{.*\}\}", template)
    assert prepared.text == f"{before}‹{missing}›{after}"
    assert f"“{missing}”" in tr(made.problem)


async def test_each_missing_value_is_named_on_a_line_of_its_own() -> None:
    made = await answer(reply("{{ contact.alias }}您好，来自{{ session_from.page }}"))
    assert tr(made.problem).splitlines() == [
        "“contact.alias” has no value for this message.",
        "“session_from.page” has no value for this message.",
    ]


async def test_nothing_is_prepared_where_splitting_would_cut_a_mark_in_two() -> None:
    made = await answer(reply(f"{'长' * 677}{{{{ contact.alias }}}}"))
    assert (made.contents, made.missing) == ((), ())
    assert "contact.alias" in tr(made.problem)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Dear {{ contact.alias | upcase }}", "Dear ‹contact.alias›"),
        ("Dear {{ contact.alias | truncate: 5 }}", "Dear ‹contact.alias›"),
        ("{{ contact.alias | append: '先生' | upcase | size }}您好", "‹contact.alias›先生您好"),
        ("{{ '亲爱的' | append: contact.alias | slice: 0, 2 }}", "亲爱的‹contact.alias›"),
        ("{% assign x = contact.alias | capitalize %}{% if x %}a{% endif %}{{ x }}", "‹contact.alias›"),
        ("{% capture x %}亲{{ contact.alias }}{% endcapture %}{{ x | upcase }}", "亲‹contact.alias›"),
        ("{{ contact.alias.size }}", "‹contact.alias.size›"),
    ],
)
async def test_a_missing_value_is_marked_whatever_a_filter_would_make_of_it(template: str, text: str) -> None:
    made = await answer(reply(template))
    assert (made.outcome, [content.text for content in made.contents]) == (Outcome.INCOMPLETE, [text])
    assert open_gaps(made.contents[0]) == made.missing == (re.findall("‹(.*)›", text)[0],)


@pytest.mark.parametrize("words", [" ", "\u200b", "\u3164", "\u2800", "\ufe0f", "\ud83d"])
async def test_a_value_of_which_nothing_is_seen_is_missing(words: str) -> None:
    made = await answer_to(f"订单{words}到哪", reply("「{{ m.no }}」在路上"), pattern="订单(?P<no>.*)到哪")
    assert [(content.text, content.gaps) for content in made.contents] == [("「‹m.no›」在路上", ("m.no",))]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        (
            "订单 {{ message.text | split: '#' | last | slice: 0, 0 }} 在",
            "订单 ‹message.text|split:'#'|last|slice:0,0› 在",
        ),
        ("{{ message.text | remove: 'x' }}a", "‹message.text|remove:'x'›a"),
        ("{% assign n = message.text | replace: 'x', ' ' %}「{{ n }}」", "「‹n›」"),
        ("{% assign all = 'a, ,b' | split: ',' %}{% for one in all %}{{ one }};{% endfor %}", "a;‹one›;b;"),
    ],
)
async def test_an_expression_that_shows_nothing_is_a_gap_named_after_it(template: str, text: str) -> None:
    made = await answer(reply(template))
    assert (made.outcome, [content.text for content in made.contents]) == (Outcome.INCOMPLETE, [text])
    assert made.missing == open_gaps(made.contents[0]) == tuple(re.findall("‹(.*)›", text))


async def test_an_expression_that_shows_nothing_is_a_gap_in_an_address_too() -> None:
    made = await answer_to("x", link(title="t", url="https://a.cn/{{ m.all | remove: 'x' }}"))
    assert [content.url for content in made.contents] == ["https://a.cn/‹m.all|remove:'x'›"]
    assert open_gaps(made.contents[0]) == ("m.all|remove:'x'",)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ contact.alias | default: '' }}您好", "您好"),
        ("{{ contact.alias | append: '先生' | default: '' | upcase }}您好", "您好"),
        ("{{ message.text | remove: 'x' | default: '亲' }}您好", "亲您好"),
        ("{{ message.text | replace: 'x', ' ' | default: '亲' }}您好", "亲您好"),
        ("您{{ '' }}{{ ' ' }}{{ nil }}好", "您 好"),
        ("{% assign to = '' %}{% if weekday > 5 %}{% assign to = '周末' %}{% endif %}{{ to | strip }}您好", "您好"),
        ("{% capture to %}{% if contact.alias %}{{ contact.alias }}{% endif %}{% endcapture %}{{ to }}您好", "您好"),
        ("{% capture unused %}{{ contact.alias }}{% endcapture %}您好", "您好"),
        ("{% if contact.alias %}{{ contact.alias | upcase }}{% endif %}您好", "您好"),
        ("{{ 0 }}{{ false }}", "0false"),
    ],
)
async def test_a_text_that_is_meant_to_be_empty_leaves(template: str, text: str) -> None:
    assert await says(reply(template)) == text


async def test_a_missing_value_can_have_a_stand_in() -> None:
    assert await says(reply("{{ contact.alias | default: '亲' }}，您好")) == "亲，您好"


def fired(times: int) -> ContactHistory:
    return ContactHistory(fired={1: FiringCount(NOON, times)})


async def test_the_first_variant_is_said_by_default() -> None:
    assert await says(reply("一", "二"), history=fired(1)) == "一"


async def test_variants_take_turns_with_each_contact() -> None:
    asked = reply("一", "二", "三", variant=Variant.ROTATE)
    histories = [NO_HISTORY, *(fired(times) for times in range(1, 5))]
    assert [await says(asked, history=one) for one in histories] == ["一", "二", "三", "一", "二"]


async def test_chance_is_fair_and_the_same_for_the_same_message() -> None:
    asked = reply("一", "二", "三", variant=Variant.RANDOM)
    said = [await says(asked, number=number) for number in range(300)]
    assert said == [await says(asked, number=number) for number in range(300)]
    assert set(said) == {"一", "二", "三"}
    assert all(70 <= count <= 130 for count in Counter(said).values())


async def test_what_a_customer_wrote_is_only_ever_a_value() -> None:
    book = Rulebook(
        KeptRules([Rule("r", when=Condition(regex="(?P<all>.+)"), then=(reply("{{ m.all }}"),))]),
        Calendars(KeptSettings()),
        LiquidRenderer(),
        lambda: NOON,
        lambda _: None,
    )
    await book.load()
    written = "{{ account }}{% assign a = 1 %}<a href='x'>"
    message = Message(1, 1, 1, MessageType.TEXT, NOON, NOON, text=written)
    thread = Conversation(1, "shop", Contact(1, "shop", "o", NOON))
    made = book.answer(RuleContext(message, thread, ACCOUNT, NOON))
    assert [content.text for content in made.contents] == [written.replace("<", "＜")]


def link(**fields: str) -> Action:
    return Action(ActionKind.LINK, content=Content(ReplyKind.LINK, **fields))  # type: ignore[arg-type]


async def answer_to(text: str, action: Action, pattern: str = "(?P<all>(?s:.+))") -> Answer:
    rules = KeptRules([Rule("r", when=Condition(regex=pattern), then=(action,))])
    book = Rulebook(rules, Calendars(KeptSettings()), LiquidRenderer(), lambda: NOON, lambda _: None)
    await book.load()
    message = Message(1, 1, 1, MessageType.TEXT, NOON, NOON, text=text)
    thread = Conversation(1, "shop", Contact(1, "shop", "o", NOON))
    return book.answer(RuleContext(message, thread, ACCOUNT, NOON))


async def test_the_fields_of_a_link_are_filled_each_on_its_line() -> None:
    action = link(title="查 {{ m.all }}", description="{{ message.text }}", url="https://a.cn/?q={{ m.all }}&s=1")
    made = await answer_to("退款\n吗", action)
    assert made.problem == ""
    assert made.contents == (
        Content(
            ReplyKind.LINK,
            title="查 退款 吗",
            description="退款\n吗",
            url="https://a.cn/?q=%E9%80%80%E6%AC%BE%20%E5%90%97&s=1",
        ),
    )


@pytest.mark.parametrize(
    "words", ["a&paid=1", "../../admin", "x#y", "@evil.example/", "{{ account }}", "<a href='x'>", "%2e"]
)
async def test_what_a_customer_wrote_stays_one_value_of_an_address(words: str) -> None:
    said = [(await answer_to(words, link(title="t", url=f"https://a.cn/s?q={shown}&v=1"))).contents[0].url
            for shown in ("{{ m.all }}", "{{ m.all | url_encode }}")]  # fmt: skip
    for url in said:
        parts = urlsplit(url)
        assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "a.cn", "/s", "")
        assert parse_qsl(parts.query) == [("q", words.replace("<", "＜")), ("v", "1")]


async def test_a_page_gets_its_values_encoded() -> None:
    card = Content(ReplyKind.CARD, title="{{ m.all }}", page_path="pages/o?no={{ m.all }}", thumb_media_id="m")
    [said] = (await answer_to("a&b", Action(ActionKind.CARD, content=card))).contents
    assert (said.title, said.page_path, said.thumb_media_id) == ("a&b", "pages/o?no=a%26b", "m")


@pytest.mark.parametrize("url", ["https://a.cn/{{ contact.alias }}", "https://a.cn/{{ contact.alias | url_encode }}"])
async def test_a_value_that_a_link_lacks_is_marked_in_its_field(url: str) -> None:
    made = await answer_to("x", link(title="{{ session.id }}", url=url))
    [prepared] = made.contents
    assert (made.outcome, set(made.missing)) == (Outcome.INCOMPLETE, {"contact.alias", "session.id"})
    assert (prepared.title, prepared.url) == ("‹session.id›", "https://a.cn/‹contact.alias›")
    assert set(open_gaps(prepared)) == {"contact.alias", "session.id"}
    assert open_gaps(replace(prepared, title="t", url="https://a.cn/7")) == ()


@pytest.mark.parametrize(
    ("fields", "words", "reason"),
    [
        ({"title": "{{ m.all }}"}, "题" * 171, "The title is longer than 512 bytes."),
        ({"title": "{% if false %}x{% endif %}"}, "x", "A link needs a title."),
        ({"description": "{{ m.all }}"}, "题" * 342, "The description is longer than 1,024 bytes."),
        ({"url": "{% if false %}https://a.cn{% endif %}"}, "x", "The link must be an address"),
        ({"title": "{{ m.all | divided_by: 0 }}"}, "x", "This cannot be worked out with the values"),
    ],
)
async def test_content_that_wechat_would_refuse_does_not_leave(fields: dict[str, str], words: str, reason: str) -> None:
    made = await answer_to(words, link(**{"title": "t", "url": "https://a.cn"} | fields))
    assert (made.outcome, made.contents) == (Outcome.NOT_RENDERED, ())
    assert reason in tr(made.problem)


async def test_calendars_are_found_by_id_and_by_name() -> None:
    shelf = Calendars(await keep_hours(KeptSettings(), SHOP, NIGHT))
    await shelf.load()
    assert shelf.all == (replace(SHOP, id=1), replace(NIGHT, id=2))
    assert [shelf.schedules[key].name for key in (1, "店", 2, "夜")] == ["店", "店", "夜", "夜"]


@pytest.mark.expects_log("calendars cannot be read")
async def test_unreadable_calendars_count_as_no_calendars() -> None:
    settings = KeptSettings()
    await settings.set("calendars", '[{"name": 7}]')
    shelf = Calendars(settings)
    await shelf.load()
    assert shelf.all == ()
