"""Conversations that are set aside: resolved, or snoozed until a time.

What is set aside stands in no list but its own, in no figure, and calls nobody. So nothing may lie in it that its human
still has to settle: what becomes a draft, waits for a word, fails or is unknown there opens it again at once, and so
does the contact who writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Whether a conversation is in work."""

    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


LAST_CALL = timedelta(hours=2)
"""How long before a reply window closes a snooze ends at the latest, where somebody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What a rule does to the conversation once all that it says has arrived: snooze it for `minutes`, 0 resolves."""

    minutes: int = 0

    def until(self, now: datetime) -> datetime | None:
        """When a snooze that begins at `now` ends; None for one that resolves."""
        return now + timedelta(minutes=self.minutes) if self.minutes else None


def before_closing(until: datetime, closes: datetime | None, now: datetime) -> datetime:
    """The end of a snooze of somebody who waits, brought before his reply window `closes`.

    After that, nobody could answer him. Where it closes too soon for that already, or is closed, it stays as it is.
    """
    if closes is None or closes - LAST_CALL <= now:
        return until
    return min(until, closes - LAST_CALL)


def combined(wanted: list[Aside], *, handed_over: bool) -> Aside | None:
    """What becomes of a conversation where several rules spoke: whatever lets it come back first.

    What was handed over to a human waits for him, so it is not set aside at all.
    """
    if handed_over or not wanted:
        return None
    return min(wanted, key=_lasts)


def _lasts(aside: Aside) -> tuple[bool, int]:
    return not aside.minutes, aside.minutes
