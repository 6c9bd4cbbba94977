"""Writes values as TOML that is easy to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

WIDTH = 100
"""Columns beyond which a list is written with one item a line."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def listed(items: Sequence[str]) -> str:
    """Write a list, on one line if it fits there."""
    flat = "[" + ", ".join(items) + "]"
    if (display_width(flat) <= WIDTH and "\n" not in flat) or len(items) == 1:
        return flat
    return "[\n" + "".join(f"    {item},\n" for item in items) + "]"


def display_width(text: str) -> int:
    """Return the width of `text` in an editor, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def inline_table(pairs: Sequence[tuple[str, str]]) -> str:
    """Write a table in braces."""
    return "{ " + ", ".join(f"{name} = {value}" for name, value in pairs) + " }" if pairs else "{}"


def strings(words: Sequence[str]) -> str:
    """Write a list of texts."""
    return "[" + ", ".join(map(string, words)) + "]"


def one_or_more(texts: Sequence[str]) -> str:
    """Write a text alone, or a list of them."""
    return string(texts[0]) if len(texts) == 1 else strings(texts)


def string(text: str) -> str:
    """Write the kind of TOML string that needs the fewest escapes."""
    tame = all(char in "\n\t" or char.isprintable() or char == "\u3000" for char in text)
    if tame and "\n" in text and "'''" not in text:
        return f"'''\n{text}'''"
    if tame and "\n" not in text and "'" not in text and ("\\" in text or '"' in text):
        return f"'{text}'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() or char == "\u3000" or char == "\u200d":
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def key(name: str) -> str:
    """Write a key, in quotes where it needs them."""
    return name if _BARE.fullmatch(name) else '"' + "".join(map(_escaped, name)) + '"'
