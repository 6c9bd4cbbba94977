"""Ends that a menu offers for a takeover or a snooze."""

from dataclasses import dataclass
from datetime import datetime

from wxdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class EndChoice[T]:
    """A menu line for an end; without `end` it is disabled, and `tip` says why."""

    text: str
    end: T | None
    tip: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class HoursBoundary:
    """The next opening or closing time; `problem` says why it is unknown.

    `there` is the hour that the shop's clock shows then, empty if this computer's shows the same.
    """

    at: datetime | None = None
    problem: str = ""
    there: str = ""

    def named(self, when: str) -> str:
        """Return `when`, and the shop's hour where it is another."""
        return tr("{when} ({there} at the shop)", when=when, there=self.there) if self.there else when
