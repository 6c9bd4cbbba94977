"""What the store has to offer for takeovers that end by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from wxdesk.core.model import Conversation


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

    async def end(self, conversation_id: int, now: datetime) -> Conversation | None:
        """Forget a takeover whose time is over by `now`; the conversation as it was, or None if it is not over.

        Where somebody still waits, it stays as it is: the rules do not go back to what was left to a human.
        """
        ...
