"""What the rules need of a regex engine; `desk.patterns` fills it with RE2."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
