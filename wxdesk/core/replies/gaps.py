"""Places in a prepared reply whose value was missing: it waits for its human, who writes what belongs there.

A gap is seen as a mark in the text, or in a field of a link or card: `‹contact.alias›`. As long as one stands there the
reply does not leave, whoever lets it go; nor does one that was damaged while somebody typed round it, or that was
written as in a template.
"""

from __future__ import annotations

import re

from wxdesk.core.content.limits import words_of
from wxdesk.core.model.content import Content


def mark(name: str) -> str:
    """What stands in a text in the place of the value of that name."""
    return f"‹{name}›"


def marked(content: Content) -> tuple[str, ...]:
    """The names whose marks stand whole in the words; one that was cut in two or changed is seen by nobody."""
    return tuple(name for name in content.gaps if any(mark(name) in text for text in words_of(content).values()))


def open_gaps(content: Content) -> tuple[str, ...]:
    """The names of the values for which nobody has written anything yet."""
    words = words_of(content).values()
    return tuple(name for name in content.gaps if any(_stands_in(text, name) for text in words))


def _stands_in(text: str, name: str) -> bool:
    return re.search(rf"[‹<{{]\s*{re.escape(name)}(?![A-Za-z0-9_])", text, re.IGNORECASE) is not None
