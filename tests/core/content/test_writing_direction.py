"""A text from outside turns nothing but itself."""

import pytest

from wxdesk.core.content.writing_direction import closed, contained
from wxdesk.core.errors import BadInput, Phrase
from wxdesk.i18n import explain, ntr, tr


@pytest.mark.parametrize("text", ["", "几点关门", "a\nb", "👨‍👩‍👧", "R&D {n} 100%", "\ufeffx"])
def test_a_text_without_turning_marks_stays_as_it_is(text: str) -> None:
    assert contained(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("invoice\u202efdp.exe", "\u2068invoice\u202efdp.exe\u2069"),
        ("مرحبا", "\u2068مرحبا\u2069"),
        ("a\u2069\u202eb", "\u2068a\u202eb\u2069"),
        ("\u2067a\u2066b", "\u2068\u2067a\u2066b\u2069\u2069\u2069"),
        ("\u2067a\u2069", "\u2068\u2067a\u2069\u2069"),
        ("\u202ea\nb\r\nc", "\u2068\u202ea\u2069\n\u2068b\u2069\r\n\u2068c\u2069"),
    ],
)
def test_a_text_with_turning_marks_is_kept_within_its_line(text: str, shown: str) -> None:
    assert contained(text) == shown


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("几点关门", ""),
        ("\u202d138 0013 8000\u202c", ""),
        ("\u202d138 0013", "\u202c"),
        ("\u2067a\u202bb", "\u202c\u2069"),
        ("\u2067a\u202bb\u2069", ""),  # what was opened within ends with it
        ("\u202ba\u2067b\u202c", "\u2069\u202c"),  # within, nothing closes what was opened outside
        ("\u202ea\nb", ""),
        ("a\u2069\u202c", ""),
    ],
)
def test_a_text_that_was_cut_off_closes_what_it_opens(text: str, missing: str) -> None:
    assert closed(text) == text + missing


def test_every_sentence_keeps_its_values_in_their_place() -> None:
    assert tr("You: {said}", said="\u202eevil") == "You: \u2068\u202eevil\u2069"
    assert ntr("{n} of {who}", "{n} of {who}", 2, who="\u202eevil") == "2 of \u2068\u202eevil\u2069"
    assert "\u2068\u202eevil\u2069 here." in explain(BadInput(reason=Phrase("No {what} here.", what="\u202eevil")))
