"""A stored answer as it is filled in: gaps that no filter hides, and what an operator writes in the place of one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wxdesk.core.errors import BadTemplate, MissingValue
from wxdesk.core.replies.gaps import open_gaps
from wxdesk.core.templates import Prompt, Template
from wxdesk.desk.answers.filling import Filling
from wxdesk.desk.answers.liquid.filters import FILTERS
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer

RENDERER = LiquidRenderer(lambda: 0)  # on a busy machine a pause of the collector would take all of the time
VALUES = {"contact": {}, "message": {"text": "ab c"}, "session": {}}


def filling(text: str, *prompts: Prompt) -> Filling:
    return Filling(Template(0, "t", text, prompts=prompts), text, prompts, VALUES, RENDERER)


ARGUMENTS = st.sampled_from(["", ": 1", ": 2, 1", ": ''", ": ' '", ": 'a'", ": 'a', ''", ": '‹', ''", ": message.text"])
CHAINS = st.lists(st.tuples(st.sampled_from(sorted(FILTERS - {"default"})), ARGUMENTS), max_size=5)


@settings(max_examples=200, deadline=None)
@given(chain=CHAINS, form=st.integers(0, 3))
def test_no_filter_fills_hides_or_damages_a_gap(chain: list[tuple[str, str]], form: int) -> None:
    filters = "".join(f" | {name}{argument}" for name, argument in chain)
    text = [
        "a{{ contact.alias%s }}b",
        "{%% assign x = contact.alias%s %%}a{{ x }}b",
        "{%% capture x %%}{{ contact.alias%s }}{%% endcapture %%}a{{ x | upcase | truncate: 3 }}b",
        "{%% assign x = contact.alias | upcase %%}a{{ x%s }}b",
    ][form] % filters
    content = filling(text).prepared()
    assert content.gaps == open_gaps(content) == ("contact.alias",)
    assert content.text.startswith("a")
    assert content.text.endswith("b")
    with pytest.raises(MissingValue) as refused:
        filling(text).content({})
    assert refused.value.name == "contact.alias"


@settings(max_examples=200, deadline=None)
@given(chain=CHAINS)
def test_a_filtered_value_is_visible_or_a_gap(chain: list[tuple[str, str]]) -> None:
    shown = "{{ message.text" + "".join(f" | {name}{argument}" for name, argument in chain) + " }}"
    try:
        content = filling(f"[{shown}]").prepared()
    except BadTemplate:  # such as a division by nothing: no text at all is no hole
        return
    inside = content.text[1:-1]
    assert any(character.isprintable() and not character.isspace() for character in inside)
    assert bool(content.gaps) is inside.startswith("‹message.text|")


def test_a_prompt_is_shown_whole_in_an_example_whatever_its_filters() -> None:
    asks = filling("Hello {{ ask.name | truncate: 5 }}{% if ask.name %}!{% endif %}", Prompt("name", "Your name?"))
    assert asks.example().text == "Hello ‹Your name?›!"
    assert asks.content({"ask.name": "Alexander"}).text == "Hello Al...!"


def test_a_question_that_need_not_be_answered_leaves_nothing() -> None:
    asks = filling("Hello{{ ask.name | upcase | strip }}!", Prompt("name", required=False))
    assert asks.content({}).text == asks.content({"ask.name": "\u200b"}).text == "Hello!"


def test_an_invisible_answer_to_a_prompt_counts_as_missing() -> None:
    with pytest.raises(MissingValue):
        filling("{{ ask.name }}", Prompt("name")).content({"ask.name": "\u200b"})
    with pytest.raises(MissingValue):
        filling("{{ contact.alias }}").content({"contact.alias": " \u3164"})


def test_an_answer_to_a_gap_replaces_the_expression_that_shows_nothing() -> None:
    asks = filling("No. {{ message.text | slice: 9, 1 }}, {{ contact.alias | upcase }}")
    with pytest.raises(MissingValue) as refused:
        asks.content({"contact.alias": "li"})
    assert refused.value.name == "message.text|slice:9,1"
    assert asks.content({"contact.alias": "li", refused.value.name: " 7<a "}).text == "No. 7＜a, LI"
