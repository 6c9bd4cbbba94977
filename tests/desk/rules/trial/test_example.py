"""The preview of one rule by itself: with the tried sentence where it matches, else with the rule's own words."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tests.desk.rules.rules_in_memory import KeptRules
from tests.desk.settings.settings_in_memory import KeptSettings
from tests.desk.templates.templates_in_memory import KeptTemplates
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    FieldTest,
    Rule,
    SessionFromTest,
    Variant,
)
from wxdesk.core.templates import Prompt, Template
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.rules.trial.example import RuleExamples
from wxdesk.desk.rules.trial.scenario import TrialMessage
from wxdesk.desk.rules.trial.trials import RuleTrials
from wxdesk.desk.settings.business_hours import Calendars

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
ASKED = Condition(any=("when", "几点"))
REPLY, TEMPLATE = ActionKind.REPLY, ActionKind.TEMPLATE


@pytest.fixture
async def examples() -> RuleExamples:
    stored = (
        Template(0, "Hello", "Hi {{ contact.alias }}, order {{ ask.no }}.", "hi", prompts=(Prompt("no", "Order?"),)),
        Template(0, "Shop", content=Content(ReplyKind.LINK, title="Shop", url="https://shop.example")),
    )
    templates = KeptTemplates()
    for template in stored:
        await templates.save(template, NOW)
    shelf = TemplateLookup(templates)
    await shelf.load()
    settings = Calendars(KeptSettings(), UTC)
    renderer = LiquidRenderer()
    book = Rulebook(KeptRules(), settings, renderer, lambda: NOW, lambda _: None, templates=shelf)
    return RuleTrials(book, renderer, {}, lambda: NOW).examples


def _says(text: str, *others: str, when: Condition = ASKED) -> Rule:
    return Rule("r", when=when, then=(Action(REPLY, text, others=others),))


async def test_the_tried_sentence_counts_where_the_rule_answers_it(examples: RuleExamples) -> None:
    rule = _says("{{ contact.alias }}: {{ message.text }} at {{ time }} in {{ account }}")
    tried = TrialMessage("when do you close", alias="Li Lei")
    example = examples.of(rule, tried)
    assert example.answers == tried
    assert [one.contents for one in example.spoken] == [(Content(text="Li Lei: when do you close at 06:00 in shop"),)]
    other = examples.of(rule, replace(tried, sentence="hello"))
    assert other.answers is None
    assert other.spoken[0].contents == (Content(text="Li Lei: when at 06:00 in shop"),)


async def test_a_preview_ignores_what_keeps_a_rule_from_answering_now(examples: RuleExamples) -> None:
    rule = replace(_says("x"), enabled=False, delivery=Delivery.SHADOW, cooldown=Cooldown(per_contact_s=60))
    assert examples.of(rule, TrialMessage("when")).answers is not None


async def test_unknown_values_are_shown_as_marked_gaps(examples: RuleExamples) -> None:
    rule = _says("{{ contact.alias }}, {{ m.no }} is {{ session.id }}", when=Condition(regex=r"(?P<no>\d+)"))
    [gaps] = examples.of(rule, TrialMessage("no figure")).spoken
    assert gaps.contents == (Content(text="‹contact.alias›, ‹m.no› is ‹session.id›"),)
    filtered = _says("{{ contact.alias | upcase }}, {{ session.id | truncate: 5 }}")
    assert examples.of(filtered, TrialMessage("when")).spoken[0].contents == (
        Content(text="‹contact.alias›, ‹session.id›"),
    )
    [found] = examples.of(rule, TrialMessage("it is 42", alias="A")).spoken
    assert found.contents == (Content(text="A, 42 is ‹session.id›"),)


async def test_every_wording_is_shown_and_a_mistake_has_its_line(examples: RuleExamples) -> None:
    spoken = examples.of(_says("one", "two\n{{ nope }}", "{% if %}"), TrialMessage("when")).spoken
    assert [(one.wording, one.wordings) for one in spoken] == [(0, 3), (1, 3), (2, 3)]
    assert [bool(one.contents) for one in spoken] == [True, False, False]
    assert spoken[1].problem == "Line 2: There is no variable “nope”."
    assert spoken[2].problem.startswith("Line 1: ")


async def test_a_broken_pattern_hides_no_bubble(examples: RuleExamples) -> None:
    rule = _says("Order {{ m.no }}", when=Condition(regex="("))
    [one] = examples.of(rule, TrialMessage("order 1")).spoken
    assert one.contents == (Content(text="Order ‹m.no›"),)


async def test_a_long_text_is_cut_as_it_would_leave(examples: RuleExamples) -> None:
    [one] = examples.of(_says("字" * 1000), TrialMessage("when")).spoken
    assert len(one.contents) == 2
    assert "".join(content.text for content in one.contents) == "字" * 1000
    [empty] = examples.of(_says("{% if false %}x{% endif %}"), TrialMessage("when")).spoken
    assert empty.problem == "Line 1: The reply comes out empty for this message."


async def test_stored_answers_pictures_links_and_cards_come_as_they_are(examples: RuleExamples) -> None:
    picture = Content(ReplyKind.IMAGE, picture="a" * 64)
    actions = (
        Action(TEMPLATE, template="hi"),
        Action(TEMPLATE, template="Shop"),
        Action(ActionKind.IMAGE, content=picture),
        Action(ActionKind.TAG, tags=("vip",)),
        Action(TEMPLATE, template="nobody"),
    )
    example = examples.of(Rule("r", when=Condition(any=("x",)), then=actions), TrialMessage(alias="A"))
    assert [one.action for one in example.spoken] == [0, 1, 2, 4]
    assert example.spoken[0].contents == (Content(text="Hi A, order ‹Order?›."),)
    assert example.spoken[1].contents[0].url == "https://shop.example"
    assert example.spoken[2].contents == (picture,)
    assert example.spoken[3].problem == "There is no template “nobody”."


async def test_the_fields_of_a_link_are_filled_as_they_will_be(examples: RuleExamples) -> None:
    fields = Content(
        ReplyKind.LINK, title="For {{ contact.alias }}", url="https://a.cn/{{ session.id }}?q={{ message.text }}"
    )
    rule = Rule("r", when=ASKED, then=(Action(ActionKind.LINK, content=fields),))
    [one] = examples.of(rule, TrialMessage("when & how", alias="A")).spoken
    [said] = one.contents
    assert (said.title, said.url) == ("For A", "https://a.cn/‹session.id›?q=when%20%26%20how")
    broken = replace(rule, then=(Action(ActionKind.LINK, content=replace(fields, title="{{ nope }}")),))
    [one] = examples.of(broken, TrialMessage("when")).spoken
    assert (one.contents, one.problem) == ((), "There is no variable “nope”.")


async def test_an_entry_is_made_of_what_the_rule_looks_for(examples: RuleExamples) -> None:
    test = SessionFromTest(fields=(FieldTest("id", ("1024", "2048")),))
    rule = Rule(
        "r",
        on=frozenset({MessageType.ENTER_SESSION}),
        when=Condition(session_from=test),
        then=(Action(REPLY, "You look at {{ session_from.id }}", variant=Variant.FIRST),),
    )
    example = examples.of(rule, TrialMessage("when"))
    assert example.answers is None
    assert example.spoken[0].contents == (Content(text="You look at 1024"),)


async def test_a_default_answers_whatever_is_tried(examples: RuleExamples) -> None:
    rule = Rule("r", default=True, then=(Action(REPLY, "Got “{{ message.text }}”"),))
    assert examples.of(rule, TrialMessage("anything")).spoken[0].contents == (Content(text="Got “anything”"),)
    assert examples.of(rule, TrialMessage()).spoken[0].contents == (Content(text="Got “‹message.text›”"),)
