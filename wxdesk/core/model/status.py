"""Status of conversations: open, snoozed until a time, or resolved.

A snoozed or resolved conversation is in no list but its own, in no figure, and asks for no attention. So it
must hide nothing that the operator still has to settle: it opens again as soon as one of its replies
becomes a draft, asks the operator, fails or is unknown, or its contact writes.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct


class ConversationStatus(StrEnum):
    """Status of a conversation."""

    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


LAST_CALL = timedelta(hours=2)
"""Time before a reply window closes at which a snooze ends, if the contact waits."""


class StatusChange(Struct, frozen=True):
    """Status change after a rule's replies have arrived: snooze `minutes`, 0 resolves."""

    minutes: int = 0

    def until(self, now: datetime) -> datetime | None:
        """Return the end of a snooze that begins at `now`; None for one that resolves."""
        return now + timedelta(minutes=self.minutes) if self.minutes else None


def snooze_end_before_closing(until: datetime, closes: datetime | None, now: datetime) -> datetime:
    """Bring a snooze of a waiting contact to its end before the reply window `closes`.

    After that, nobody could answer. Where it closes too soon, or is closed, `until` stays as it is.
    """
    if closes is None or closes - LAST_CALL <= now:
        return until
    return min(until, closes - LAST_CALL)


def combined_status_change(wanted: list[StatusChange], *, handed_over: bool) -> StatusChange | None:
    """Combine the status changes of several rules: the shortest snooze wins.

    None after handing over to an operator, for whom the conversation waits.
    """
    if handed_over or not wanted:
        return None
    return min(wanted, key=lambda change: (not change.minutes, change.minutes))
