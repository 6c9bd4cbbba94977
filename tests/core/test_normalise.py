"""Normalising texts before they are compared, and which texts are invisible."""

import sys

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from tests.core.rules.rule_matching import CODES
from wxdesk.core.normalise import Normaliser, as_displayed, is_visible

NORMALISER = Normaliser(CODES)

TRICKY = st.sampled_from(
    [
        *CODES,
        "/:",
        "/",
        ":",
        "[",
        "]",
        "／：ｎｏ",
        "［微笑］",
        "https://",
        "/:kiß",
        "0/İ/",
        "www.",
        "a/b/",
        "İ",
        "ı",
        "ß",
        "ſ",
        "K",
        "ﷺ",
        "\ufe0f",
        "\u200b",
        "\u00ad",
        "\u3164",
        "\u2800",
        "\u0345",
        "ͅα",
        "ΐ",
        "ﾞ",
        " ",
        "\u3000",
        "no",
        "v",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=30),
    st.lists(TRICKY, max_size=8).map("".join),
    st.lists(st.one_of(TRICKY, st.characters()), max_size=8).map("".join),
)


@given(TEXTS)
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = NORMALISER(text)
    assert NORMALISER(once) == once


@given(TEXTS)
def test_both_forms_of_a_normalised_text_are_empty_together(text: str) -> None:
    assert bool(NORMALISER(text)) is bool(NORMALISER.forms(text)[0])


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("  你 \n\t 好　", "你 好"),
        ("ＡＢＣ①", "abc1"),
        ("❤️", "❤"),
        ("Straße", "strasse"),
        ("谢谢/::)", "谢谢"),
        ("谢谢/::D/::D", "谢谢"),
        ("退[捂脸]款", "退 款"),
        ("/::)", "/::)"),
        ("[微笑][Smile]", "[微笑][smile]"),
        ("/:rose /:rose", "/:rose /:rose"),
        ("[微笑", "[微笑"),
        ("/:nothing", "/:nothing"),
        ("/:no好", "好"),
        ("真的/:?", "真的"),
        ("https://a.cn/:no", "https://a.cn/:no"),
        ("看https://a.cn/:no吧/:no", "看https://a.cn/:no吧"),
        ("www.a.cn/:v", "www.a.cn/:v"),
        ("WWW.a.cn/:v", "www.a.cn/:v"),
        ("pages/user/:no", "pages/user/:no"),
        ("thanks/:rose", "thanks"),
        ("\ufe0f", ""),
        ("a\ud83db", "ab"),
    ],
)
def test_texts_are_normalised_for_comparison(text: str, normalised: str) -> None:
    assert NORMALISER(text) == normalised


def test_letter_case_is_kept_for_regexes() -> None:
    assert NORMALISER.forms("　Hello／::) ＷＯＲＬＤ")[0] == "Hello WORLD"


def test_without_codes_nothing_is_taken_out() -> None:
    assert Normaliser(())("好/::)[微笑]") == "好/::)[微笑]"


def test_characters_that_unicode_calls_invisible_are_invisible() -> None:
    unseen = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Cc}\p{Cs}\u2800]")
    for character in map(chr, range(sys.maxunicode + 1)):
        assert is_visible(character) is not bool(unseen.match(character)), hex(ord(character))


@pytest.mark.parametrize(("text", "visible"), [("", False), (" \u200b\ufe0f", False), (" 0 ", True), ("❤️", True)])
def test_one_visible_character_makes_a_text_visible(text: str, visible: bool) -> None:
    assert is_visible(text) is visible


@pytest.mark.parametrize("unseen", ["\u00ad", "\u2800", "\u3164", "\uffa0", "\u200d", "\u00ad \u3164", ""])
def test_of_what_nobody_sees_nothing_is_compared(unseen: str) -> None:
    assert as_displayed(unseen) == NORMALISER(unseen) == ""
    assert NORMALISER.is_markers("[微笑]" + unseen)
    assert "[微笑]" in NORMALISER("[微笑]" + unseen)  # not a text in which the marker counts as a blank


def test_characters_that_join_visible_ones_stay() -> None:
    assert as_displayed("👨\u200d👩") == "👨\u200d👩"
