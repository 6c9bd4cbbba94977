"""Gaps: places in a draft for missing values, which the operator has to fill in.

A gap is a mark in the text, or in a field of a link or card: `‹contact.alias›`. While one is left the
reply does not leave, even when released; nor does one whose mark was damaged while editing, or was
written as in a template.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from wxdesk.core.content.limits import words_of
from wxdesk.core.model.reply import Content

NO_STAND_INS: Mapping[str, str] = MappingProxyType({})
"""Replacements for gaps by their names: none."""


def gap_mark(name: str) -> str:
    """Return the mark that stands for the missing value of that name."""
    return f"‹{name}›"


class MarkedText(str):
    """Text with marks for the values `names`; filters work around the marks."""

    __slots__ = ("names",)
    names: tuple[str, ...]

    @classmethod
    def of(cls, *names: str) -> "MarkedText":
        """Return the marks of these values alone."""
        return cls.around("".join(map(gap_mark, names)), names)

    @classmethod
    def around(cls, text: str, names: Iterable[str]) -> "MarkedText":
        """Return a text that holds the marks of `names`."""
        made = cls(text)
        made.names = tuple(dict.fromkeys(names))
        return made


def marked_gaps(content: Content) -> tuple[str, ...]:
    """Return the names whose marks are intact in the text."""
    return tuple(name for name in content.gaps if any(gap_mark(name) in text for text in words_of(content).values()))


def open_gaps(content: Content) -> tuple[str, ...]:
    """Return the names of the values that nobody has filled in yet."""
    words = words_of(content).values()
    return tuple(name for name in content.gaps if any(_stands_in(text, name) for text in words))


def _stands_in(text: str, name: str) -> bool:
    return re.search(rf"[‹<{{]\s*{re.escape(name)}(?![A-Za-z0-9_])", text, re.IGNORECASE) is not None
