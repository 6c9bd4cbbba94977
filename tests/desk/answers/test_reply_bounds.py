"""Bounds of rendered replies: no message is too large and no rendering takes too long, for any template and message."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.desk.answers.liquid.test_engine import PARTS, values
from tests.desk.settings.settings_in_memory import KeptSettings
from tests.desk.templates.templates_in_memory import KeptTemplates
from wxdesk.core.errors import BadTemplate
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.rules.matching.matcher import MatchedRule, MatchResult
from wxdesk.desk.answers.answer import Answer, RuleContext
from wxdesk.desk.answers.builder import AnswerBuilder
from wxdesk.desk.answers.liquid.bounds import SECONDS
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.i18n import tr

BYTES = 2048
"""What WeChat takes in one text."""

MESSAGES = 3
"""What one text may cost of the contact's five."""

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
ACCOUNT = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")
THREAD = Conversation(1, "shop", Contact(1, "shop", "oLiLei", NOW, alias="李雷"))
COMPOSER = AnswerBuilder(LiquidRenderer(), Calendars(KeptSettings(), UTC), TemplateLookup(KeptTemplates()), tuple)

SAYING = st.sampled_from(
    [
        "{{ message.text }}",
        "{{ message.text | upcase }}",
        "{{ message.text | append: message.text }}",
        "{{ message.text | replace: '退', '🧑🏽‍🚀' }}",
        "{{ m.no }}",
        "{{ contact.alias }}，您好。",
        "{% for i in (1..40) %}{{ message.text }}{% endfor %}",
        "{% for i in (1..900) %}退{{ i }}{% endfor %}",
        "{% capture x %}{{ message.text }}{% endcapture %}{{ x }}{{ x }}",
        "{% if message.text contains '退' %}退款\n\n{% endif %}",
        '<a href="https://a.cn/?{{ message.text | url_encode }}">看</a>',
        "您好。" * 40,
        "退" * 700,
        "{{ message.missing }}",
        "{{",
    ]
)
TEMPLATES = st.one_of(
    st.lists(SAYING, min_size=1, max_size=6).map("".join),
    st.lists(PARTS, max_size=14).map("".join),
    st.text(max_size=60),
)
PIECES = st.sampled_from(
    ["退", "a", "🙂", "👨‍👩‍👧", "e\u0301", "é", "\n", " ", "。", "<a href='x'>", "{{ now }}", "\ud83d", "각", "\u200b"]
)
TEXTS = st.one_of(
    st.text(max_size=200),
    st.builds(lambda pieces, times: "".join(pieces) * times, st.lists(PIECES, max_size=6), st.integers(1, 700)),
)


def answer(template: str, text: str) -> Answer:
    rule = Rule("r", id=1, then=(Action(ActionKind.REPLY, text=template),))
    message = Message(1, 1, 1, MessageType.TEXT, NOW, NOW, text=text)
    context = RuleContext(message, THREAD, ACCOUNT, NOW)
    return COMPOSER.answer(MatchResult((MatchedRule(rule, {"no": text}),)), (), context)


@settings(max_examples=200, deadline=None)
@given(template=TEMPLATES, text=TEXTS)
def test_no_message_is_larger_than_wechat_takes(template: str, text: str) -> None:
    made = answer(template, text)
    assert bool(made.problem and not made.missing) is not bool(made.contents)
    assert len(made.contents) <= MESSAGES
    for content in made.contents:
        assert 0 < len(content.text.encode()) <= BYTES


@pytest.mark.parametrize(
    ("text", "messages"), [("退" * 682, 1), ("退" * 683, 2), ("a" * BYTES, 1), ("a" * 3 * BYTES, 3), ("退" * 2046, 3)]
)
def test_a_text_that_just_fits_is_sent(text: str, messages: int) -> None:
    made = answer("{{ message.text }}", text)
    assert made.problem == ""
    said = [content.text for content in made.contents]
    assert "".join(said) == text
    assert len(said) == messages


def test_what_would_take_a_fourth_message_is_refused_and_told() -> None:
    made = answer("{{ message.text }}", "退" * 2047)  # in three messages of 2048 bytes are three times 682
    assert made.contents == ()
    assert "it takes 4 messages, 3 at most" in tr(made.problem)


class SteppingClock:
    """Processor time that goes on by an eighth of what a rendering may take whenever somebody looks."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        self.at += SECONDS / 8
        return self.at


@settings(max_examples=100, deadline=None)
@given(st.lists(SAYING | PARTS, max_size=20).map("".join), TEXTS)
def test_a_rendering_ends_within_its_time_or_is_refused(template: str, text: str) -> None:
    clock = SteppingClock()
    renderer = LiquidRenderer(clock)
    started = SECONDS / 8
    try:
        renderer.render(template, values(text, no=text))
    except BadTemplate:
        assert clock.at - started <= SECONDS + SECONDS / 8  # nothing is done after the look that found it over
    else:
        assert clock.at - started <= SECONDS
