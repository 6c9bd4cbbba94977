"""Reads an XML body into flat text fields; no DTD or entities, bounded depth."""

import re
from xml.etree.ElementTree import ParseError

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from wxdesk.core.errors import BadInput

MAX_DEPTH = 32
"""Deepest nesting, in JSON too; real pushes have four levels."""

MAX_ELEMENTS = 4000
"""Most elements in one body, as each costs much time; real pushes have tens."""

type _Value = str | dict[str, _Value] | list[_Value]

# What XML 1.0 does not allow at all; a customer's message must not become unreadable for it.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

# A CDATA section, in which nothing is a reference (without an end it takes all the rest, so that nothing is read
# twice); a pair of surrogates; or any one character by its number.
_REFERENCE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&#x[dD]([89abAB][0-9a-fA-F]{2});&#x[dD]([c-fC-F][0-9a-fA-F]{2});"
    r"|&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,10}));",
    re.DOTALL,
)


def read_xml_fields(body: bytes) -> dict[str, str]:
    """Read the elements under the root of `body`, each as text.

    Blanks round a CDATA section are dropped, blanks inside are kept. An element with elements in it becomes
    compact JSON, repeated ones an array, like the JSON form of the same push. Bytes that are not UTF-8 and
    characters that XML forbids become U+FFFD, also where they are written by number; an encoding declaration is
    ignored, as WeChat sends only UTF-8.

    Raises:
        BadInput: not well-formed, has a DTD or an entity, has too many elements, or is nested too deeply.
    """
    text = _FORBIDDEN.sub("\ufffd", body.decode("utf-8-sig", "replace").lstrip())
    try:
        try:
            root = _read(text)
        except ParseError:
            root = _read(_REFERENCE.sub(_allowed, text))
    except (ParseError, DefusedXmlException, ValueError):
        raise BadInput(reason="The body is not well-formed XML.") from None
    if not isinstance(root, dict):
        raise BadInput(reason="The body has no fields.")
    return {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode() for name, value in root.items()
    }


def _read(text: str) -> _Value:
    target = _Fields()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    parser.parser.StartCdataSectionHandler = target.start_cdata
    parser.parser.EndCdataSectionHandler = target.end_cdata
    parser.feed(text)
    root: _Value = parser.close()
    return root


def _allowed(found: re.Match[str]) -> str:
    """Join surrogate pairs and replace forbidden characters written by number."""
    high, low, in_hex, in_decimal = found.groups()
    if high:
        return chr(0x10000 + ((int(high, 16) - 0x800) << 10) + (int(low, 16) - 0xC00))
    if not (in_hex or in_decimal):
        return found[0]
    number = int(in_hex, 16) if in_hex else int(in_decimal)
    is_character = number < 0x110000 and not 0xD800 <= number < 0xE000
    return found[0] if is_character and not _FORBIDDEN.match(chr(number)) else "\ufffd"


class _Element:
    """Element being read; `loose` is text outside CDATA that may still continue."""

    __slots__ = ("children", "loose", "parts")

    def __init__(self) -> None:
        self.children: dict[str, _Value] = {}
        self.parts: list[str] = []
        self.loose: list[str] = []

    def end_loose(self) -> None:
        self.parts.append("".join(self.loose).strip())
        self.loose.clear()

    def add(self, name: str, value: _Value) -> None:
        known = self.children.get(name)
        if known is None:
            self.children[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            self.children[name] = [known, value]

    @property
    def value(self) -> _Value:
        self.end_loose()
        return self.children or "".join(self.parts)


class _Fields:
    """Target of the parser; `close` returns the content of the document."""

    def __init__(self) -> None:
        self._root: _Value
        self._open: list[_Element] = []
        self._elements = 0
        self._in_cdata = False

    def start(self, _name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise BadInput(reason="The body is nested too deeply.")
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise BadInput(reason="The body has too many elements.")
        self._open.append(_Element())

    def end(self, name: str) -> None:
        value = self._open.pop().value
        if self._open:
            self._open[-1].add(name, value)
        else:
            self._root = value

    def data(self, text: str) -> None:
        element = self._open[-1]
        (element.parts if self._in_cdata else element.loose).append(text)

    def start_cdata(self) -> None:
        self._open[-1].end_loose()
        self._in_cdata = True

    def end_cdata(self) -> None:
        self._in_cdata = False

    def close(self) -> _Value:
        return self._root
