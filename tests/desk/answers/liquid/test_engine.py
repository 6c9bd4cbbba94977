"""Rendering of Liquid templates: values, mistakes with their lines, bounds, and attacks."""

import contextlib
import gc
import itertools
import time
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from wxdesk import i18n
from wxdesk.core.content.variables import variables, without_markup
from wxdesk.core.errors import BadTemplate
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.desk.answers.liquid.bounds import OUTPUT_LIMIT, SECONDS, SOURCE_LIMIT
from wxdesk.desk.answers.liquid.engine import CACHED
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer

SLACK = 40  # what is bounded would run for minutes; a slow machine takes part of a second


def values(text: str = "几点", **groups: str) -> dict[str, object]:
    return {
        "account": "shop",
        "contact": {"alias": "李雷", "short_id": "WxYz1a"},
        "message": {"text": without_markup(text), "type": "text"},
        "m": groups,
        "session_from": {"value": "goods=1024", "goods": 1024},
        "time": "14:05",
        "date": "2026-11-24",
        "weekday": 2,
        "window": {"left": 4, "until": "2026-11-26 14:05"},
    }


RENDERER = LiquidRenderer()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("您好", "您好"),
        ("【{{ message.text }}】", "【几点】"),
        ("{{ contact.alias }}，{{ time }}", "李雷，14:05"),
        ("{{ m.no }}", "20461"),
        ("{{ m['no'] }}", "20461"),
        ("{{ session_from.goods }}", "1024"),
        ("{{ session_from.size | default: 'M' }}", "M"),
        ("{% if session_from.size %}a{% else %}b{% endif %}", "b"),
        ("{% unless m.other %}没有{% endunless %}", "没有"),
        ("{% if weekday > 5 %}周末{% elsif weekday == 2 %}周二{% endif %}", "周二"),
        ("{% case message.type %}{% when 'text' %}字{% else %}图{% endcase %}", "字"),
        ("{% for i in (1..5) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}", "12"),
        ("{% assign n = window.left | minus: 1 %}{{ n }}", "3"),
        ("{% capture who %}{{ contact.alias }}您{% endcapture %}{{ who }}好", "李雷您好"),
        ("{% comment %}{{ nobody }} {% if %}{% endcomment %}ok", "ok"),
        ("{% raw %}{{ message.text }}{% endraw %}", "{{ message.text }}"),
        ("{% # 备注 %}ok", "ok"),
        ("{{ message.text | truncate: 3, '…' }}", "几点"),
        ("{{ message.text | url_encode }}", "%E5%87%A0%E7%82%B9"),
        ("{{ 'a,b' | split: ',' | join: '、' }}", "a、b"),
        ("a{{- 1 -}} b", "a1b"),
    ],
)
def test_variables_and_filters_of_a_reply_are_rendered(source: str, text: str) -> None:
    RENDERER.check(source)
    assert RENDERER.render(source, values(no="20461")) == text


