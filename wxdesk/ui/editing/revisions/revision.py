"""Saved revision of a rule or template, in words and divided into sections."""

from dataclasses import dataclass
from datetime import datetime

from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import clock_time, day_text


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """Line of a revision; an `inner` one belongs to the line above it."""

    text: str
    inner: bool = False


@dataclass(frozen=True, slots=True)
class RevisionSection:
    """Text of one card of the editor, under that card's title."""

    title: str
    lines: tuple[RevisionLine, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """Saved revision of a record in words; `kept` is the rule or template itself."""

    number: int
    saved_at: datetime | None
    sections: tuple[RevisionSection, ...]
    kept: object
    by: str = ""


def revision_title(number: int, saved_at: datetime, now: datetime, by: str = "") -> str:
    """Return a revision's number, time and operator, as a title."""
    title = tr("Revision {n} · {day} {time}", n=number, day=day_text(saved_at, now), time=clock_time(saved_at))
    return f"{title} · {by}" if by else title
