"""Explains TOML syntax errors in the operator's language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wxdesk.i18n import tr

PLAIN = {
    "“": '"', "”": '"', "„": '"', "＂": '"', "「": '"', "」": '"', "‘": "'", "’": "'", "＇": "'", "，": ",", "、": ",",
    "＝": "=", "：": "=", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "＃": "#", "．": ".",
}  # fmt: skip
"""Chinese punctuation, with what TOML has in its place."""

_WITHOUT_PLACE = frozenset("；。（）《》〈〉『』〔〕！？…—·～")
"""Chinese punctuation that stands for nothing in TOML."""

_QUOTES = re.compile("[“”„＂「」‘’＇]")

_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class TomlComplaint:
    """The line at which a text cannot be read any further, and the reason."""

    line: int
    reason: str


def complaint(text: str, error: tomllib.TOMLDecodeError) -> TomlComplaint:
    """Explain the parser error for `text`."""
    told = str(error)
    position = _POSITION.search(told)
    lines = text.split("\n")
    if position is None or position[1] is None:
        end = text.splitlines()[-1:]
        return TomlComplaint(max(1, len(text.splitlines())), _reason(told, "", *end))
    line, column = int(position[1]), int(position[2])
    there = lines[line - 1]
    return TomlComplaint(line, _reason(told, there[column - 1 : column], there[: column - 1]))


def _reason(told: str, here: str, before: str = "") -> str:
    """Explain by the parser's message, the character where it stopped, and the line."""
    if here in PLAIN:
        return tr("{mark} is a mark of Chinese typing; TOML wants {plain} here.", mark=here, plain=PLAIN[here])
    if here in _WITHOUT_PLACE:
        return tr("No {mark} can stand here.", mark=here)
    if here == "\u3000":
        return tr("A wide Chinese blank stands here; TOML wants an ordinary one.")
    say = next(
        (say for begins, say in _SAYINGS if told.startswith(begins)), lambda: tr("It cannot be read from here on.")
    )
    if say is _not_closed or told.startswith(_PASSED_AN_END):
        return _wrong_closing_quote(before, alone=say is not _not_closed) or say()
    return say()


def _wrong_closing_quote(line: str, *, alone: bool) -> str:
    """Explain a Chinese quote at the end of a text; `alone`: pairs belong to the text."""
    found = list(_QUOTES.finditer(line))
    if not found or (alone and len(found) % 2 == 0):
        return ""
    plain = next((mark for mark in reversed(line[: found[-1].start()]) if mark in "\"'"), "")
    said = tr(
        "A text is not closed: {mark} is a mark of Chinese typing and does not end it, {plain} does.",
        mark=found[-1][0],
        plain=plain,
    )
    return said if plain else ""


def _not_closed() -> str:
    return tr("A text is not closed: its quote is missing at the end.")


def _invisible_character() -> str:
    return tr("A character that cannot be seen stands here.")


def _backslash() -> str:
    return tr(r"In double quotes \ begins a code such as \n: write \\, or put the text in single quotes.")


def _duplicate_key() -> str:
    return tr("This name stands there already; it can be given once only.")


def _unclosed_heading() -> str:
    return tr("The brackets of this heading are not closed.")


_PASSED_AN_END = ("Unclosed", "Expected newline")
"""Errors for a text that ended too late, at the opening quote of the next one."""

_SAYINGS: Sequence[tuple[str, Callable[[], str]]] = (
    ("Illegal character '\\n'", _not_closed),
    ("Found invalid character '\\n'", _not_closed),
    ("Illegal character", _invisible_character),
    ("Found invalid character", _invisible_character),
    ("Unterminated string", _not_closed),
    ("Expected '\"", _not_closed),
    ('Expected "', _not_closed),
    ("Unescaped '\\'", _backslash),
    ("Escaped character", _backslash),
    ("Invalid hex", _backslash),
    ("Cannot ", _duplicate_key),
    ("Duplicate ", _duplicate_key),
    ("Expected '='", lambda: tr("Behind the name = and a value are missing.")),
    ("Expected ']", _unclosed_heading),
    ("Expected newline", lambda: tr("Something is left over at the end of the line.")),
    ("Invalid initial character", lambda: tr("A name is missing here: letters, figures, _ and -, on the same line.")),
    ("Invalid statement", lambda: tr("No line begins like this: a name and =, or [[…]].")),
    ("Invalid date", lambda: tr("There is no such date or time.")),
    ("Invalid value", lambda: tr("This is no value; a text stands in quotes.")),
    ("Unclosed array", lambda: tr("A list is not closed, or a comma is missing in it.")),
    ("Unclosed inline table", lambda: tr("A table in braces is not closed, or a comma is missing in it.")),
)
"""Beginnings of `tomllib`'s messages and their explanations; the first match wins."""
