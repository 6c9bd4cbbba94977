"""What is said: variants, business hours in words, and never a hole."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.desk.kept_rules import KeptRules
from tests.desk.kept_settings import KeptSettings
from wxdesk.core.model import Account, Contact, Conversation, Message, MessageType
from wxdesk.core.rules import Action, ActionKind, Condition, HoursTest, Rule, Variant
from wxdesk.core.schedule import Calendar, Span, Weekday, WeeklySpan
from wxdesk.core.subject import NO_HISTORY, Fired, History
from wxdesk.desk.calendars import Calendars
from wxdesk.desk.composing import Answer
from wxdesk.desk.liquid import LiquidRenderer
from wxdesk.desk.rulebook import Rulebook

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)  # a Tuesday
ACCOUNT = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")
SHOP = Calendar(
    "店",
    "Asia/Shanghai",
    (WeeklySpan(frozenset({Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU}), Span(time(9), time(18))),),
)
NIGHT = Calendar("夜", "Asia/Shanghai", (WeeklySpan(frozenset(Weekday), Span(time(22), time(2))),))


X = Condition(any=("x",))


async def answer(
    action: Action,
    *,
    when: Condition = X,
    calendars: tuple[Calendar, ...] = (SHOP, NIGHT),
    at: datetime = NOON,
    number: int = 1,
    history: History = NO_HISTORY,
) -> Answer:
    shelf = Calendars(KeptSettings())
    await shelf.put(calendars)
    rules = KeptRules([Rule("r", when=when, then=(action,))])
    book = Rulebook(rules, shelf, LiquidRenderer(), lambda: at.astimezone(UTC), lambda _: None, SHANGHAI)
    await book.load()
    message = Message(number, 1, number, MessageType.TEXT, at, at, text="x")
    thread = Conversation(1, "shop", Contact(1, "shop", "oLiLei", at))
    return book.answer(message, thread, ACCOUNT, history)


def reply(*texts: str, variant: Variant = Variant.FIRST) -> Action:
    return Action(ActionKind.REPLY, text=texts[0], others=texts[1:], variant=variant)


async def says(action: Action, **more: object) -> str:
    made = await answer(action, **more)  # type: ignore[arg-type]
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
async def test_the_hours_are_told_as_one_speaks(at: datetime, template: str, text: str) -> None:
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
async def test_a_value_that_is_missing_is_named_and_marked_in_what_is_prepared(
    template: str, calendars: tuple[Calendar, ...], missing: str
) -> None:
    made = await answer(reply("一", template, variant=Variant.ROTATE), calendars=calendars, history=fired(1))
    [prepared] = made.contents
    assert (made.missing, prepared.gaps) == ((missing,), (missing,))
    before, after = re.split(r"\{\{.*\}\}", template)
    assert prepared.text == f"{before}‹{missing}›{after}"
    assert f"“{missing}”" in made.problem


@pytest.mark.parametrize(
    "template", ["{{ contact.alias | upcase }}", "{{ contact.alias | size }}", f"{'长' * 677}{{{{ contact.alias }}}}"]
)
async def test_where_nobody_would_see_the_mark_nothing_is_prepared(template: str) -> None:
    made = await answer(reply(template))
    assert (made.contents, made.missing) == ((), ())
    assert "contact.alias" in made.problem


async def test_a_missing_value_can_have_a_stand_in() -> None:
    assert await says(reply("{{ contact.alias | default: '亲' }}，您好")) == "亲，您好"


def fired(times: int) -> History:
    return History(fired={1: Fired(NOON, times)})


async def test_the_first_is_said_where_nothing_else_is_asked_for() -> None:
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
    made = book.answer(message, Conversation(1, "shop", Contact(1, "shop", "o", NOON)), ACCOUNT)
    assert [content.text for content in made.contents] == [written.replace("<", "＜")]


async def test_calendars_are_kept_and_replaced_by_name() -> None:
    settings = KeptSettings()
    shelf = Calendars(settings)
    await shelf.put((SHOP, NIGHT))
    later = Calendar("店", "UTC", SHOP.weekly)
    await shelf.put((later,))
    again = Calendars(settings)
    await again.load()
    assert again.all == (later, NIGHT)
    assert list(again.schedules) == ["店", "夜"]


@pytest.mark.expects_log("calendars cannot be read")
async def test_calendars_that_cannot_be_read_are_none() -> None:
    settings = KeptSettings()
    await settings.set("calendars", '[{"name": 7}]')
    shelf = Calendars(settings)
    await shelf.load()
    assert shelf.all == ()
