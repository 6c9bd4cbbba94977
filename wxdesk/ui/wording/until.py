"""Ends that a menu offers for a takeover or a snooze."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EndChoice[T]:
    """A menu line for an end; without `end` it is disabled, and `tip` says why."""

    text: str
    end: T | None
    tip: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class HoursBoundary:
    """The next opening or closing time; `problem` says why it is unknown."""

    at: datetime | None = None
    problem: str = ""
