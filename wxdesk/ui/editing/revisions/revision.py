"""A saved revision of a rule or a template as its history shows it: in words, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import clock_time, day_word


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said. An `inner` one belongs to the line above it."""

    text: str
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What stands in one card of the editor, under that card's title."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """What was saved then. `kept` is the rule or the template itself."""

    number: int
    saved_at: datetime | None
    sections: tuple[Section, ...]
    kept: object


def revision_word(number: int, saved_at: datetime, now: datetime) -> str:
    """Which revision it is, and when it was saved."""
    return tr("Revision {n} · {day} {time}", n=number, day=day_word(saved_at, now), time=clock_time(saved_at))
