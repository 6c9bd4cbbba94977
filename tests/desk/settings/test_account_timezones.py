"""Each account goes by the clock of its own time zone: in texts, in business hours, and when the past is tried."""

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings, keep_hours
from tests.desk.templates.templates_in_memory import KeptTemplates
from wxdesk.config.reading import parse
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, HoursTest, Rule
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.core.templates import Template
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.templates import TemplateLibrary

SUNDAY_NIGHT = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
"""01:30 on Monday in Shanghai, 12:30 on Sunday in New York."""

WEEK = (WeeklySpan(frozenset(Weekday), OpenSpan(time(9), time(18))),)
TELLS = "{{ date }} {{ time }} {{ weekday }} {{ hours.next_open }}"
IN_SHANGHAI = "2026-11-23 01:30 1 09:00"
IN_NEW_YORK = "2026-11-22 12:30 7 tomorrow 09:00"


def account(zone: str) -> Account:
    return Account("shop", "", "", timezone=zone)


async def book_of(*rules: Rule, calendar: Calendar, zone: ZoneInfo | None = None) -> Rulebook:
    calendars = Calendars(await keep_hours(KeptSettings(), calendar), zone)
    book = Rulebook(KeptRules(rules), calendars, LiquidRenderer(), lambda: SUNDAY_NIGHT, lambda _: None)
    await book.load()
    return book


def context(zone: str) -> RuleContext:
    thread = Conversation(1, "shop", Contact(1, "shop", "oA", SUNDAY_NIGHT))
    asked = Message(1, 1, 1, MessageType.TEXT, SUNDAY_NIGHT, SUNDAY_NIGHT, text="x")
    return RuleContext(asked, thread, account(zone), SUNDAY_NIGHT)


@pytest.mark.parametrize(
    ("zone", "told"), [("Asia/Shanghai", IN_SHANGHAI), ("America/New_York", IN_NEW_YORK), ("", IN_SHANGHAI)]
)
async def test_a_text_tells_the_time_of_its_account(zone: str, told: str) -> None:
    says = Rule("r", default=True, then=(Action(ActionKind.REPLY, text=TELLS),))
    book = await book_of(says, calendar=Calendar("shop", weekly=WEEK), zone=ZoneInfo("Asia/Shanghai"))
    [content] = book.answer(context(zone)).contents
    assert content.text == told
    library = TemplateLibrary(
        KeptTemplates(), LiquidRenderer(), book.calendars, lambda: SUNDAY_NIGHT, lambda _: None, book.load
    )
    assert library.begin(Template(1, "t", TELLS), context(zone)).content({}).text == told


@pytest.mark.parametrize(
    ("zone", "calendar_zone", "is_open"),
    [
        ("Asia/Shanghai", "", False),
        ("America/New_York", "", True),
        ("America/New_York", "Asia/Shanghai", False),
        ("Asia/Shanghai", "America/New_York", True),
        ("", "America/New_York", True),
    ],
)
async def test_business_hours_without_a_zone_are_those_of_the_account(
    zone: str, calendar_zone: str, is_open: bool
) -> None:
    hours = Rule("r", when=Condition(any=("x",), hours=HoursTest("shop")), then=(Action(ActionKind.REPLY, text="在"),))
    book = await book_of(hours, calendar=Calendar("shop", calendar_zone, weekly=WEEK))
    assert bool(book.answer(context(zone)).contents) is is_open


def test_the_desk_goes_by_the_zone_that_all_its_accounts_share(tmp_path_factory: pytest.TempPathFactory) -> None:
    one = '[[accounts]]\nname = "{name}"\napp_id = "wx1"\ntimezone = "{zone}"\n'
    home = tmp_path_factory.mktemp("home")
    shared = parse(one.format(name="a", zone="Asia/Tokyo") + one.format(name="b", zone="Asia/Tokyo"))
    assert Setup(home, shared).zone == ZoneInfo("Asia/Tokyo")
    differing = parse(one.format(name="a", zone="Asia/Tokyo") + one.format(name="b", zone="Asia/Seoul"))
    assert Setup(home, differing).zone is None
    assert replace(Setup(home, shared), config=parse("")).zone is None
