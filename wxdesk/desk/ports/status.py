"""Port for the status of conversations: resolving, snoozing and reopening."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class StatusStore(Protocol):
    """Status changes by the operator; resolving and snoozing end attention."""

    async def resolve(self, conversation_id: int, at: datetime) -> None:
        """Resolve a conversation, also where messages are unanswered.

        Raises:
            NotFound: there is no such conversation.
            UnsettledReply: a draft, held, failed or unknown reply is left to the operator; nothing was changed.
        """
        ...

    async def snooze(self, conversation_id: int, at: datetime, until: datetime) -> datetime:
        """Snooze a conversation; return the end. Raises like `resolve`.

        Where the contact waits, it ends before the reply window closes
        (`core.model.status.snooze_end_before_closing`).
        """
        ...

    async def reopen(self, conversation_id: int) -> None:
        """Reopen a conversation; a contact who waited waits again. Raises `NotFound`."""
        ...
