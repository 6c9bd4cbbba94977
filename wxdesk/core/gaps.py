"""Places in a prepared reply whose value was missing: it waits for its human, who writes what belongs there.

A gap is seen as a mark in the text, `‹contact.alias›`. As long as one stands there the reply does not leave, whoever
lets it go.
"""

from __future__ import annotations

from wxdesk.core.model import Content


def mark(name: str) -> str:
    """What stands in a text in the place of the value of that name."""
    return f"‹{name}›"


def open_gaps(content: Content) -> tuple[str, ...]:
    """The names of the values for which nobody has written anything yet."""
    return tuple(name for name in content.gaps if mark(name) in content.text)
