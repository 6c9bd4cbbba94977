"""Why a conversation calls for its human, and since when: records, and what they mean for the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Cause(StrEnum):
    """What calls, the most urgent first. `HELD` and `DRAFT` are told only; all others ring as well."""

    CLOSING = "closing"  # the reply window is about to close and nobody has answered
    CALLED = "called"  # a rule asked for somebody
    BACK = "back"  # it was snoozed, and the time is over
    UNFINISHED = "unfinished"  # a rule's answer lacks a value, or could not be made
    LEFT = "left"  # the contact waits, and the rules have been silenced for a human
    RESERVE = "reserve"  # the contact waits, and what may still be sent is kept for a human
    FAILED = "failed"
    UNKNOWN = "unknown"
    DRAFT = "draft"  # an automatic reply waits for its human
    HELD = "held"  # an automatic reply is about to leave


QUIET = frozenset({Cause.HELD, Cause.DRAFT})
RINGING = frozenset(Cause) - QUIET

SOMEBODY_WAITS = frozenset({Cause.CLOSING, Cause.LEFT, Cause.RESERVE})
"""These last until the contact is answered; the others have done their part once somebody has looked."""

_URGENCY = {cause: place for place, cause in enumerate(Cause)}


@dataclass(frozen=True, slots=True)
class Call:
    """One cause in one conversation. `at` is when the newest thing behind it happened; `seen`: somebody has looked."""

    conversation_id: int
    cause: Cause
    at: datetime
    seen: bool = False

    @property
    def rings(self) -> bool:
        """Whether somebody has to be fetched for it: a sound, the taskbar, the tray."""
        return not self.seen and self.cause in RINGING

    @property
    def rises(self) -> bool:
        """Whether its conversation stands above all others in the list."""
        return self.rings or self.cause in SOMEBODY_WAITS


def most_urgent(calls: Iterable[Call]) -> Call | None:
    """The call that its conversation is shown with; the unseen before the seen."""
    return min(calls, key=lambda call: (call.seen, _URGENCY[call.cause]), default=None)
