"""Stored answers: judged before they are kept, filled without holes, and with values that stay values."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.desk.settings.settings_in_memory import KeptSettings, keep_hours
from tests.desk.templates.templates_in_memory import KeptTemplates
from wxdesk.core.errors import BadTemplate, MissingValue, UnusableTemplate
from wxdesk.core.events import Event, TemplatesChanged
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.core.templates import Prompt, Template
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.templates import TemplateLibrary

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, tzinfo=SHANGHAI)
DAILY = Calendar("店", "Asia/Shanghai", (WeeklySpan(frozenset(Weekday), OpenSpan(time(9), time(18))),))


class Desk:
    """A phrasebook, what it keeps and what it told."""

    def __init__(self) -> None:
        self.settings = KeptSettings()
        self.calendars = Calendars(self.settings, SHANGHAI)
        self.kept = KeptTemplates()
        self.told: list[Event] = []
        self.changes = 0
        self.book = TemplateLibrary(
            self.kept,
            LiquidRenderer(),
            self.calendars,
            lambda: NOON.astimezone(UTC),
            self.told.append,
            self.heard,
            lambda count: count - 1,
        )

    async def heard(self) -> None:
        self.changes += 1


@pytest.fixture
def desk() -> Desk:
    return Desk()


def context(text: str = "单号多少", alias: str = "王芳", session_from: str | None = None) -> RuleContext:
    message = Message(1, 1, 1, MessageType.TEXT, NOON, NOON, text=text, session_from=session_from)
    thread = Conversation(1, "shop", Contact(1, "shop", "oWangFang0001", NOON, alias), window=ReplyWindow(4, NOON))
    return RuleContext(message, thread, Account("shop", "wx0123456789abcdef", "gh_0123456789ab"), NOON.astimezone(UTC))


ASKING = Template(
    0,
    "发货",
    "{{ contact.alias }}，单号 {{ ask.no }}{% if ask.备注 %}（{{ ask.备注 }}）{% endif %}",
    prompts=(Prompt("no", "快递单号"), Prompt("备注", default="顺丰", required=False)),
)


def said(desk: Desk, template: Template, **answers: str) -> str:
    named = {name.replace("__", "."): answer for name, answer in answers.items()}
    return desk.book.begin(template, context()).content(named).text


async def test_answers_to_prompts_are_filled_in(desk: Desk) -> None:
    assert said(desk, ASKING, ask__no=" SF1 ") == "王芳，单号 SF1（顺丰）"
    assert said(desk, ASKING, ask__no="SF1", ask__备注="") == "王芳，单号 SF1"
    bare = replace(ASKING, body="[{{ ask.备注 }}]")
    assert said(desk, bare, ask__备注="") == "[]"  # not required, so leaving it out is no hole


@pytest.mark.parametrize("answer", ["", "  ", None])
async def test_a_missing_required_answer_is_named(desk: Desk, answer: str | None) -> None:
    with pytest.raises(MissingValue, match="快递单号") as refused:
        said(desk, ASKING, **({} if answer is None else {"ask__no": answer}))
    assert refused.value.name == "ask.no"


async def test_a_variable_without_a_value_is_named_and_can_be_filled_in_as_well(desk: Desk) -> None:
    filling = desk.book.begin(Template(1, "t", "\n{{ contact.alias }}你好"), context(alias=""))
    with pytest.raises(MissingValue) as refused:
        filling.content({})
    assert (refused.value.name, refused.value.line) == ("contact.alias", 2)
    assert filling.content({"contact.alias": "王芳"}).text == "\n王芳你好"


@pytest.mark.parametrize(
    "payload", ["{{ contact.short_id }}", "{% if 1 %}x{% endif %}", '<a href="https://e.example">']
)
async def test_answers_to_prompts_are_values_only(desk: Desk, payload: str) -> None:
    filling = desk.book.begin(Template(1, "t", "{{ message.text }}|{{ ask.no }}"), context(text=payload))
    safe = payload.replace("<", "＜")
    assert filling.content({"ask.no": payload}).text == f"{safe}|{safe}"


async def test_values_come_from_everywhere(desk: Desk) -> None:
    await keep_hours(desk.settings, DAILY)
    await desk.calendars.load()
    body = "{{ account }} {{ window.left }} {{ session_from.id }} {{ hours.next_close }} {{ date }} {{ time }}"
    filling = desk.book.begin(Template(1, "t", body), context(session_from="id=7"))
    assert filling.content({}).text == "shop 4 7 18:00 2026-11-24 12:00"


@pytest.mark.parametrize(
    ("variant", "uses", "text"),
    [
        (Variant.FIRST, 5, "一"),
        (Variant.ROTATE, 0, "一"),
        (Variant.ROTATE, 4, "二"),
        (Variant.ROTATE, 5, "三"),
        (Variant.RANDOM, 0, "三"),
    ],
)
async def test_a_variant_is_chosen_once(desk: Desk, variant: Variant, uses: int, text: str) -> None:
    template = Template(1, "t", "一", others=("二", "三"), variant=variant, uses=uses)
    filling = desk.book.begin(template, context())
    assert filling.content({}).text == filling.content({}).text == text


async def test_only_what_the_chosen_variant_shows_is_asked_for(desk: Desk) -> None:
    template = replace(ASKING, others=("{{ ask.备注 }}",))
    assert [prompt.name for prompt in desk.book.begin(template, context(), 0).prompts] == ["no", "备注"]
    assert [prompt.name for prompt in desk.book.begin(template, context(), 1).prompts] == ["备注"]


LINK = Content(
    ReplyKind.LINK, title="{{ contact.alias }}：{一}", description="a", url="https://shop.example/o?no={{ ask.no }}&v=1"
)


async def test_the_fields_of_a_link_are_filled_as_a_text_is(desk: Desk) -> None:
    saved = await desk.book.save(Template(0, "t", content=LINK))
    assert saved.prompts == (Prompt("no"),)
    filling = desk.book.begin(saved, context())
    said = filling.content({"ask.no": "7 &x=/../ 号"})
    assert (said.title, said.description) == ("王芳：{一}", "a")
    assert said.url == "https://shop.example/o?no=7%20%26x%3D%2F..%2F%20%E5%8F%B7&v=1"
    with pytest.raises(MissingValue, match="no"):
        filling.content({})
    assert filling.example().url == "https://shop.example/o?no=‹no›&v=1"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (replace(LINK, title="{{ nope }}"), "content.title"),
        (replace(LINK, description="{% if %}"), "content.description"),
        (replace(LINK, url="https://a b/{{ ask.no }}"), "content.url"),
        (replace(LINK, url="{{ ask.no }}"), "content.url"),
        (Content(ReplyKind.CARD, title="t", page_path="p?{{ m.no }}", thumb_picture="a"), "content.page_path"),
    ],
)
async def test_a_mistake_in_a_field_is_reported_there(desk: Desk, content: Content, field: str) -> None:
    assert [fault.where for fault in desk.book.faults(Template(0, "t", content=content))] == [field]
    with pytest.raises(UnusableTemplate):
        await desk.book.save(Template(0, "t", content=content))


async def test_an_example_shows_what_will_be_asked(desk: Desk) -> None:
    filling = desk.book.begin(replace(ASKING, body=ASKING.body + "{{ session_from.size }}"), context())
    assert filling.example().text == "王芳，单号 ‹快递单号›（顺丰）‹session_from.size›"


async def test_saving_declares_what_is_asked_and_forgets_what_is_not(desk: Desk) -> None:
    written = replace(
        ASKING,
        title=" 发货 ",
        shortcut=" /fh",
        keywords=("物流", " ", "物流"),
        others=("{{ ask.new }}",),
        prompts=(Prompt("old"), *ASKING.prompts),
    )
    saved = await desk.book.save(written)
    assert (saved.title, saved.shortcut, saved.keywords) == ("发货", "fh", ("物流",))
    assert saved.prompts == (*ASKING.prompts, Prompt("new"))
    assert desk.told == [TemplatesChanged()]


async def test_a_kind_keeps_its_own_fields_only(desk: Desk) -> None:
    link = Content(ReplyKind.LINK, title="退换", url="https://shop.example")
    saved = await desk.book.save(replace(ASKING, content=link, others=("x",)))
    assert (saved.body, saved.others, saved.prompts, saved.content) == ("", (), (), link)
    text = await desk.book.save(replace(ASKING, content=replace(link, kind=ReplyKind.TEXT)))
    assert text.content == Content()


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("\n{{ nmae }}", 2, "no variable “nmae”"),
        ("{{ m.no }}", 1, "not a named group"),
        ("\n\n{{ ask }}", 3, "one name"),
        ("{{ ask.a.b }}", 1, "one name"),
        ("{{ ask[message.text] }}", 1, "one name"),
        ("{{", 1, "never closed"),
    ],
)
async def test_a_text_that_cannot_be_said_is_not_kept(desk: Desk, body: str, line: int, reason: str) -> None:
    with pytest.raises(BadTemplate, match=reason) as refused:
        await desk.book.save(Template(0, "t", body))
    assert refused.value.line == line
    with pytest.raises(UnusableTemplate, match="no title"):
        await desk.book.save(Template(0, "", "x"))
    assert (desk.kept.saved, desk.told) == ([], [])


async def test_only_what_is_inserted_by_hand_can_ask() -> None:
    with pytest.raises(BadTemplate, match="no variable “ask”"):
        LiquidRenderer().check("{{ ask.no }}")


async def test_changes_are_reported(desk: Desk) -> None:
    saved = await desk.book.save(ASKING)
    await desk.book.count_use(saved.id)
    [used] = await desk.book.all()
    assert (used.uses, used.last_used_at) == (1, NOON)
    await desk.book.delete(saved.id)
    await desk.book.put_back(used)
    assert await desk.book.all() == [used]
    assert await desk.book.revisions(saved.id) == [saved]
    assert desk.told == [TemplatesChanged()] * 4
    assert desk.changes == 3  # a use changes nothing that is said
