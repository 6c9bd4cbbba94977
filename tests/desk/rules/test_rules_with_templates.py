"""Rules that answer with a stored template: said as it stands now, and a fault with its place where it is not there."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings
from tests.desk.templates.templates_in_memory import KeptTemplates
from wxdesk.core.errors import BadRule, BadRulesFile
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule, Variant
from wxdesk.core.rules.conditions.facts import NO_HISTORY, ContactHistory, FiringCount
from wxdesk.core.templates import Prompt, Template
from wxdesk.desk.answers.answer import Answer, RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.rules.exchange import RulesExchange
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.templates import TemplateLibrary
from wxdesk.i18n import tr

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HELLO = Template(0, "问候", "{{ contact.alias }}您好", "nh", others=("在的",), variant=Variant.ROTATE)
LINK = Template(0, "退换", content=Content(ReplyKind.LINK, title="退换货", url="https://shop.example/r"))
ASKING = Template(
    0, "发货", "单号 {{ ask.no }}，{{ ask.by }}", "fh", prompts=(Prompt("no", "快递单号"), Prompt("by", default="顺丰"))
)


def rule(name: str) -> Rule:
    return Rule("r", when=Condition(any=("x",)), then=(Action(ActionKind.TEMPLATE, template=name),))


class Desk:
    """A rulebook and a phrasebook on the same templates, as `app` connects them."""

    def __init__(self) -> None:
        self.told: list[Event] = []
        calendars, kept = Calendars(KeptSettings()), KeptTemplates()
        self.rules = KeptRules([])
        renderer = LiquidRenderer()
        self.rulebook = Rulebook(
            self.rules,
            calendars,
            renderer,
            lambda: NOON.astimezone(UTC),
            self.told.append,
            templates=TemplateLookup(kept),
        )
        self.exchange = RulesExchange(self.rulebook, self.rules, lambda: NOON)
        self.phrasebook = TemplateLibrary(
            kept,
            renderer,
            calendars,
            lambda: NOON.astimezone(UTC),
            self.told.append,
            self.rulebook.load,
        )

    async def answer(self, history: ContactHistory = NO_HISTORY) -> Answer:
        message = Message(1, 1, 1, MessageType.TEXT, NOON, NOON, text="x")
        thread = Conversation(1, "shop", Contact(1, "shop", "oLiLei", NOON, "李雷"))
        return self.rulebook.answer(RuleContext(message, thread, Account("shop", "wx01", "gh_01"), NOON, history))


@pytest.fixture
async def desk() -> Desk:
    made = Desk()
    await made.phrasebook.save_all(
        (HELLO, LINK, replace(ASKING, prompts=(Prompt("no", default="见短信"), ASKING.prompts[1])))
    )
    return made


@pytest.mark.parametrize("name", ["nh", "NH", "/nh", "问候"])
async def test_a_template_is_named_by_shortcut_or_title(desk: Desk, name: str) -> None:
    await desk.rulebook.save(rule(name))
    assert (await desk.answer()).contents == (Content(text="李雷您好"),)


async def test_variants_of_a_template_alternate_for_each_contact(desk: Desk) -> None:
    saved = await desk.rulebook.save(rule("nh"))
    assert desk.rulebook.ruleset.wanted.fired == {saved.id}
    history = ContactHistory(fired={saved.id: FiringCount(NOON)})
    assert (await desk.answer(history)).contents == (Content(text="在的"),)


async def test_a_link_is_sent_as_it_stands_and_prompts_have_their_defaults(desk: Desk) -> None:
    saved = await desk.rulebook.save(rule("退换"))
    assert (await desk.answer()).contents == (LINK.content,)
    await desk.rulebook.save(replace(saved, then=(Action(ActionKind.TEMPLATE, template="fh"),)))
    assert (await desk.answer()).contents == (Content(text="单号 见短信，顺丰"),)


async def test_a_changed_template_is_said_at_once(desk: Desk) -> None:
    await desk.rulebook.save(rule("nh"))
    stored = next(one for one in await desk.phrasebook.all() if one.title == "问候")
    await desk.phrasebook.save(replace(stored, body="欢迎"))
    assert (await desk.answer()).contents == (Content(text="欢迎"),)


@pytest.mark.parametrize(
    ("name", "reason"), [("没有", "no template “没有”"), (" ", "No template is named"), ("要填", "asks for “快递单号”")]
)
async def test_what_a_rule_cannot_say_is_a_fault_with_its_place(desk: Desk, name: str, reason: str) -> None:
    await desk.phrasebook.save(replace(ASKING, title="要填", shortcut=""))
    fault = desk.rulebook.judge.fault_in(rule(name))
    assert fault is not None
    assert fault.where == ("then", 0, "template")
    with pytest.raises(BadRule, match=reason):
        await desk.rulebook.save(rule(name))


@pytest.mark.expects_log("A stored rule cannot be used")
async def test_a_rule_whose_template_goes_is_left_out_until_it_is_back(desk: Desk) -> None:
    await desk.rulebook.save(rule("nh"))
    stored = next(one for one in await desk.phrasebook.all() if one.title == "问候")
    await desk.phrasebook.delete(stored.id)
    assert (await desk.answer()).rule is None
    [trouble] = [tr(event.text) for event in desk.told if isinstance(event, TroubleRaised)]
    assert "no template “问候”" in trouble
    await desk.phrasebook.put_back(stored)
    assert (await desk.answer()).contents == (Content(text="李雷您好"),)


FILE = """[[rules]]
name = "r"
when = { any = ["x"] }
then = [{ template = "nh" }]
"""


async def test_a_rules_file_names_templates(desk: Desk) -> None:
    [kept] = (await desk.exchange.take_in(FILE, "rules.toml")).left.rules
    assert desk.rulebook.named(kept).then == (Action(ActionKind.TEMPLATE, template="nh"),)
    assert (await desk.exchange.export()).text == FILE
    with pytest.raises(BadRulesFile, match=r"line 5: There is no template “gone”"):
        await desk.exchange.take_in(
            FILE.replace('then = [{ template = "nh" }]', 'then = [\n{ template = "gone" }]'), "f"
        )
    assert await desk.rulebook.all() == [kept]