def test_a_value_of_which_a_filter_leaves_a_part_turns_nothing_after_it() -> None:
    source = "“{{ message.text | truncate: 4, '…' }}” {{ m.no }}"
    assert RENDERER.render(source, values("\u202e12345\u202c", no="7")) == "“\u202e12…\u202c” 7"
    assert RENDERER.render("{{ '\u202e' }}{{ m.no }}", values(no="7")) == "\u202e7", "what the template says is meant"
    assert RENDERER.render("{{ message.text }}", values("\u202e1"), address=True) == "%E2%80%AE1"


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("{{ nmae }}", 1, "no variable “nmae”"),
        ("a\n{{ contact.name }}", 2, "no variable “contact.name”"),
        ("a\nb\n{{ contact.openid }}", 3, "no variable “contact.openid”"),
        ("\n{{ m.nr }}", 2, "“m.nr” is not a named group"),
        ("{{ message }}", 1, "“message” has fields"),
        ("{{ now }}", 1, "no variable “now”"),
        ("{{ forloop.index }}", 1, "no variable “forloop”"),
        ("\n{{ message.text | shout }}", 2, "no filter “shout”"),
        ("{{ 'x' | date: '%Y' }}", 1, "no filter “date”"),
        ("{{ 'x' | base64_decode }}", 1, "no filter “base64_decode”"),
        ("a\n{% if m.no %}\nb\nc", 2, "“{% if %}” is never closed"),
        ("{% if m.no %}\n{% for i in (1..3) %}\n{% endif %}", 3, "“{% endif %}” closes nothing"),
        ("\n\n{% endfor %}", 3, "“{% endfor %}” closes nothing"),
        ("a\n{{ message.text", 2, "“{{” is never closed"),
        ("a\n{% if x", 2, "“{%” is never closed"),
        ("a\n{% raw %}\n{{ x }}", 2, "“{% raw %}” is never closed"),
        ("a\n{% comment %}\n{% comment %}{% endcomment %}", 2, "“{% comment %}” is never closed"),
        ("a\n{% if %}b{% endif %}", 2, "“{% if %}” needs something after it"),
        ("\n{% for %}{% endfor %}", 2, "“{% for %}” needs something after it"),
        ("\n{% for i in %}{% endfor %}", 2, "cannot be understood"),
        ("\n\n{% assign x %}", 3, "cannot be understood"),
        ("\n{% assign x =\n%}\n", 2, "cannot be understood"),
        ("\n{% if m.no and\n%}\n{{ 1 }}{% endif %}", 2, "cannot be understood"),
        ("\n{% if m.no %}\n{% elsif ) %}\n{% endif %}", 3, "cannot be understood"),
        ("\n{{ }}", 2, "cannot be understood"),
        ("\n\n{{ 'abc }}", 3, "cannot be understood"),
        ("\n{{ message.text | }}", 2, "cannot be understood. Check its brackets"),
        ("\n{% %}", 2, "no name"),
        ("\n{% else %}", 2, "“{% else %}” cannot stand here"),
        ("{% if m.no %}{% break %}{% endif %}", 1, "“{% break %}” cannot stand here"),
        ("\n{% include 'x' %}", 2, "“{% include %}” cannot be used"),
        ("{% render 'x' %}", 1, "“{% render %}” cannot be used"),
        ("{% tablerow i in (1..3) %}{% endtablerow %}", 1, "“{% tablerow %}” cannot be used"),
        ("{% liquid\n echo 1 %}", 1, "“{% liquid %}” cannot be used"),
        ("{% layout 'x' %}", 1, "“{% layout %}” cannot be used"),
        ("\n" + "{% if m.no %}" * 11 + "{% endif %}" * 11, 2, "more than 10 deep"),
        ("\n{{" + " " * 4000 + "}}", 2, "too many blanks"),
        ("\n{% if m.no" + " " * 101 + "%}{% endif %}", 2, "too many blanks"),
        ("{{ '" + "a" * 600 + "' }}", 1, "too long"),
        ("a" * (SOURCE_LIMIT + 1), 1, "longer than 4,096"),
    ],
)
def test_a_mistake_has_its_line_and_its_reason(source: str, line: int, reason: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        RENDERER.check(source, frozenset({"no"}))
    assert refused.value.line == line
    assert reason in i18n.tr(refused.value.reason)


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("\n{{ m.no }}", 2, "“m.no” has no value"),
        ("{{ now }}", 1, "“now” has no value"),
        ("{{ session_from.size }}", 1, "“session_from.size” has no value"),
        ("{{ message.text.size.x }}", 1, "“message.text.size.x” has no value"),
        ("a\n{{ 1 | divided_by: 0 }}", 2, "cannot be worked out"),
        ("\n\n{{ 'x' | slice: 'a' }}", 3, "cannot be worked out"),
        ("\n{{ message.text | truncate: 'x' }}", 2, "cannot be worked out"),
        ("\n{% for i in (1..1001) %}{% endfor %}", 2, "too long"),
        ("{% for i in (1..40) %}{% for j in (1..40) %}{% endfor %}{% endfor %}", 1, "too long"),
        ("{% for i in (1..600) %}{% endfor %}\n{% for i in (1..600) %}{% endfor %}", 2, "too long"),
        ("{% for i in (1..1000) %}退款退款{% endfor %}", 1, "too long"),
        ("\n{{ (1..100000000) | join }}", 2, "too long"),
        ("{% assign x = (1..100000000) %}{{ x | last }}", 1, "too long"),
        ("{% assign x = 'ab' %}{% for i in (1..900) %}{% assign x = x | append: x %}{% endfor %}", 1, "too long"),
        ("{% assign x = 9 %}{% for i in (1..900) %}{% assign x = x | times: x %}{% endfor %}", 1, "too long"),
        ("{% capture x %}{% for i in (1..1000) %}0123456789{% endfor %}{% endcapture %}", 1, "too long"),
    ],
)
def test_mistakes_that_show_only_when_rendering_are_reported(source: str, line: int, reason: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        RENDERER.render(source, values())
    assert refused.value.line == line
    assert reason in i18n.tr(refused.value.reason)


def test_a_replacement_cannot_multiply_the_text() -> None:
    long = values("退" * 2000)
    tracemalloc.start()
    with pytest.raises(BadTemplate, match="too long"):
        RENDERER.render("{{ message.text | replace: '', message.text | size }}", long)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000  # the replaced text would take 8 MB
    assert RENDERER.render("{{ message.text | replace: '退', '款' | size }}", long) == "2000"


def test_processor_time_is_bounded() -> None:
    ticks = itertools.count(step=SECONDS / 10)
    renderer = LiquidRenderer(lambda: next(ticks))
    assert renderer.render("{{ 1 }}" * 5, {}) == "11111"
    with pytest.raises(BadTemplate, match="works too much"):
        renderer.render("{{ '' }}" * 50, {})


@pytest.mark.parametrize("collects", [True, False])
def test_garbage_collection_does_not_count_against_a_templates_time(collects: bool) -> None:
    looks = itertools.count()

    def processor_time() -> float:
        look = next(looks)
        if look == 3 and collects:
            gc.collect()
        return 0.0 if look < 3 else 10 * SECONDS  # that long it took

    renderer, gaps = LiquidRenderer(processor_time), list[str]()
    with contextlib.nullcontext() if collects else pytest.raises(BadTemplate, match="works too much"):
        assert renderer.render("{{ contact.alias }}" + "{{ 1 }}" * 5, {}, gaps) == "‹contact.alias›11111"
        assert gaps == ["contact.alias"]


SLOW = [
    "{% for i in (1..1000) %}" + "{{ '' }}" * 400 + "{% endfor %}",
    "{% for i in (1..1000) %}" + "{% if nil or nil or nil or nil %}{% endif %}" * 80 + "{% endfor %}",
    "{% for i in (1..1000) %}{{ ''" + " | strip" * 50 + " }}{% endfor %}",
    "{% for i in (1..1000) %}" + "{% assign a = 'x' %}" * 150 + "{% endfor %}",
    "{% for i in (1..1000) %}" + "{% unless 1 %}{% endunless %}" * 120 + "{% endfor %}",
    "{% assign a = message.text | split: '' %}" + "{{ a | join: '' | size }}" * 140,
]


@pytest.mark.parametrize("source", SLOW)
def test_no_template_blocks_the_event_loop(source: str) -> None:
    start = time.thread_time()
    with contextlib.suppress(BadTemplate):
        assert len(RENDERER.render(source, values("退" * 2000)).encode()) <= OUTPUT_LIMIT
    assert time.thread_time() - start < SECONDS * SLACK


PAYLOADS = [
    "{{ message.text }}", "{{ 7 | times: 7 }}", "{{7*7}}", "{% for i in (1..999999999) %}x{% endfor %}", "{{", "}}",
    "{%", "{% raw %}", "{% endraw %}{{ message.text }}", "{% include '/etc/passwd' %}", "{% render 'x' %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ config }}", "{{ config.items() }}", "{{ self }}",
    "{{ request.application.__globals__ }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "*{7*7}", "@(7*7)", "[[${7*7}]]",
    "{{constructor.constructor('x')()}}", "{{ contact.openid }}", "{{ settings.SECRET_KEY }}", "{% debug %}",
    "{{ cycler.__init__.__globals__.os }}", "{{ lipsum.__globals__['os'].popen('id').read() }}", "%{7*7}",
    "{{ [].class.base.subclasses() }}", "{% import os %}{{ os.popen('id') }}", "{{ '7'*7 }}", "{{=<% %>=}}",
    "{% assign x = 'a' %}{{ x }}", "{% capture m %}x{% endcapture %}", "{% comment %}", "{% liquid\n echo 1 %}",
    "{{ message.text | replace: 'a', 'b' }}", "\\u007b\\u007b 1 }}", "{#", "{{- now -}}", "{{ 1 | divided_by: 0 }}",
    "__import__('os').system('id')", "{0.__class__}", "%s%n%x", "{{ now }}", "%0a%0d", "｛｛ now ｝｝",
    "{\u200b{ now }}", "#set($x=7*7)$x", "<#assign x=7*7>${x}", "{php}echo 1;{/php}", "{{ forloop.parentloop }}",
    "}}{{ now }}{{",
]  # fmt: skip
"""What templates of Liquid, Jinja, Twig, ERB, Freemarker, Velocity, Smarty, Angular and Python would carry out."""

CUSTOMER = Contact(1, "shop", "oLiLei", datetime(2026, 11, 24, tzinfo=UTC))
EVERYWHERE = "【{{ message.text }}|{{ m.no }}|{{ contact.alias }}|{{ session_from.value }}|{{ session.value }}】"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_customer_wrote_is_never_template_text(payload: str) -> None:
    message = Message(1, 1, 1, MessageType.TEXT, CUSTOMER.first_seen_at, CUSTOMER.first_seen_at, text=payload)
    message = replace(message, session_from=payload)
    thread = Conversation(1, "shop", replace(CUSTOMER, alias=payload))
    account = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")
    known = variables(message, thread, account, {"no": payload}, CUSTOMER.first_seen_at)
    assert RENDERER.render(EVERYWHERE, known) == "【" + "|".join([payload.replace("<", "＜")] * 5) + "】"


def test_there_are_forty_attack_payloads_and_none_twice() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 40


@pytest.mark.parametrize(
    "path",
    [
        "message.text.__class__", "message.__class__", "message['__class__']", "contact.__init__.__globals__", "m.keys",
        "m.items", "m.__len__", "window.__dict__", "message.text.format", "message.text.encode", "account.__class__",
        "contact.alias.__class__.__base__", "weekday.real", "weekday.__class__", "session_from.pop", "time.join",
    ],
)  # fmt: skip
def test_no_attribute_of_a_value_can_be_reached(path: str) -> None:
    with pytest.raises(BadTemplate, match="no value"):
        RENDERER.render("{{ " + path + " }}", values())


LINK = '<a href="https://evil.example">领红包</a>'


@pytest.mark.parametrize(
    "source",
    [
        "{{ message.text }}", "{{ message.text | downcase }}", "{{ message.text | remove: '＜' }}",
        "{{ m.a }}{{ m.b }}",
        "{{ message.text | strip | append: m.b }}", "{{ m.a | append: m.b }}", "{{ m.a | replace: 'x', '' }}{{ m.b }}",
        "{{ message.text | url_encode }}", "{{ message.text | upcase }}",
        "{% capture x %}{{ m.a }}{% endcapture %}{{ x }}{{ m.b }}",
    ],
)  # fmt: skip
def test_a_customer_cannot_make_the_desk_send_a_link(source: str) -> None:
    given = values(LINK, a=without_markup("<"), b=without_markup('a href="https://evil.example">x</a>'))
    assert "<" not in RENDERER.render(source, given)


def test_a_link_that_the_operator_wrote_stays_a_link() -> None:
    assert (
        RENDERER.render('<a href="https://a.cn/{{ m.no }}">看</a>', values(no="1")) == '<a href="https://a.cn/1">看</a>'
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ b }} {{ message.text | nope }}\n{{ a }}{{ m.no | nope }}", [
            (1, "There is no variable “b”."), (1, "There is no filter “nope”."),
            (2, "There is no variable “a”."), (2, "There is no filter “nope”."),
        ]),
        ("{{ a }}{{ a }}\n{{ a }}", [(1, "There is no variable “a”."), (2, "There is no variable “a”.")]),
        ("{% if c %}{{ contact.d }}{% endif %}{{ m.e }}", [
            (1, "There is no variable “c”."),
            (1, "There is no variable “contact.d”, only contact.alias, contact.short_id."),
            (1, "“m.e” is not a named group of the rule's pattern."),
        ]),
        ("{{ a }}\n{% if %}\n{{ b }}", [(2, "“{% if %}” needs something after it.")]),
        ("{{ m.no }}", []),
    ],
)  # fmt: skip
def test_all_mistakes_of_a_text_are_reported_from_top_to_bottom(source: str, told: list[tuple[int, str]]) -> None:
    assert [(one.line, i18n.tr(one.reason)) for one in RENDERER.mistakes(source, frozenset({"no"}))] == told


