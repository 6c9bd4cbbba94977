"""Duration of takeovers, and the events that move their end.

A takeover counts until its end (`core.replies.lifecycle.is_taken_over`); then the rules answer again.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.presence import PresenceState
from wxdesk.core.replies.lifecycle import is_taken_over

SOON = timedelta(minutes=2)
"""Time before the end of a takeover at which it is announced."""

LONGEST = timedelta(days=31)
"""Longest takeover with an end: a later end was set by a clock that ran ahead."""


class TakeoverDuration(Struct, frozen=True):
    """Duration of a takeover; with nothing set, until it is handed back.

    `span` from now on · `until` a time · `silence`: until nobody, contact or operator, has written for so long.
    At most one is set. `by_writing`: each reply puts the end off (`takeover_after_writing`).
    """

    span: timedelta | None = None
    until: datetime | None = None
    silence: timedelta | None = None
    by_writing: bool = False

    def ends(self, now: datetime) -> datetime | None:
        """Return the end if it begins at `now` and nobody writes; None if it has none."""
        if self.until is not None:
            return min(self.until, now + LONGEST)
        span = self.span or self.silence
        return None if span is None else now + span

    @property
    def silent_seconds(self) -> int | None:
        """`silence` as it is stored."""
        return None if self.silence is None else int(self.silence.total_seconds())


UNTIL_HANDED_BACK = TakeoverDuration()


class Takeover(Struct, frozen=True):
    """A takeover until `until`, or until it is handed back; it may be over by now.

    `silence`, `by_writing` and `by_rule` are as in `Conversation`.
    """

    until: datetime | None
    silence: int | None = None
    by_writing: bool = False
    by_rule: str = ""

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of a conversation that is taken over so."""
        return {
            "taken_over": True,
            "taken_over_until": self.until,
            "takeover_silence": self.silence,
            "takeover_by_writing": self.by_writing,
            "taken_over_by": self.by_rule,
        }


class TakeoverByWriting(Struct, frozen=True):
    """A takeover before an operator wrote (None if there was none), and after it."""

    before: Takeover | None
    after: Takeover


def takeover_after_writing(present: Takeover | None, now: datetime, span: timedelta) -> Takeover:
    """Return the takeover after a reply at `now`, if writing takes over for `span`.

    Writing begins one where there is none, and extends one that began by writing. One that the operator or a
    rule chose stays as it is.
    """
    until = now + span
    if present is None or (present.until is not None and present.until <= now):
        return Takeover(until, by_writing=True)
    if not present.by_writing or present.until is None:
        return present
    return replace(present, until=max(present.until, until))


def end_after_message(until: datetime | None, silence: int | None, at: datetime) -> datetime | None:
    """Return a takeover's end after a message at `at`: later if it ends by `silence`.

    One that is over already does not come back.
    """
    if until is None or silence is None or at >= until:
        return until
    return max(until, at + timedelta(seconds=silence))


def time_left(conversation: Conversation, now: datetime) -> timedelta | None:
    """Return the rest of the takeover; None if there is none, or it has no end."""
    until = conversation.taken_over_until
    return until - now if until is not None and is_taken_over(conversation, now) else None


def ends_soon(conversation: Conversation, now: datetime) -> bool:
    """True if automatic replies are about to return."""
    remaining = time_left(conversation, now)
    return remaining is not None and remaining <= SOON


def handed_back_at(at_desk: PresenceState, minutes: int) -> datetime | None:
    """Return when absence hands back takeovers without an end; None for never."""
    return at_desk.since + timedelta(minutes=minutes) if at_desk.away and minutes else None


def extended_duration(conversation: Conversation, span: timedelta) -> TakeoverDuration:
    """Return the duration that extends a takeover: its silence once more, else `span`."""
    if conversation.takeover_silence is None:
        return TakeoverDuration(span=span, by_writing=conversation.takeover_by_writing)
    return TakeoverDuration(silence=timedelta(seconds=conversation.takeover_silence))
