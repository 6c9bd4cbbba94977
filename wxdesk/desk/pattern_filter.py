"""Many regular expressions at once: which of them are worth a search in a text.

RE2 works out for each pattern which literal pieces a match must have, and finds all pieces of all patterns in one
pass. What it names is searched as ever, so that a piece too many costs a little time and is never wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import re2

from wxdesk.desk.patterns import TEXT_LIMIT, re2_options, searchable

PATTERNS = 500
"""Patterns of one filter; the memory that a pass may take is bounded, and more patterns would reach the bound."""

_MARK = "\U000f0f0f"
"""A private character that no customer types, and that each filter must find again: see `_Part`."""


class Re2Filter:
    """Fills `core.patterns.PatternFilter`; `sources` are patterns that `compile_pattern` takes."""

    def __init__(self, sources: Sequence[str]) -> None:
        starts = range(0, len(sources), PATTERNS)
        self._parts = [part for start in starts for part in _parts(sources[start : start + PATTERNS], start)]

    def possible(self, text: str) -> Collection[int]:
        """The numbers of all sources that can be found in `text`, and perhaps some that cannot."""
        encoded = (searchable(text[:TEXT_LIMIT]) + _MARK).encode()
        return [number for part in self._parts for number in part.possible(encoded)]


class _Part:
    """Some of the patterns. RE2 tells nobody when its memory does not suffice: it then finds nothing at all.

    So a mark is put behind each text, and a pattern for it among the others. Where the mark is not found, nothing
    else was looked for either, and all patterns count as possible.
    """

    def __init__(self, sources: Sequence[str], start: int) -> None:
        self._all = range(start, start + len(sources))
        self._filter = re2.Filter()
        for source in (*sources, _MARK):
            self._filter.Add(source, re2_options())
        self._filter.Compile()

    def possible(self, encoded: bytes) -> Collection[int]:
        """The numbers of those that may be found."""
        found = self._filter.Match(encoded, potential=True) or ()
        mark = len(self._all)
        return [self._all[index] for index in found if index != mark] if mark in found else self._all


def _parts(sources: Sequence[str], start: int) -> Iterator[_Part]:
    """All of them in one part, or in two where that becomes too large."""
    try:
        yield _Part(sources, start)
    except re2.error:
        half = len(sources) // 2
        yield from _parts(sources[:half], start)
        yield from _parts(sources[half:], start + half)
