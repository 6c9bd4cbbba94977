"""Reads an XML body into flat text fields: no DTD, no entities, no tree, bounded depth."""

from __future__ import annotations

import re
from xml.etree.ElementTree import ParseError

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from wxdesk.core.errors import BadInput

MAX_DEPTH = 32
"""Elements within elements; real pushes have four."""

type _Value = str | dict[str, _Value] | list[_Value]

# What XML 1.0 does not allow at all; a customer's message must not become unreadable for it.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read_xml_fields(body: bytes) -> dict[str, str]:
    """The elements under the root of `body`, each as text.

    Blanks round a CDATA section are dropped, blanks inside are kept. An element with elements in it becomes
    compact JSON, repeated ones an array, like the JSON form of the same push. Bytes that are not UTF-8 and
    characters that XML forbids become U+FFFD; an encoding declaration is ignored, as WeChat sends only UTF-8.

    Raises:
        BadInput: not well-formed, has a DTD or an entity, or is nested too deeply.
    """
    target = _Fields()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    parser.parser.StartCdataSectionHandler = target.start_cdata
    parser.parser.EndCdataSectionHandler = target.end_cdata
    try:
        parser.feed(_FORBIDDEN.sub("\ufffd", body.decode("utf-8-sig", "replace").lstrip()))
        parser.close()
    except (ParseError, DefusedXmlException, ValueError):
        raise BadInput(reason="The body is not well-formed XML.") from None
    root = target.root
    if not isinstance(root, dict):
        raise BadInput(reason="The body has no fields.")
    return {name: value if isinstance(value, str) else _as_json(value) for name, value in root.items()}


def _as_json(value: _Value) -> str:
    return msgspec.json.encode(value).decode()


class _Element:
    """An element that is being read. `loose` is text outside CDATA whose end has not been seen yet."""

    __slots__ = ("children", "loose", "parts")

    def __init__(self) -> None:
        self.children: dict[str, _Value] = {}
        self.parts: list[str] = []
        self.loose: list[str] = []

    def settle(self) -> None:
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
        self.settle()
        return self.children or "".join(self.parts)


class _Fields:
    """The parser's target; `root` is what the document holds once it has been read."""

    def __init__(self) -> None:
        self.root: _Value = ""
        self._open: list[_Element] = []
        self._in_cdata = False

    def start(self, _name: str, _attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise BadInput(reason="The body is nested too deeply.")
        self._open.append(_Element())

    def end(self, name: str) -> None:
        value = self._open.pop().value
        if self._open:
            self._open[-1].add(name, value)
        else:
            self.root = value

    def data(self, text: str) -> None:
        element = self._open[-1]
        (element.parts if self._in_cdata else element.loose).append(text)

    def start_cdata(self) -> None:
        self._open[-1].settle()
        self._in_cdata = True

    def end_cdata(self) -> None:
        self._in_cdata = False

    def close(self) -> None:
        return None
