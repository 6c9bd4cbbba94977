"""Attention records: the reasons for which a conversation calls for an operator."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class AttentionReason(StrEnum):
    """Reason for attention, the most urgent first; all but `HELD` and `DRAFT` ring."""

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


QUIET = frozenset({AttentionReason.HELD, AttentionReason.DRAFT})
RINGING = frozenset(AttentionReason) - QUIET
FAILURES = frozenset({AttentionReason.FAILED, AttentionReason.UNKNOWN})

UNTIL_SETTLED = FAILURES | {AttentionReason.CLOSING, AttentionReason.LEFT, AttentionReason.RESERVE}
"""Reasons that keep a conversation first until they are settled, also once seen."""

_URGENCY = {cause: place for place, cause in enumerate(AttentionReason)}


class Attention(Struct, frozen=True):
    """A reason for attention in a conversation, last raised `at`; `seen` by somebody."""

    conversation_id: int
    cause: AttentionReason
    at: datetime
    seen: bool = False

    @property
    def rings(self) -> bool:
        """True if it must fetch somebody: by sound, taskbar and tray."""
        return not self.seen and self.cause in RINGING

    @property
    def sorts_first(self) -> bool:
        """True if its conversation is listed above all others."""
        return self.rings or self.cause in UNTIL_SETTLED


def most_urgent(calls: Iterable[Attention]) -> Attention | None:
    """Return the attention that its conversation is shown with; unseen before seen."""
    return min(calls, key=lambda call: (call.seen, _URGENCY[call.cause]), default=None)
