"""Pushes of every kind, right ones and ones whose fields are missing, doubled, huge or of another type.

`pushes` yields the same ones each time. Each is signed rightly, so that nothing but its content decides what becomes
of it.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.campaign.outsiders.mutations import PIECES
from tests.webhook.generated import generated

LARGEST = 40_000
"""Bytes of a body; encrypted and in Base64 it still fits through the door."""

type Chance = random.Random
type Field = tuple[str, object]

ODD_VALUES: tuple[object, ...] = (
    None, True, False, 0, -1, 1.5, 1e300, 2**53 + 1, 2**64, -(2**80), "", " ", "0", "NaN", "١٢٣", [], {}, [[]],
    ["text"], {"": ""}, {"a": {"b": [None, 1, "x"]}}, "null", "oABC\0DEF", "\ud83d", "\u202etxet", "x" * 200,
    "x" * 30_000, "1760000000000", "99999999999999999999999999", "0x10", "1e9", "2026-11-24 10:00:00",
    "{{ account }}", "<a href='x'>y</a>",
)  # fmt: skip
ODD_NAMES = (
    "",
    "MsgType",
    "msgtype",
    "Encrypt",
    "FromUserName",
    "FromUserName ",
    "xml",
    "__class__",
    "a.b",
    "名",
    "\0",
)
ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "utf-7", "latin-1")


@dataclass(frozen=True)
class OddPush:
    """A body for the account of `mode` (plain, compat, secure), and what was done to it."""

    number: int
    mode: str
    body: bytes
    done: tuple[str, ...]


def pushes(count: int) -> Iterator[OddPush]:
    for number in range(count):
        chance = random.Random(number)
        fields: list[Field] = [*generated(number).fields.items(), ("Serial", str(number))]
        done = []
        for change in chance.choices(CHANGES, k=chance.choice((0, 1, 1, 1, 2, 3, 6))):
            change(fields, chance)
            done.append(change.__name__)
        write = chance.choice((as_json, as_json, as_xml, as_xml, as_garbage))
        body = write(fields, chance)[:LARGEST]
        if chance.random() < 0.1:
            at = chance.randrange(len(body) + 1)
            body, done = body[:at], [*done, "cut"]
        mode = chance.choice(("plain", "compat", "secure"))
        yield OddPush(number, mode, body, (write.__name__, *done))


def left_out(fields: list[Field], chance: Chance) -> None:
    if fields:
        fields.pop(chance.randrange(len(fields)))


def doubled(fields: list[Field], chance: Chance) -> None:
    if fields:
        name, _ = chance.choice(fields)
        fields.insert(chance.randrange(len(fields) + 1), (name, chance.choice(ODD_VALUES)))


def of_another_type(fields: list[Field], chance: Chance) -> None:
    if fields:
        at = chance.randrange(len(fields))
        fields[at] = (fields[at][0], chance.choice(ODD_VALUES))


def renamed(fields: list[Field], chance: Chance) -> None:
    if fields:
        at = chance.randrange(len(fields))
        name, value = fields[at]
        fields[at] = (chance.choice((*ODD_NAMES, name.lower(), name.upper(), f" {name}")), value)


def added(fields: list[Field], chance: Chance) -> None:
    fields.append((chance.choice(ODD_NAMES), chance.choice(ODD_VALUES)))


def many(fields: list[Field], chance: Chance) -> None:
    fields.extend((f"f{n}", "x") for n in range(chance.choice((50, 2000))))


def deep(fields: list[Field], chance: Chance) -> None:
    value: object = "x"
    for _ in range(chance.choice((5, 60, 900))):
        value = {"a": value} if chance.random() < 0.5 else [value]
    fields.append(("Deep", value))


def of_hostile_pieces(fields: list[Field], chance: Chance) -> None:
    if fields:
        at = chance.randrange(len(fields))
        pieces = "".join(chance.choices(PIECES, k=chance.choice((1, 3, 40))))
        fields[at] = (fields[at][0], pieces)


def of_another_kind(fields: list[Field], chance: Chance) -> None:
    kinds = ("text", "image", "miniprogrampage", "event", "EVENT", "voice", "news", "", "a" * 300)
    fields[:] = [(name, chance.choice(kinds) if name == "MsgType" else value) for name, value in fields]


CHANGES: tuple[Callable[[list[Field], Chance], None], ...] = (
    left_out, doubled, of_another_type, of_another_type, renamed, added, many, deep, of_hostile_pieces, of_another_kind,
)  # fmt: skip


def as_json(fields: list[Field], chance: Chance) -> bytes:
    """An object whose members may come twice, which no mapping could hold."""
    ascii_only = chance.random() < 0.5
    pairs = ",".join(
        f"{json.dumps(name, ensure_ascii=ascii_only)}:{json.dumps(value, ensure_ascii=ascii_only)}"
        for name, value in fields
    )
    return encoded(f"{{{pairs}}}", chance)


def as_xml(fields: list[Field], chance: Chance) -> bytes:
    declared = chance.choice(("", '<?xml version="1.0" encoding="GBK"?>', '<!DOCTYPE x [<!ENTITY a "b">]>', "<!-- -->"))
    attribute = chance.choice(("", ' a="b"', " xmlns='u'", " a"))
    return encoded(f"{declared}<xml{attribute}>{''.join(element(*field, chance) for field in fields)}</xml>", chance)


def element(name: str, value: object, chance: Chance) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    inner = chance.choice((f"<![CDATA[{text}]]>", escape(text), text))
    return f"<{name}>{inner}</{name}>"


def as_garbage(fields: list[Field], chance: Chance) -> bytes:
    wrapped = chance.choice(("[%s]", '"%s"', "%s", "callback(%s)", "%s%s", "\x1f\x8b%s", "<html>%s"))
    whole = as_json(fields, chance).decode("utf-8", "replace")
    return encoded(wrapped.replace("%s", whole), chance)


def encoded(text: str, chance: Chance) -> bytes:
    encoding = chance.choice(ENCODINGS)
    handler = "surrogatepass" if encoding.startswith("utf-") and encoding != "utf-7" else "replace"
    return text.encode(encoding, handler)
