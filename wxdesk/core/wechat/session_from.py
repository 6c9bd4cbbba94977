"""Parsing of `SessionFrom`, the value of the button by which a contact entered.

A mini program may put there what it likes, up to 1,024 characters (component `button`). Common are a word,
a JSON object, a query string with or without a page before it, and either of them percent-encoded as a
whole.
"""

import json
import re
from math import isfinite
from urllib.parse import parse_qsl, unquote

MAX_CHARACTERS = 4096
"""Length to which a value is cut before parsing; WeChat takes a quarter of it."""

MAX_FIELDS = 50
"""Fields beyond these are left out."""

type PlainValue = str | int | float | bool

_NAME = re.compile(r"[\w.\-\[\]]{1,64}")
_ENCODED = re.compile(r"%7B|[\w.\-/?%]*%3D", re.IGNORECASE)


def fields_of(value: str) -> dict[str, str]:
    """Return the fields of `value` as text, in order; none if it is a plain word.

    A page before a query string is `path`. A list or an object within an object is compact JSON.
    """
    return {name: _as_text(field) for name, field in _pairs(value)}


def plain_fields(value: str) -> dict[str, PlainValue]:
    """Return the fields of `value` that are text, finite number or boolean, as such."""
    return {
        name: field
        for name, field in _pairs(value)
        if isinstance(field, str | int) or (isinstance(field, float) and isfinite(field))
    }


def _pairs(value: str) -> list[tuple[str, object]]:
    text = value[:MAX_CHARACTERS].strip()
    if _ENCODED.match(text) and "=" not in text:
        text = unquote(text)
    try:
        pairs = list(json.loads(text).items()) if text.startswith("{") else _query(text)
    except (ValueError, RecursionError):
        return []  # a value like any other that is neither
    return [(_sound(name), _sound(field) if isinstance(field, str) else field) for name, field in pairs[:MAX_FIELDS]]


def _query(text: str) -> list[tuple[str, object]]:
    path, mark, query = text.partition("?")
    if not mark or "=" in path:
        path, query = "", text
    pairs: list[tuple[str, object]] = [*parse_qsl(query, keep_blank_values=True)]
    if not pairs or "=" not in query or not all(_NAME.fullmatch(name) for name, _ in pairs):
        return []
    return [("path", path), *pairs] if path else pairs


def _as_text(field: object) -> str:
    if isinstance(field, str):
        return field
    return "" if field is None else _sound(json.dumps(field, ensure_ascii=False, separators=(",", ":")))


def _sound(text: str) -> str:
    """Drop lone surrogates from `text`: JSON can name them and no text can hold them."""
    return text.encode("utf-8", "replace").decode()
