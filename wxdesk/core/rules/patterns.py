"""What the rules need of a regex engine; `desk.patterns` fills it with RE2."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of text that a pattern matched, and the named groups that took part in it."""

    text: str
    groups: Mapping[str, str]


class Pattern(Protocol):
    """A compiled regular expression whose search takes time linear in the text."""

    @property
    def names(self) -> frozenset[str]:
        """The names of its groups."""
        ...

    def search(self, text: str) -> Found | None:
        """The first match anywhere in `text`."""
        ...


type CompilePattern = Callable[[str], Pattern]
"""Compiles a pattern; raises `BadPattern` with a reason that an operator understands."""


class PatternFilter(Protocol):
    """Many patterns at once, asked which of them are worth a search."""

    def possible(self, text: str) -> Collection[int]:
        """The numbers of all patterns that can be found in `text`, and perhaps some that cannot."""
        ...


type FilterPatterns = Callable[[Sequence[str]], PatternFilter]
"""Prepares a filter for sources that compile; they are numbered from 0."""


class NoFilter:
    """Searches for every pattern."""

    def __init__(self, sources: Sequence[str]) -> None:
        self._all = range(len(sources))

    def possible(self, _text: str) -> Collection[int]:
        """All of them."""
        return self._all
