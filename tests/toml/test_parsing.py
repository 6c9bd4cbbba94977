"""Mistakes in a TOML file are told in our own words."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.toml import BadToml, parsed_toml


@given(st.text("[]{}=\"'\\,.#a1\n“，：\u3000\x01 -:u", max_size=24))
def test_every_error_of_the_parser_has_a_sentence_of_ours(text: str) -> None:
    refused: BadToml | None = None
    try:
        parsed_toml(text)
    except BadToml as error:
        refused = error
    assert refused is None or str(refused) != "It cannot be read from here on."
    assert refused is None or 1 <= refused.line <= max(1, text.count("\n") + 1)


def test_toml_nested_too_deeply_is_refused() -> None:
    with pytest.raises(BadToml):
        parsed_toml("x = " + "[" * 5000)


@pytest.mark.parametrize("part", ["a.", "a . ", '"a"."b\\"".', "'a'.b."])
@pytest.mark.parametrize("before", ["", "[", "[[", "  ", "x = {", "x = [1, {a = 1, "])
def test_a_name_of_thousands_of_parts_is_refused_before_it_costs_anything(before: str, part: str) -> None:
    began = process_time()
    with pytest.raises(BadToml, match="nested too deeply") as refused:
        parsed_toml(f"port = 1\n{before}{part * 5000}b = 1")
    assert refused.value.line == 2
    assert process_time() - began < 0.2


def test_a_text_may_have_as_many_dots_as_it_likes() -> None:
    assert parsed_toml(f"{'a.' * 9}b = '{'a.' * 99}, {'..' * 99}'")


def test_a_number_of_thousands_of_digits_is_refused_with_its_line() -> None:
    with pytest.raises(BadToml, match="This number is too long") as refused:
        parsed_toml("port = 1\n[a]\nreserve = " + "9" * 5000)
    assert refused.value.line == 3
