"""How long a human keeps the word in a conversation, and what moves the end of that time.

Whether he has it is `core.lifecycle.is_taken_over`: once the end has come, the rules speak again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.presence import AtDesk
from wxdesk.core.replies.lifecycle import is_taken_over

SOON = timedelta(minutes=2)
"""How long before it happens the return of automatic replies is announced."""


@dataclass(frozen=True, slots=True)
class TakeOverFor:
    """For how long a human takes the word; with nothing set, until he hands it back.

    `span` from now on · `until` a time · `silence`: until nobody, contact or human, has written for so long.
    Not more than one of them is set. `by_writing`: what he writes by hand puts the end off (`after_writing`).
    """

    span: timedelta | None = None
    until: datetime | None = None
    silence: timedelta | None = None
    by_writing: bool = False

    def ends(self, now: datetime) -> datetime | None:
        """When it ends if it begins at `now` and nobody writes; None: not by itself."""
        if self.until is not None:
            return self.until
        span = self.span or self.silence
        return None if span is None else now + span

    @property
    def silent_seconds(self) -> int | None:
        """`silence` as it is stored."""
        return None if self.silence is None else int(self.silence.total_seconds())


UNTIL_HANDED_BACK = TakeOverFor()


@dataclass(frozen=True, slots=True)
class Takeover:
    """A human has the word: `until` then, or until he hands it back; `silence` and `by_writing` as `Conversation` does.

    It may be over by now.
    """

    until: datetime | None
    silence: int | None = None
    by_writing: bool = False


def after_writing(present: Takeover | None, now: datetime, span: timedelta) -> Takeover:
    """Who has the word once a human has written at `now`, if he wants it for `span` by that.

    He takes it where nobody has it, and keeps it so much longer where he took it by writing. What he has chosen for
    himself, or a rule for him, stays as it is.
    """
    until = now + span
    if present is None or (present.until is not None and present.until <= now):
        return Takeover(until, by_writing=True)
    if not present.by_writing or present.until is None:
        return present
    return replace(present, until=max(present.until, until))


def moved(until: datetime | None, silence: int | None, at: datetime) -> datetime | None:
    """The end of a takeover after something was written at `at`: later if it ends by `silence`, else `until`.

    One that is over already does not come back.
    """
    if until is None or silence is None or at >= until:
        return until
    return max(until, at + timedelta(seconds=silence))


def left(conversation: Conversation, now: datetime) -> timedelta | None:
    """How long the human still has the word; None if he has not, or if it does not end by itself."""
    until = conversation.taken_over_until
    return until - now if until is not None and is_taken_over(conversation, now) else None


def ends_soon(conversation: Conversation, now: datetime) -> bool:
    """Whether automatic replies are about to return."""
    remaining = left(conversation, now)
    return remaining is not None and remaining <= SOON


def handed_back_at(at_desk: AtDesk, minutes: int) -> datetime | None:
    """When takeovers without an end go back to the rules because nobody is there; None: not by themselves."""
    return at_desk.since + timedelta(minutes=minutes) if at_desk.away and minutes else None


def as_it_is(conversation: Conversation) -> TakeOverFor:
    """What takes the word once more for as long as it is taken already."""
    if conversation.takeover_silence is not None:
        return TakeOverFor(silence=timedelta(seconds=conversation.takeover_silence))
    return TakeOverFor(until=conversation.taken_over_until, by_writing=conversation.takeover_by_writing)


def longer(conversation: Conversation, span: timedelta) -> TakeOverFor:
    """What keeps the word for another while: the same silence once more, else `span`."""
    if conversation.takeover_silence is None:
        return TakeOverFor(span=span, by_writing=conversation.takeover_by_writing)
    return TakeOverFor(silence=timedelta(seconds=conversation.takeover_silence))
