"""Writes TOML that is easily read: with few escapes, and long lists line by line."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

WIDTH = 100
"""Columns beyond which a list of tables is written with one a line."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def table_text(name: str, entries: Mapping[str, object]) -> str:
    """Write `[[name]]` with those of its entries that are not None."""
    return "\n".join((f"[[{name}]]", *toml_pairs(entries))) + "\n"


def toml_pairs(entries: Mapping[str, object]) -> list[str]:
    """Write those entries of a table that are not None, a line each."""
    keys = {name: name if _BARE.fullmatch(name) else _quoted(name) for name in entries}
    return [f"{keys[name]} = {toml_value(value)}" for name, value in entries.items() if value is not None]


def toml_value(value: object) -> str:
    """Write a text, a number, true or false, or a list or table of such."""
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, Mapping):
        pairs = toml_pairs(value)
        return "{ " + ", ".join(pairs) + " }" if pairs else "{}"
    if isinstance(value, Sequence):
        return _list(value)
    return str(value).lower()  # a number, or true or false


def _list(values: Sequence[object]) -> str:
    items = [toml_value(value) for value in values]
    flat = "[" + ", ".join(items) + "]"
    if len(items) < 2 or isinstance(values[0], str) or ("\n" not in flat and _width(flat) <= WIDTH):
        return flat
    return "[\n" + "".join(f"    {item},\n" for item in items) + "]"


def _width(text: str) -> int:
    """Return the width of `text` in an editor, where a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _string(text: str) -> str:
    """Write the kind of TOML string that needs the fewest escapes."""
    tame = all(char in "\n\t" or char.isprintable() or char == "\u3000" for char in text)
    if tame and "\n" in text and "'''" not in text:
        return f"'''\n{text}'''"
    if tame and "\n" not in text and "'" not in text and ("\\" in text or '"' in text):
        return f"'{text}'"
    return _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() or char == "\u3000" or char == "\u200d":
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