PARTS = st.sampled_from(
    ["{{", "}}", "{%", "%}", " message.text ", " if ", " endif ", " for i in (1..3) ", " endfor ", "|", "'",
     " assign x = 1 ", '"', "\n", " m.no ", "-", " raw ", " endraw ", " else ", "(", ")", "[", "]", ".", ":", ",", "1",
     "退", " | size ",
     "{% if 1 %}", "{% endif %}", "{{ message.text }}", " comment ", " endcomment ", "#", "\\", "=",
     " and ", " contains "]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=14).map("".join)))
def test_any_template_either_renders_or_names_a_line(source: str) -> None:
    refused: BadTemplate | None = None
    try:
        RENDERER.check(source)
        assert len(RENDERER.render(source, values()).encode()) <= OUTPUT_LIMIT
    except BadTemplate as error:
        refused = error
    assert refused is None or (refused.reason and 1 <= refused.line <= source.count("\n") + 1)


def test_parsed_templates_are_kept_but_not_for_ever() -> None:
    renderer = LiquidRenderer()
    for index in range(CACHED * 2):
        renderer.render(f"{{{{ 'no' }}}}{index}", {})
    assert renderer._engine._parsed.cache_info().currsize == CACHED
    renderer.render("{{ 1 }}", {})
    renderer.render("{{ 1 }}", {})
    assert renderer._engine._parsed.cache_info().hits == 1


def test_the_reason_is_in_the_operators_language() -> None:
    i18n.use("zh_CN")
    with pytest.raises(BadTemplate) as refused:
        RENDERER.check("{{ nmae }}")
    assert "没有变量「nmae」" in i18n.tr(refused.value.reason)
