"""Gaps: places in a draft for missing values, which the operator has to fill in.

A gap is a mark in the text, or in a field of a link or card: `‹contact.alias›`. While one is left the
reply does not leave, even when released; nor does one whose mark was damaged while editing, or was
written as in a template.
"""

import re

from wxdesk.core.content.limits import words_of
from wxdesk.core.model.content import Content


def gap_mark(name: str) -> str:
    """Return the mark that stands for the missing value of that name."""
    return f"‹{name}›"


def marked_gaps(content: Content) -> tuple[str, ...]:
    """Return the names whose marks are intact in the text."""
    return tuple(name for name in content.gaps if any(gap_mark(name) in text for text in words_of(content).values()))


def open_gaps(content: Content) -> tuple[str, ...]:
    """Return the names of the values that nobody has filled in yet."""
    words = words_of(content).values()
    return tuple(name for name in content.gaps if any(_stands_in(text, name) for text in words))


def _stands_in(text: str, name: str) -> bool:
    return re.search(rf"[‹<{{]\s*{re.escape(name)}(?![A-Za-z0-9_])", text, re.IGNORECASE) is not None
