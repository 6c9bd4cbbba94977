"""Commands that resolve, snooze and reopen; rules do so in `desk.answers.builder`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wxdesk.core.events import ConversationChanged, Event
from wxdesk.desk.ports.status import StatusStore as Stored
from wxdesk.desk.ports.store import Clock


class StatusCommands:
    """Commands about the status; each returns after it is committed and published."""

    def __init__(self, stored: Stored, publish: Callable[[Event], None], clock: Clock) -> None:
        self._stored = stored
        self._publish = publish
        self._clock = clock

    async def resolve(self, conversation_id: int) -> None:
        """Resolve until the contact writes again; raises `NotFound`, `UnsettledReply`."""
        await self._stored.resolve(conversation_id, self._clock())
        self._publish(ConversationChanged(conversation_id))

    async def snooze(self, conversation_id: int, until: datetime) -> datetime:
        """Snooze until `until` or the contact's next message; return the end.

        It ends earlier where the contact waits and the reply window closes before. Raises like `resolve`.
        """
        snoozed = await self._stored.snooze(conversation_id, self._clock(), until)
        self._publish(ConversationChanged(conversation_id))
        return snoozed

    async def reopen(self, conversation_id: int) -> None:
        """Reopen a conversation; raises `NotFound`."""
        await self._stored.reopen(conversation_id)
        self._publish(ConversationChanged(conversation_id))
