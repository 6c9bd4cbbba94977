"""Reads TOML, and explains the first mistake in words that can be translated.

The parser's own messages are English and made for programmers.
"""

import re
import tomllib
from collections.abc import Sequence

from wxdesk.core.errors import BadInput, Phrase

_PLAIN = {
    "“": '"', "”": '"', "„": '"', "＂": '"', "「": '"', "」": '"', "‘": "'", "’": "'", "＇": "'", "，": ",", "、": ",",
    "＝": "=", "：": "=", "［": "[", "］": "]", "【": "[", "】": "]", "｛": "{", "｝": "}", "＃": "#", "．": ".",
}  # fmt: skip
"""Chinese punctuation, with what TOML has in its place."""

_WITHOUT_PLACE = frozenset("；。（）《》〈〉『』〔〕！？…—·～")
"""Chinese punctuation that stands for nothing in TOML."""

_QUOTES = re.compile("[“”„＂「」‘’＇]")

_POSITION = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")

_LONG_NUMBER = re.compile(r"[\d_]{4300,}")
"""More digits than `int` reads: they would keep the program busy."""

_DEEP_NAME = re.compile(
    r"""(?:^|[\[{,])[ \t]*(?:(?:[\w-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*\.[ \t]*){32}""", re.ASCII | re.MULTILINE
)
"""Name of over 32 parts: `tomllib` takes the square of their number in memory."""


class BadToml(BadInput):
    """A text that is no TOML from `line` on."""

    def __init__(self, line: int, reason: Phrase) -> None:
        self.line = line
        super().__init__(reason=reason)


def parsed_toml(text: str) -> dict[str, object]:
    """Parse `text`.

    Raises:
        BadToml: with the line from which it cannot be read any further, and the reason.
    """
    if deep := _DEEP_NAME.search(text):
        raise BadToml(text.count("\n", 0, deep.start()) + 1, _TOO_DEEP)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _explained(text, str(error)) from None
    except ValueError:  # the one of `int`
        before = _LONG_NUMBER.split(text, maxsplit=1)[0]
        raise BadToml(before.count("\n") + 1, Phrase("This number is too long.")) from None
    except RecursionError:
        raise BadToml(1, _TOO_DEEP) from None


def _explained(text: str, message: str) -> BadToml:
    position = _POSITION.search(message)
    if position is None or position[1] is None:
        lines = text.splitlines()
        return BadToml(max(1, len(lines)), _reason(message, "", *lines[-1:]))
    line, column = int(position[1]), int(position[2])
    there = text.split("\n")[line - 1]
    return BadToml(line, _reason(message, there[column - 1 : column], there[: column - 1]))


def _reason(message: str, here: str, before: str = "") -> Phrase:
    """Explain by the parser's message, the character where it stopped, and the line."""
    if here in _PLAIN:
        return Phrase("{mark} is full-width; TOML needs {plain} here.", mark=here, plain=_PLAIN[here])
    if here in _WITHOUT_PLACE:
        return Phrase("No {mark} can stand here.", mark=here)
    if here == "\u3000":
        return Phrase("There is a full-width blank here; TOML needs an ordinary one.")
    unknown = Phrase("It cannot be read from here on.")
    reason = next((reason for begins, reason in _REASONS if message.startswith(begins)), unknown)
    if reason is _NOT_CLOSED or message.startswith(_PASSED_AN_END):
        return _wrong_closing_quote(before, alone=reason is not _NOT_CLOSED) or reason
    return reason


def _wrong_closing_quote(line: str, *, alone: bool) -> Phrase | None:
    """Explain a Chinese quote at the end of a text; `alone`: pairs belong to the text."""
    found = list(_QUOTES.finditer(line))
    if not found or (alone and len(found) % 2 == 0):
        return None
    plain = next((mark for mark in reversed(line[: found[-1].start()]) if mark in "\"'"), "")
    sentence = "A text is not closed: {mark} is full-width and does not end it; {plain} does."
    return Phrase(sentence, mark=found[-1][0], plain=plain) if plain else None


_PASSED_AN_END = ("Unclosed", "Expected newline")
"""Errors for a text that ended too late, at the opening quote of the next one."""

_TOO_DEEP = Phrase("The file is nested too deeply.")
_NOT_CLOSED = Phrase("A text is not closed: its quote is missing at the end.")
_INVISIBLE = Phrase("There is an invisible character here.")
_BACKSLASH = Phrase(r"In double quotes \ begins a code such as \n: write \\, or put the text in single quotes.")
_TWICE = Phrase("This name is there already; it can be given only once.")
_HEADING = Phrase("The brackets of this heading are not closed.")

_REASONS: Sequence[tuple[str, Phrase]] = (
    ("Illegal character '\\n'", _NOT_CLOSED),
    ("Found invalid character '\\n'", _NOT_CLOSED),
    ("Illegal character", _INVISIBLE),
    ("Found invalid character", _INVISIBLE),
    ("Unterminated string", _NOT_CLOSED),
    ("Expected '\"", _NOT_CLOSED),
    ('Expected "', _NOT_CLOSED),
    ("Unescaped '\\'", _BACKSLASH),
    ("Escaped character", _BACKSLASH),
    ("Invalid hex", _BACKSLASH),
    ("Cannot ", _TWICE),
    ("Duplicate ", _TWICE),
    ("Expected '='", Phrase("After the name, = and a value are missing.")),
    ("Expected ']", _HEADING),
    ("Expected newline", Phrase("Something is left over at the end of the line.")),
    ("Invalid initial character", Phrase("A name is missing here: letters, digits, _ and -, on the same line.")),
    ("Invalid statement", Phrase("No line begins like this: a name and =, or [[…]].")),
    ("Invalid date", Phrase("There is no such date or time.")),
    ("Invalid value", Phrase("This is not a value; a text needs quotes.")),
    ("Unclosed array", Phrase("A list is not closed, or a comma is missing in it.")),
    ("Unclosed inline table", Phrase("A table in braces is not closed, or a comma is missing in it.")),
)
"""Beginnings of `tomllib`'s messages and their explanations; the first match wins."""
