"""Literal ends of templates: a text they rule out is certainly never what a rule renders."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings
from tests.desk.templates.templates_in_memory import KeptTemplates
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind, Rule, Variant
from wxdesk.core.rules.matching.matcher import MatchedRule, MatchResult
from wxdesk.core.templates import Template
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.rules.review.dry_run import cannot_have_said
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.settings.business_hours import Calendars

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
ACCOUNT = Account("shop", "", "")
THREAD = Conversation(1, "shop", Contact(1, "shop", "oLiLei", NOW))
MESSAGE = Message(1, 1, 1, MessageType.TEXT, NOW, NOW, text="退款")
LINK = Content(ReplyKind.LINK, title="看 {{ message.text }}", description="d", url="https://a.cn/{{ message.text }}")


def says(*texts: str) -> Action:
    return Action(ActionKind.REPLY, text=texts[0], others=texts[1:], variant=Variant.RANDOM)


def matching(*actions: Action) -> MatchResult:
    return MatchResult((MatchedRule(Rule("r", id=1, then=actions), {}),))


async def book() -> Rulebook:
    templates = KeptTemplates()
    await templates.save(Template(0, "问候", body="您好 {{ message.text }}", others=("在的",)), NOW)
    await templates.save(Template(0, "价目", content=LINK), NOW)
    shelf = TemplateLookup(templates)
    made = Rulebook(KeptRules([]), Calendars(KeptSettings(), UTC), LiquidRenderer(), lambda: NOW, lambda _: None, shelf)
    await made.load()
    return made


WAIT = Action(ActionKind.TYPING, seconds=2)
TAG = Action(ActionKind.TAG, tags=("vip",))


@pytest.mark.parametrize(
    ("words", "actions", "certain"),
    [
        ("在的", (says("您好，{{ message.text }}"),), True),
        ("您好，马上", (says("您好，{{ message.text }}"),), False),
        ("您", (says("您好，{{ message.text }}"),), True),
        ("好的", (says("好"),), True),
        ("稍等", (says("好", "稍{{ message.text }}"),), False),
        ("稍等", (says("{{ message.text }}稍等"),), False),
        ("马上", (says("{{ message.text }}稍等"),), True),
        ("您好，在的", (says("您好，{{ message.text }}请稍等。"),), True),
        ("您好，我看看，请 稍等。 ", (says("您好，{{ message.text }}请稍等。\n"),), False),
        ("您好，稍候", (says("您好{{ message.text }}", "{{ message.text }}稍候"),), False),
        ("您好，稍候", (says("您好"), TAG, says("稍候", "马上")), False),
        ("您好，在的", (says("您好"), TAG, says("稍候", "马上")), True),
        ("您好，在的", (says("您好"), Action(ActionKind.LINK, content=LINK)), False),
        ("在", (says(" {%- if message.text %}在{% endif %}"),), False),
        ("您好退款", (says("您好\n {{- message.text }}"),), False),
        ("您 好\n退款", (says("您好{{ message.text }}"),), False),
        ("在的", (TAG, WAIT, says("您好"), says("在的")), True),
        ("您好\n在的", (TAG, WAIT, says("您好"), says("在的")), False),
        ("您好", (Action(ActionKind.TEMPLATE, template="问候"),), False),
        ("在", (Action(ActionKind.TEMPLATE, template="问候"),), True),
        ("您好", (Action(ActionKind.TEMPLATE, template="价目"),), False),
        ("您好", (Action(ActionKind.TEMPLATE, template="不在了"),), False),
        ("您好", (Action(ActionKind.LINK, content=LINK), says("好")), False),
        ("您", (Action(ActionKind.LINK, content=LINK), says("好")), True),
        ("您好", (Action(ActionKind.IMAGE, content=Content(ReplyKind.IMAGE, media_id="M")),), False),
        ("您好", (TAG,), True),
        ("", (says("您好"),), False),
        (" \u3000", (TAG,), False),
    ],
)
async def test_texts_that_a_rule_cannot_render_are_ruled_out_by_both_ends(
    words: str, actions: tuple[Action, ...], certain: bool
) -> None:
    assert cannot_have_said(words, matching(*actions), (await book()).templates) is certain


@pytest.mark.parametrize(
    "source",
    [
        "您好，{{ message.text }}",
        "  您好 \n {{- message.text }}",
        "{%- if message.text -%} 您 {%- endif %}好",
        "{% raw %}{{ 您 }}{% endraw %} {{ message.text }}",
        "} {您好} {{ message.text }}",
        "{{ contact.alias }}您好",
        "您好 {{ contact.alias }}",
        "{{ message.text -}} \n 收到 } 了。 ",
        "{ {{ message.text }} {% if message.text == 'x' %}{% else %}退{% endif %} 款",
        "{% for n in (1..9) %}{{ n }}{% break %}{% endfor %}。{% comment %} } {% endcomment %}好",
        "您好 {{ contact.alias | default: '客官' }}",
        f"{'长' * 19} <a href='https://a.cn/{'x' * 1960}'>看</a> {{{{ message.text }}}}",
        "句。 \n" * 400 + "{{ message.text }}",
        "{{ message.text }}" + " \n。句" * 400,
        "\u3000全\u00a0角\u2003 {{ message.text }}",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 " * 120 + "{{ message.text }}",
    ],
)
async def test_a_rendered_text_is_never_ruled_out(source: str) -> None:
    rulebook, spoken = await book(), matching(says(source))
    answer = rulebook.builder.answer(spoken, (), RuleContext(MESSAGE, replace(THREAD), ACCOUNT, NOW))
    would_say = "" if answer.problem else "\n".join(content.summary for content in answer.contents)
    assert would_say or "alias" in source
    assert not cannot_have_said(would_say, spoken, rulebook.templates)
