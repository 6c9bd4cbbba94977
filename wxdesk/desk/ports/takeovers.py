"""What the store has to offer for takeovers that end by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.conversation import Conversation


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a human's word has done to who has the word: how that was `before`, and is `after` it; None: nobody has."""

    before: Takeover | None
    after: Takeover


class TimedTakeovers(Protocol):
    """The conversations that a human has for a time; how they are taken over is in `desk.ports.Conversations`."""

    async def ending(self, after: datetime) -> list[Conversation]:
        """Those whose time ends later than `after`, the first to end first; it may have ended by now."""
        ...

    async def endless(self) -> list[Conversation]:
        """Those that a human has until he hands them back."""
        ...

    async def end_endless(self, at: datetime) -> list[Conversation]:
        """Let all of these end at `at`; they, as they are then."""
        ...

    async def end_of(self, conversation_id: int) -> datetime | None:
        """When a takeover ends, or ended, by itself; None if it does not, if there is none, or no such conversation."""
        ...

    async def written(self, conversation_id: int, now: datetime, span: timedelta) -> Spoken:
        """A human writes at `now` and has the word for `span` by it (`core.takeover.after_writing`); or `NotFound`."""
        ...

    async def give_back(self, conversation_id: int, spoken: Spoken) -> bool:
        """Let it be as it was before `spoken`, if it is as it was after that; whether it was. Raises `NotFound`."""
        ...

    async def put_off(self, conversation_id: int, known: datetime, until: datetime) -> bool:
        """Let what ends at `known` end at `until`; False, and nothing changed, if it has another end, or none."""
        ...

    async def end(self, conversation_id: int, now: datetime) -> Conversation | None:
        """Forget a takeover whose time is over by `now`; the conversation as it was, or None if it is not over.

        Where somebody still waits, it stays as it is: the rules do not go back to what was left to a human.
        """
        ...
