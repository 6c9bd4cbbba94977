"""What a template may know, and how a finished text fits into what WeChat takes.

Templates are written by the operator; everything a customer wrote enters them as a value and never as template
text. Which engine fills them is decided in `desk.liquid`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from urllib.parse import parse_qsl

from wxdesk.core.model import Account, Conversation, Message

TEXT_LIMIT_BYTES = 2048
"""Most bytes of UTF-8 in one text; WeChat refuses more with 45002. Found by experience, in no document."""

MAX_PARTS = 3
"""Into how many messages one reply may be split: each costs one of the contact's five."""

VARIABLES: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        "account": None,
        "contact": frozenset({"alias", "short_id"}),
        "message": frozenset({"text", "type"}),
        "m": frozenset(),
        "session_from": None,
        "time": None,
        "date": None,
        "weekday": None,
        "window": frozenset({"left", "until"}),
    }
)
"""The names that a template can use, with their fields where these are fixed. Those of `m` are the rule's groups.

account: name of the mini program here · contact: alias, short_id (the end of the openid, never all of it) ·
message: text, type · m: named groups of the rule's patterns · session_from: value, and its fields if it is JSON
or a query string · time (14:05), date (2026-11-24), weekday (1 Monday to 7 Sunday): the operator's clock ·
window: left (replies), until (date and time).
"""

WITH_FIELDS = frozenset({"contact", "message", "m", "session_from", "window"})
"""Names that cannot be shown by themselves, only with a field."""

_SHORT_ID = 6
_MAX_SESSION_FROM = 4096

_LINK = re.compile(r"<a\b[^>]*>.*?</a>", re.DOTALL)
_REGIONAL = ("\U0001f1e6", "\U0001f1ff")
_SKIN = ("\U0001f3fb", "\U0001f3ff")
_TAGS = ("\U000e0020", "\U000e007f")
_ZWJ = "\u200d"
_BREAKS = ("\n", "。！？!?；;", "，、, ")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished text. `parts` joined give `text`; each fits into one message. `size` is in bytes of UTF-8."""

    text: str
    parts: tuple[str, ...]
    size: int


def rendered(text: str) -> Rendered:
    """`text` without blanks round it, measured and cut into parts that WeChat takes."""
    text = text.strip()
    return Rendered(text, split_text(text), byte_count(text))


def byte_count(text: str) -> int:
    """The size of `text` as WeChat counts it: bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def harmless(value: str) -> str:
    """`value` from outside, made unable to become a link in a message that this desk sends.

    WeChat turns `<a href=…>` in a text into a link (文本消息支持插入跳转链接). Every `<` becomes the full-width `＜`,
    not only one before an `a`: two values that stand side by side could make a tag that neither holds alone.
    Lone surrogates are dropped, because they cannot be sent.
    """
    return value.encode("utf-8", "ignore").decode().replace("<", "＜")


def variables(
    message: Message, conversation: Conversation, account: Account, groups: Mapping[str, str], now: datetime
) -> dict[str, object]:
    """The values of VARIABLES. `now` is in the operator's time zone. A group that took no part is left out."""
    contact, window = conversation.contact, conversation.window
    until = {} if window.until is None else {"until": window.until.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")}
    return {
        "account": harmless(account.name),
        "contact": {"alias": harmless(contact.alias), "short_id": harmless(contact.openid[-_SHORT_ID:])},
        "message": {"text": harmless(message.text), "type": message.type.value},
        "m": {name: harmless(value) for name, value in groups.items()},
        "session_from": session_fields(message.session_from or ""),
        "time": now.strftime("%H:%M"),
        "date": now.strftime("%Y-%m-%d"),
        "weekday": now.isoweekday(),
        "window": {"left": window.left, **until},
    }


def session_fields(value: str) -> dict[str, str | int | float | bool]:
    """The fields of a `SessionFrom` (button, session-from) that is a JSON object or a query string, and `value`.

    A mini program may put there what it likes. Only plain values are taken; lists and objects within are not.
    """
    fields: dict[str, str | int | float | bool] = {}
    for key, field in _pairs_in(value[:_MAX_SESSION_FROM]):
        if isinstance(field, str):
            fields[harmless(key)] = harmless(field)
        elif isinstance(field, int | float):
            fields[harmless(key)] = field
    return {**fields, "value": harmless(value)}


def _pairs_in(value: str) -> list[tuple[str, object]]:
    try:
        if value.lstrip().startswith("{"):
            return list(json.loads(value).items())
        if "=" in value:
            return list(parse_qsl(value.partition("?")[2] or value, max_num_fields=100))
    except (ValueError, RecursionError):
        pass  # a value like any other that is neither
    return []


def split_text(text: str, limit: int = TEXT_LIMIT_BYTES) -> tuple[str, ...]:
    """`text` in parts of at most `limit` bytes of UTF-8 that join back to it; none if it is empty.

    A part ends at a line, else at a sentence, else at a comma or blank of its second half, else anywhere between
    two characters as a reader counts them: an emoji sequence, a letter with its marks and a whole link stay
    together unless they alone exceed the limit.

    Raises:
        ValueError: `limit` is below 4, the size of the largest character.
    """
    if limit < 4:
        raise ValueError("A part needs room for one character: 4 bytes.")
    parts: list[str] = []
    pending: list[str] = []
    size = 0
    for unit in _units(text, limit):
        width = byte_count(unit)
        while size + width > limit:
            keep = _good_break(pending)
            parts.append("".join(pending[:keep]))
            pending = pending[keep:]
            size = sum(map(byte_count, pending))
        pending.append(unit)
        size += width
    return (*parts, "".join(pending)) if pending else tuple(parts)


def _good_break(units: list[str]) -> int:
    """How many of `units` make a part that ends well."""
    for marks in _BREAKS:
        for count in range(len(units), len(units) // 2, -1):
            if units[count - 1] in marks:
                return count
    return len(units)


def _units(text: str, limit: int) -> Iterator[str]:
    """What must not be cut, in order; only what exceeds the limit by itself comes in pieces."""
    start = 0
    for link in _LINK.finditer(text):
        if byte_count(link[0]) <= limit:
            yield from _clusters(text[start : link.start()], limit)
            yield link[0]
            start = link.end()
    yield from _clusters(text[start:], limit)


def _clusters(text: str, limit: int) -> Iterator[str]:
    cluster = ""
    for char in text:
        if cluster and _joins(cluster, char) and byte_count(cluster) + byte_count(char) <= limit:
            cluster += char
        else:
            if cluster:
                yield cluster
            cluster = char
    if cluster:
        yield cluster


def _joins(cluster: str, char: str) -> bool:
    """Whether `char` belongs to the character that `cluster` has begun (UAX #29, without Hangul's jamo)."""
    if char == _ZWJ or cluster[-1] == _ZWJ or unicodedata.category(char) in ("Mn", "Me", "Mc"):
        return True
    if _SKIN[0] <= char <= _SKIN[1] or _TAGS[0] <= char <= _TAGS[1]:
        return True
    if _REGIONAL[0] <= char <= _REGIONAL[1]:
        flags = len(cluster) - len(cluster.rstrip("".join(map(chr, range(0x1F1E6, 0x1F200)))))
        return flags % 2 == 1
    return cluster[-1] == "\r" and char == "\n"
