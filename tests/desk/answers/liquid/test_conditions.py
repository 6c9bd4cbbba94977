"""Conditions of templates: values that show nothing equal nil, empty and blank alike."""

import itertools

import pytest

from wxdesk.core.templates import Prompt, Template
from wxdesk.desk.answers.filling import Filling
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.i18n import tr

RENDERER = LiquidRenderer()

VALUES = {"contact": {}, "m": {}, "session": {"n": 3, "open": False}, "message": {"text": "几点"}}

MISSING = ("contact.alias", "session.gone", "m.no")
UNSEEN = ("kept", "captured", "parted[1]", "wide")  # worked out by the template, and nobody would see them
SOME = ("message.text", "session.n", "session.open", "'VIP'", "0", "false")
NOTHING = ("nil", "null", "blank", "empty", "''", "' '")

MADE = (
    "{% assign kept = ' ' %}{% assign parted = 'a,,b' | split: ',' %}{% assign wide = '\u3000\u200b' %}"
    "{% capture captured %}{{ contact.alias | default: '' }}{% endcapture %}"
)


def branch(condition: str, tag: str = "if") -> bool:
    shown = RENDERER.render(f"{MADE}{{% {tag} {condition} %}}yes{{% else %}}no{{% end{tag} %}}", VALUES)
    return {"yes": True, "no": False}[shown]


@pytest.mark.parametrize("word", NOTHING)
@pytest.mark.parametrize("value", MISSING + UNSEEN)
def test_a_value_that_shows_nothing_equals_nil_empty_and_blank(value: str, word: str) -> None:
    assert branch(f"{value} == {word}")
    assert branch(f"{word} == {value}")
    assert not branch(f"{value} != {word}")
    assert not branch(f"{value} <> {word}")
    assert not branch(f"{value} == {word}", "unless")


@pytest.mark.parametrize("word", NOTHING)
@pytest.mark.parametrize("value", SOME)
def test_a_value_that_shows_something_equals_neither_nil_empty_nor_blank(value: str, word: str) -> None:
    assert not branch(f"{value} == {word}")
    assert branch(f"{value} != {word}")
    assert branch(f"{value} == {word}", "unless")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("contact.alias == 'VIP'", False),
        ("contact.alias != 'VIP'", True),
        ("contact.alias contains 'VIP'", False),
        ("message.text contains contact.alias", False),
        ("contact.alias == false", False),
        ("session.open == false", True),
        ("session.gone > 0", False),
        ("session.gone <= 0", False),
        ("contact.alias", False),
        ("contact.alias == blank and message.text == blank", False),
        ("contact.alias == blank and message.text != blank", True),
        ("message.text == blank or contact.alias == ''", True),
        ("message.text == '几点'", True),
        ("message.text == '几 点'", False),
        ("session.n == 3", True),
        ("session.n == '3'", False),
    ],
)
def test_other_comparisons_are_liquids(condition: str, holds: bool) -> None:
    assert branch(condition) is holds
    assert branch(condition, "unless") is not holds


@pytest.mark.parametrize(
    ("cases", "shown"),
    [
        ("{% when 'a' %}A{% when blank %}B{% else %}E", "B"),
        ("{% when '' %}A{% else %}E", "A"),
        ("{% when 'a', nil %}A{% else %}E", "A"),
        ("{% when nil, blank or empty %}A{% else %}E", "A"),
        ("{% when nil %}A{% when blank %}B{% else %}E", "A"),
        ("{% when 'a' %}A{% else %}E", "E"),
    ],
)
def test_a_case_takes_the_first_branch_that_holds_once(cases: str, shown: str) -> None:
    assert RENDERER.render(f"{{% case contact.alias %}}{cases}{{% endcase %}}", VALUES) == shown


def test_a_case_compares_with_visible_text() -> None:
    source = "{% case message.text %}{% when blank %}A{% when '几点' %}B{% else %}E{% endcase %}"
    assert RENDERER.render(source, VALUES) == "B"


@pytest.mark.parametrize(("word", "answer"), list(itertools.product(NOTHING, ("", "  ", "\u200b", "易碎"))))
def test_a_question_left_empty_leaves_no_hole(word: str, answer: str) -> None:
    text = f"已发出{{% if ask.note != {word} %}}（备注：{{{{ ask.note }}}}）{{% endif %}}。"
    filling = Filling(Template(0, "", text), text, (Prompt("note", "备注", required=False),), VALUES, RENDERER)
    shown = filling.content({"ask.note": answer}).text
    assert shown == ("已发出（备注：易碎）。" if answer == "易碎" else "已发出。")


def test_conditions_show_the_variables_that_they_ask_for() -> None:
    source = "{% if ask.a == blank %}x{% elsif ask.b != '' %}y{% endif %}{% case ask.c %}{% when ask.d %}{% endcase %}"
    assert sorted(RENDERER.asked(source)) == ["a", "b", "c", "d"]
    [mistake] = RENDERER.mistakes("{% if nobody == blank %}{% endif %}")
    assert "nobody" in tr(mistake.reason)
