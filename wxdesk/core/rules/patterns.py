"""Interface to a regex engine; `desk.rules.patterns` implements it with RE2."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol

from msgspec import Struct


class PatternMatch(Struct, frozen=True):
    """A stretch of text that a pattern matched, and its named groups that took part."""

    text: str
    groups: Mapping[str, str]


class Pattern(Protocol):
    """A compiled regular expression whose search takes time linear in the text."""

    @property
    def names(self) -> frozenset[str]:
        """The names of its groups."""

    def search(self, text: str) -> PatternMatch | None:
        """Return the first match anywhere in `text`."""


type CompilePattern = Callable[[str], Pattern]
"""Compiles a pattern; raises `BadPattern` with a reason for the operator."""


type PatternFilter = Callable[[str], Collection[int]]
"""Returns the numbers of all patterns found in a text, and perhaps a few more."""

type FilterPatterns = Callable[[Sequence[str]], PatternFilter]
"""Prepares a filter for sources that compile; they are numbered from 0."""


def no_filter(sources: Sequence[str]) -> PatternFilter:
    """Return the filter that lets every pattern be searched."""
    numbers = range(len(sources))
    return lambda _text: numbers
