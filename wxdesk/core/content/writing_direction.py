"""Writing direction of a text, kept from the words around it in a sentence.

A customer's text may be written from right to left, or hold characters that turn whatever follows (Unicode's
Bidi_Control): `invoice\u202efdp.exe` looks like another file, and the sentence after it like another sentence.
"""

import re

_TURNING = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_LINES = re.compile("([\n\r\x1c-\x1e\x85\u2029]+)")  # each line has a direction of its own
_ENDS = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
_OPENING, _FIRST_STRONG, _CLOSING = "\u2066\u2067\u2068", "\u2068", "\u2069"


def contained(text: str) -> str:
    """Return `text` so that it moves nothing beside it.

    Text from left to right stays as it is.
    """
    if _TURNING.search(text) is None:
        return text
    return "".join(part if not part or _LINES.fullmatch(part) else _isolated(part) for part in _LINES.split(text))


def closed(text: str) -> str:
    """Return `text` with the marks at its end that close what it opens, if cut off."""
    ends: list[str] = []
    for char in _LINES.split(text)[-1]:
        if char in _ENDS:
            ends.insert(0, _ENDS[char])
        elif char in ends[:1] or (char == _CLOSING and char in ends):  # which also closes what was opened within
            del ends[: ends.index(char) + 1]
    return text + "".join(ends)


def _isolated(line: str) -> str:
    """Isolate a line; close what it opens, and leave out what it only closes."""
    kept, depth = [_FIRST_STRONG], 1
    for char in line:
        if char in _OPENING:
            depth += 1
        elif char == _CLOSING:
            if depth == 1:
                continue
            depth -= 1
        kept.append(char)
    return "".join(kept) + _CLOSING * depth
