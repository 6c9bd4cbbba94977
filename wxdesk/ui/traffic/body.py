"""Formats a push body for reading: one field a line, openids shortened.

The body is shown as text, without interpretation; one that is neither JSON nor XML stays as it was.
"""

from __future__ import annotations

import json
import re

from wxdesk.core.model.push import BodyFormat
from wxdesk.ui.wording.messages import short_openid

LONGEST = 20_000
"""Most characters shown; the largest accepted push has 64 KiB."""

_TOKEN = re.compile(r"<!\[CDATA\[.*?\]\]>|<[^>]*>|[^<]+|<", re.DOTALL)
_SENDER = re.compile(r'"FromUserName"\s*:\s*"([^"\\]+)"|<FromUserName>\s*(?:<!\[CDATA\[)?\s*([^<>\]]+?)\s*[<\]]')
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control and direction characters, which could disguise a text."""

_OPENID = re.compile(r"(?<![\w-])o[A-Za-z0-9_-]{27}(?![\w-])")


def readable(body: bytes, format: BodyFormat | None) -> str:  # noqa: A002 - the word of the records
    """Format `body` without whole openids; invisible characters become numbers."""
    text = body.decode("utf-8", "backslashreplace")
    if format is BodyFormat.JSON:
        text = _json(text)
    elif format is BodyFormat.XML:
        text = _xml(text)
    text = _INVISIBLE.sub(_numbered, without_openids(text))
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _numbered(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def without_openids(text: str) -> str:
    """Shorten the sender and everything that has the shape of an openid."""
    for found in _SENDER.finditer(text):
        openid = found.group(1) or found.group(2)
        if len(openid) > 1:
            text = text.replace(openid, short_openid(openid))
    return _OPENID.sub(lambda found: short_openid(found.group()), text)


def _json(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _xml(text: str) -> str:
    """Put elements on lines of their own, indented; CDATA sections are never touched."""
    lines: list[str] = []
    depth, closed = 0, True
    for token in _TOKEN.findall(text):
        if not token.strip():
            continue
        if not token.startswith("<") or token.startswith("<!["):
            lines.append(token if not lines else lines.pop() + token)
        elif token.startswith("</"):
            depth = max(0, depth - 1)
            lines.append("  " * depth + token if closed else lines.pop() + token)
            closed = True
        else:
            lines.append("  " * min(depth, 20) + token)
            closed = token.endswith(("/>", "?>"))
            depth += not closed
    return "\n".join(lines)
