"""Line-by-line comparison of two revisions, word by word in rewritten lines."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from enum import Enum

from msgspec import Struct

from wxdesk.i18n import tr
from wxdesk.ui.wording.times import clock_time, day_text


class RevisionLine(Struct, frozen=True):
    """Line of a revision; an `inner` one belongs to the line above it."""

    text: str
    inner: bool = False


class RevisionSection(Struct, frozen=True):
    """Text of one card of the editor, under that card's title."""

    title: str
    lines: tuple[RevisionLine, ...]


class Revision(Struct, frozen=True):
    """Saved revision of a record in words; `kept` is the rule or template itself."""

    number: int
    saved_at: datetime | None
    sections: tuple[RevisionSection, ...]
    kept: object
    by: str = ""


def revision_title(number: int, saved_at: datetime, now: datetime, by: str = "") -> str:
    """Return a revision's number, time and operator, as a title."""
    title = tr("Revision {n} · {day} {time}", n=number, day=day_text(saved_at, now), time=clock_time(saved_at))
    return f"{title} · {by}" if by else title


MIN_SIMILARITY = 0.5
"""Smallest similarity of two lines for their differing words to be marked."""

MAX_TOKENS = 600
"""Most tokens of a line whose words are compared; longer ones would take too long."""

_TOKENS = re.compile(r"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
"""Words; Chinese text character by character."""

type TextRange = tuple[int, int]
"""Begin and end of a part of a text."""


class LineChange(Enum):
    """Presence of a line: in both revisions, only the earlier, or only the later."""

    SAME = " "
    GONE = "−"
    ADDED = "+"


class ComparedLine(Struct, frozen=True):
    """Line of either revision; `marks` are its words that the other's line lacks."""

    text: str
    change: LineChange = LineChange.SAME
    inner: bool = False
    marks: tuple[TextRange, ...] = ()


class ComparedSection(Struct, frozen=True):
    """Lines under one title; there is always at least one."""

    title: str
    lines: tuple[ComparedLine, ...]

    @property
    def changed(self) -> bool:
        """True if the revisions differ here."""
        return any(line.change is not LineChange.SAME for line in self.lines)


def compare(then: Sequence[RevisionSection], now: Sequence[RevisionSection]) -> tuple[ComparedSection, ...]:
    """Compare `then` with `now` by titles; one revision alone with itself."""
    before = {section.title: section.lines for section in then}
    after = {section.title: section.lines for section in now}
    compared = (
        ComparedSection(title, tuple(_lines(before.get(title, ()), after.get(title, ()))))
        for title in dict.fromkeys((*after, *before))
    )
    return tuple(section for section in compared if section.lines)


def _lines(then: Sequence[RevisionLine], now: Sequence[RevisionLine]) -> Iterator[ComparedLine]:
    matcher = SequenceMatcher(None, then, now, autojunk=False)
    for tag, then_from, then_to, now_from, now_to in matcher.get_opcodes():
        gone, added = then[then_from:then_to], now[now_from:now_to]
        if tag == "equal":
            yield from (ComparedLine(line.text, inner=line.inner) for line in gone)
        else:
            yield from _rewritten(gone, added)


def _rewritten(gone: Sequence[RevisionLine], added: Sequence[RevisionLine]) -> Iterator[ComparedLine]:
    """Yield each removed line with the line that replaced it right below."""
    pairs = min(len(gone), len(added))
    for old, new in zip(gone, added, strict=False):
        old_marks, new_marks = _marks(old.text, new.text)
        yield ComparedLine(old.text, LineChange.GONE, old.inner, old_marks)
        yield ComparedLine(new.text, LineChange.ADDED, new.inner, new_marks)
    yield from (ComparedLine(line.text, LineChange.GONE, line.inner) for line in gone[pairs:])
    yield from (ComparedLine(line.text, LineChange.ADDED, line.inner) for line in added[pairs:])


def _marks(old: str, new: str) -> tuple[tuple[TextRange, ...], tuple[TextRange, ...]]:
    old_words, new_words = _TOKENS.findall(old), _TOKENS.findall(new)
    if max(len(old_words), len(new_words)) > MAX_TOKENS:
        return (), ()
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    if matcher.ratio() < MIN_SIMILARITY:
        return (), ()
    changed = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    return (
        tuple(_stretch(old_words, code[1], code[2]) for code in changed if code[1] < code[2]),
        tuple(_stretch(new_words, code[3], code[4]) for code in changed if code[3] < code[4]),
    )


def _stretch(words: Sequence[str], first: int, behind: int) -> TextRange:
    begin = sum(map(len, words[:first]))
    return begin, begin + sum(map(len, words[first:behind]))
