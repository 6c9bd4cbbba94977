"""Splits a text that is too long for one message into as few parts as possible.

Each part costs one of the contact's five replies, so their number comes first, and natural breaks second.
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum

import regex

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.errors import ReplyTooLong
from wxdesk.core.normalise import is_visible

_LINK = regex.compile(r"<a\b[^>]*>.*?</a\s*>", regex.DOTALL | regex.IGNORECASE)
_CHARACTER = regex.compile(r"\X")

_SENTENCE_ENDS = frozenset("。！？!?；;…")
_COMMAS = frozenset("，、,：:")
_CLOSING = frozenset("”’」』）》】)]\"'")


class BreakRank(IntEnum):
    """Quality of a place to end a message: the higher, the better."""

    NONE = 0
    WORD = 1
    COMMA = 2
    SENTENCE = 3
    LINE = 4
    PARAGRAPH = 5


def message_parts(text: str) -> tuple[str, ...]:
    """Split stripped `text` into the messages that are sent; see `split_text`.

    None if nothing of it is visible.
    """
    return split_text(text.strip()) if is_visible(text) else ()


def split_text(text: str, limit: int = TEXT_LIMIT_BYTES) -> tuple[str, ...]:
    """Split `text` into the fewest parts of at most `limit` bytes of UTF-8.

    None if it is blank. Nothing is lost but the blanks where it was cut. A part ends at a paragraph, else at a
    line, a sentence, a comma or a blank, looked for in its second half, else between two characters as a reader
    counts them (UAX #29's extended grapheme clusters): emoji sequences, flags, letters with their marks and
    syllables of jamo stay whole unless one alone exceeds the limit. A link `<a …>…</a>` is never cut.

    Raises:
        ReplyTooLong: one link alone exceeds the limit.
        ValueError: `limit` is below 4, the size of the largest code point.
    """
    if limit < 4:
        raise ValueError("A part needs room for one character: 4 bytes.")
    if byte_count(text) <= limit:
        return () if not text or text.isspace() else (text,)
    units = tuple(_unbreakable_units(text, limit))
    parts = []
    start = 0
    for end in _ends(units, limit):
        part = units[start:end]
        parts.append("".join(_trimmed(part, begins=start == 0, ends=end == len(units))))
        start = end
    return tuple(part for part in parts if part and not part.isspace())


def _unbreakable_units(text: str, limit: int) -> Iterator[str]:
    start = 0
    for link in _LINK.finditer(text):
        if byte_count(link[0]) > limit:
            raise ReplyTooLong(size=byte_count(link[0]), limit=limit)
        yield from _characters(text[start : link.start()], limit)
        yield link[0]
        start = link.end()
    yield from _characters(text[start:], limit)


def _characters(text: str, limit: int) -> Iterator[str]:
    for character in _CHARACTER.findall(text):
        if byte_count(character) <= limit:
            yield character
        else:
            yield from character


def _ends(units: Sequence[str], limit: int) -> list[int]:
    """Return the end of each part as a position in `units`."""
    sizes = [byte_count(unit) for unit in units]
    reach = _reach(sizes, limit)
    fewest = [0] * (len(units) + 1)
    for place in range(len(units) - 1, -1, -1):
        fewest[place] = 1 + fewest[reach[place]]
    ends: list[int] = []
    start = 0
    while start < len(units):
        first = reach[start]
        while first > start + 1 and fewest[first - 1] < fewest[start]:
            first -= 1
        start = _best_end(units, max(first, (start + reach[start] + 1) // 2), reach[start])
        ends.append(start)
    return ends


def _reach(sizes: Sequence[int], limit: int) -> list[int]:
    """For each position, return how far a part that begins there can go."""
    reach = []
    end = held = 0
    for size in sizes:
        while end < len(sizes) and held + sizes[end] <= limit:
            held += sizes[end]
            end += 1
        reach.append(end)
        held -= size
    return reach


def _best_end(units: Sequence[str], first: int, last: int) -> int:
    """Return the latest of the best positions from `first` to `last`, inclusive."""
    if last == len(units):
        return last
    return max(range(first, last + 1), key=lambda end: (_break_rank(units, end), end))


def _break_rank(units: Sequence[str], end: int) -> BreakRank:
    """Rate a cut before `units[end]`."""
    before, after = units[end - 1], units[end]
    if _breaks_line(before):
        return BreakRank.PARAGRAPH if end >= 2 and _breaks_line(units[end - 2]) else BreakRank.LINE
    if _breaks_line(after):  # the break itself is left out at a seam
        return BreakRank.LINE
    blank = before.isspace()
    word = end - 1
    while word > 0 and (units[word].isspace() or units[word] in _CLOSING):
        word -= 1
    mark = units[word]
    if mark in _SENTENCE_ENDS or (mark == "." and blank):
        return BreakRank.SENTENCE
    if mark in _COMMAS and (blank or not mark.isascii()):
        return BreakRank.COMMA
    return BreakRank.WORD if blank or after.isspace() else BreakRank.NONE


def _breaks_line(unit: str) -> bool:
    return unit in {"\n", "\r\n", "\r", "\u2028", "\u2029"}


def _trimmed(part: Sequence[str], *, begins: bool, ends: bool) -> Sequence[str]:
    """Strip blanks where `part` was cut; those at the ends of the whole text stay."""
    first, last = 0, len(part)
    while not begins and first < last and part[first].isspace():
        first += 1
    while not ends and last > first and part[last - 1].isspace():
        last -= 1
    return part[first:last]
