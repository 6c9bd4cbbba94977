"""Reads a JSON body into flat text fields; no number ever becomes a float."""

import re
from decimal import Decimal
from itertools import accumulate

import msgspec

from wxdesk.core.errors import BadInput
from wxdesk.webhook.xml_body import MAX_DEPTH

_flat = msgspec.json.Decoder(dict[str, str | int])
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_string = msgspec.json.Decoder(str)

# A pair of surrogate escapes, one alone, or any other escape: matched in this order, a scan from the left
# never takes the second half of `\\ud83d` (a backslash and four letters) for an escape.
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# A string up to its end or, without one, all the rest: what matches at every quote is never read twice.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_LINES = {b"\n": rb"\n", b"\r": rb"\r", b"\t": rb"\t"}
_LINE = re.compile(rb"[\n\r\t]")

_NOT_BRACKETS = re.compile(rb"[^\[\]{}]+")
_WHOLE = frozenset({"MsgId", "CreateTime"})
_FLOAT = re.compile(r"\d{1,40}(?:\.\d{1,40})?(?:[eE]\+?\d{1,2})?")


def read_json_fields(body: bytes) -> dict[str, str]:
    """Read the members of the JSON object in `body`, each as text.

    Numbers keep their digits, true and false are words, null is empty, an object or array is compact JSON.
    MsgId and CreateTime lose a fraction or an exponent that some program on the way gave them: the same id must
    stay the same. Bytes that are not UTF-8, lone surrogates and NULs become U+FFFD; line breaks within a string
    are accepted. Of a repeated member the last counts, as with other readers.

    Raises:
        BadInput: not a JSON object, or nested too deeply.
    """
    try:
        try:
            return _read(body)
        except ValueError:
            return _read(_repaired(body))
    except ValueError:
        raise BadInput(reason="The body is not a JSON object.") from None


def _read(body: bytes) -> dict[str, str]:
    # Nearly every push is flat, with nothing but texts and whole numbers: then one pass is enough. An escaped NUL is
    # left to the slower way, which replaces what no text can hold.
    if b"\\u0000" not in body:
        try:
            return {name: value if type(value) is str else str(value) for name, value in _flat.decode(body).items()}
        except msgspec.ValidationError:
            pass
    if _depth(body) > MAX_DEPTH:
        raise BadInput(reason="The body is nested too deeply.")
    return {name.replace("\0", "\ufffd"): _text(name, bytes(raw)) for name, raw in _object.decode(body).items()}


def _depth(body: bytes) -> int:
    brackets = _NOT_BRACKETS.sub(b"", _STRING.sub(b"", body))
    return max(accumulate(1 if bracket in b"[{" else -1 for bracket in brackets), default=0)


def _text(name: str, raw: bytes) -> str:
    first = raw[:1]
    if first == b'"':
        return _string.decode(raw).replace("\0", "\ufffd")
    if first in {b"{", b"["}:
        return msgspec.json.format(raw, indent=-1).decode()
    if raw == b"null":
        return ""
    number = raw.decode()
    return str(int(Decimal(number))) if name in _WHOLE and _FLOAT.fullmatch(number) else number


def _repaired(body: bytes) -> bytes:
    text = _CONTROL.sub("\ufffd", body.decode("utf-8", "replace"))
    escaped = _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], text.encode())
    return _STRING.sub(lambda found: _LINE.sub(lambda line: _LINES[line[0]], found[0]), escaped)
