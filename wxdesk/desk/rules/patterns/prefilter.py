"""Prefilter for many patterns: RE2 picks those that are worth a search in a text.

It looks for the literal pieces that a match must hold. What is picked is searched as ever, so that a pattern
too many costs a little time and is never wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import re2

from wxdesk.core.rules.patterns import PatternFilter
from wxdesk.desk.rules.patterns.engine import TEXT_LIMIT, re2_options, searchable

SHARE = 500
"""Patterns that are looked for together; the memory for that is bounded."""

_MARK = "\U000f0f0f"
"""A private character that no contact types, and that each share must find again."""


def literal_prefilter(sources: Sequence[str]) -> PatternFilter:
    """Implement `core.rules.patterns.FilterPatterns`; all `sources` have compiled."""
    starts = range(0, len(sources), SHARE)
    shares = [share for start in starts for share in _shares(sources[start : start + SHARE], start)]

    def possible(text: str) -> Collection[int]:
        marked = (searchable(text[:TEXT_LIMIT]) + _MARK).encode()
        return [number for share in shares for number in share.possible(marked)]

    return possible


class _Share:
    """Some of the patterns, numbered from `start`.

    RE2 tells nobody when its memory does not suffice: it then finds nothing at all. So each text ends with a
    mark, for which there is a pattern too. Where it is not found, all patterns count as possible.
    """

    def __init__(self, sources: Sequence[str], start: int) -> None:
        self._numbers = range(start, start + len(sources))
        self._filter = re2.Filter()
        for source in (*sources, _MARK):
            self._filter.Add(source, re2_options())
        self._filter.Compile()

    def possible(self, marked: bytes) -> Collection[int]:
        found = self._filter.Match(marked, potential=True) or ()
        mark = len(self._numbers)
        return [self._numbers[index] for index in found if index != mark] if mark in found else self._numbers


def _shares(sources: Sequence[str], start: int) -> Iterator[_Share]:
    """Yield one share of all patterns, or several where that becomes too large."""
    try:
        yield _Share(sources, start)
    except re2.error:
        half = len(sources) // 2
        yield from _shares(sources[:half], start)
        yield from _shares(sources[half:], start + half)
