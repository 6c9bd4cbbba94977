"""Gives back what absent operators have, and hands out what waits."""

from wxdesk.core.conversations.claim import RETURNS_AFTER
from wxdesk.core.events import ColleagueCalled, ConversationChanged
from wxdesk.desk.conversations.presence import LOST_AFTER
from wxdesk.desk.desk import Desk
from wxdesk.store.team import ClaimStore

MOST_HANDED_OUT = 10
"""Open conversations that an operator may have and still be handed another."""


class ClaimKeeper:
    """Part of the server that works; `look` is to be called again and again."""

    def __init__(self, store: ClaimStore, desk: Desk) -> None:
        self._store = store
        self._desk = desk
        self._knows_from = desk.clock() + LOST_AFTER  # by then each desk has told who is there

    async def look(self) -> None:
        """Look at all claims once; raises `StoreError`."""
        now, present = self._desk.clock(), self._desk.presence.operators()
        if now < self._knows_from:
            return
        for conversation_id in await self._store.follow(present, now, now + RETURNS_AFTER):
            self._desk.bus.publish(ConversationChanged(conversation_id))
        if self._desk.preferences.now.hands_out:
            await self._hand_out(present)

    async def _hand_out(self, present: frozenset[str]) -> None:
        busy = await self._store.busy()
        for conversation_id in await self._store.unclaimed():
            free = [name for name in present if busy.get(name, 0) < MOST_HANDED_OUT]
            free = [name for name in free if (conversation_id, name) not in self._desk.claims.declined]
            if not free:
                continue
            name = min(free, key=lambda one: (busy.get(one, 0), one))
            owner, _ = await self._store.claim(conversation_id, name, self._desk.clock())
            if owner == name:
                busy[name] = busy.get(name, 0) + 1
                self._desk.bus.publish(ConversationChanged(conversation_id))
                self._desk.bus.publish(ColleagueCalled(conversation_id, name))
