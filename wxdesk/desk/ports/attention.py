"""Port for conversations that need an operator's attention."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from wxdesk.core.conversations.attention import Attention
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.conversation import Conversation


class AttentionList(Protocol):
    """Conversations that need attention, why, and whether somebody has looked."""

    async def unseen(self) -> list[Attention]:
        """Return all attention that nobody has looked at yet."""
        ...

    async def rows_to_judge(self, ids: Collection[int]) -> list[InboxRow]:
        """Return those of these conversations that have, or might need, attention."""
        ...

    async def candidates(self, after: int, now: datetime) -> list[int]:
        """Return the next ids above `after` that have or may need attention; none at last."""
        ...

    async def closing(self, now: datetime, until: datetime) -> list[int]:
        """Return waiting conversations whose window closes by `until`, and flagged ones."""
        ...

    async def next_close(self, after: datetime) -> datetime | None:
        """Return when the first reply window of a waiting contact closes after `after`."""
        ...

    async def wake(self, now: datetime) -> list[int]:
        """Reopen the conversations whose snooze is over by `now`; return their ids."""
        ...

    async def next_wake(self) -> datetime | None:
        """Return when the next snooze ends."""
        ...

    async def change(self, put: Sequence[Attention], ended: Sequence[Attention]) -> None:
        """Store new and changed attention, and delete what has ended."""
        ...

    async def look(self, conversation_id: int) -> bool:
        """Mark a conversation's attention as seen; False if none was unseen."""
        ...

    async def longest_waiting(self, now: datetime) -> Conversation | None:
        """Return the longest waiting conversation that can still be answered."""
        ...
