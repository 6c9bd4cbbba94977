"""The operator sets conversations aside and opens them again; how rules do it is in `desk.composing`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wxdesk.core.events import ConversationChanged, Event
from wxdesk.desk.ports.status import SettingAside as Stored
from wxdesk.desk.ports.store import Clock


class SettingAside:
    """Each command returns after its commit and has then been published."""

    def __init__(self, stored: Stored, publish: Callable[[Event], None], clock: Clock) -> None:
        self._stored = stored
        self._publish = publish
        self._clock = clock

    async def resolve(self, conversation_id: int) -> None:
        """Nothing is left to do in it, until the contact writes again; raises `NotFound`, `Unsettled`."""
        await self._stored.resolve(conversation_id, self._clock())
        self._publish(ConversationChanged(conversation_id))

    async def snooze(self, conversation_id: int, until: datetime) -> datetime:
        """Let it come back at `until`, or when the contact writes before that; when it does. Raises like `resolve`.

        That is earlier where somebody waits whose reply window closes before.
        """
        snoozed = await self._stored.snooze(conversation_id, self._clock(), until)
        self._publish(ConversationChanged(conversation_id))
        return snoozed

    async def reopen(self, conversation_id: int) -> None:
        """It is in work again, as it was before; raises `NotFound`."""
        await self._stored.reopen(conversation_id)
        self._publish(ConversationChanged(conversation_id))
