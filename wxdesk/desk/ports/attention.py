"""What calling for a human asks of the store: the rest of `desk.ports`, which is long enough."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from wxdesk.core.conversations.attention import Call
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.conversation import Conversation


class Calls(Protocol):
    """Which conversations call for a human, and whether somebody has looked."""

    async def unseen(self) -> list[Call]:
        """All calls at which nobody has looked yet."""
        ...

    async def might_call(self, ids: Collection[int]) -> list[InboxRow]:
        """Those of these conversations that have something that might call, or that do call."""
        ...

    async def candidates(self, after: int, now: datetime) -> list[int]:
        """Ids above `after`, in order, of conversations that might call at `now` or do; none when that was all."""
        ...

    async def closing(self, now: datetime, until: datetime) -> list[int]:
        """Conversations of waiting contacts whose window closes up to `until`, and those that call for that reason."""
        ...

    async def next_close(self, after: datetime) -> datetime | None:
        """When the first window of a waiting contact closes after `after`."""
        ...

    async def wake(self, now: datetime) -> list[int]:
        """Bring back the conversations whose snooze is over by `now`; their ids."""
        ...

    async def next_wake(self) -> datetime | None:
        """When the next snooze ends."""
        ...

    async def change(self, put: Sequence[Call], ended: Sequence[Call]) -> None:
        """Store new calls and changed ones, and take away those that have ended."""
        ...

    async def look(self, conversation_id: int) -> bool:
        """Somebody looks at this conversation; False if nothing in it called unseen."""
        ...

    async def longest_waiting(self, now: datetime) -> Conversation | None:
        """The contact who waits longest of all who can still be answered."""
        ...
