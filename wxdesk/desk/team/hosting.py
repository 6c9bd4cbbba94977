"""Side of the server that works: it serves desks, hears of others, keeps claims."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from wxdesk.core.conversations.claim import RETURNS_AFTER
from wxdesk.core.errors import StoreError
from wxdesk.core.events import AttentionChanged, ColleagueCalled, ConversationChanged
from wxdesk.desk.conversations.presence import DESK_LOST_AFTER
from wxdesk.desk.desk import Desk
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.desk.runtime.supervisor import Supervisor
from wxdesk.desk.team.dispatch import CommandRunner
from wxdesk.desk.team.relay import EventRelay
from wxdesk.store import Store

MOST_HANDED_OUT = 10
"""Open conversations that an operator may have and still be handed another."""


class ClaimKeeper:
    """Keeper of claims and edit locks, whose owners may go; part of the server."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store = store
        self._desk = desk
        self._knows_from = desk.clock() + DESK_LOST_AFTER  # by then each desk has told who is there

    async def follow_presence(self) -> None:
        """Free what the gone left, and hand out what waits; raises `StoreError`."""
        now, present = self._desk.clock(), self._desk.presence.operators()
        if now < self._knows_from:
            return
        for conversation_id in await self._store.claims.follow(present, now, now + RETURNS_AFTER):
            self._publish_change(conversation_id)
        there = self._desk.presence.operators(also_away=True)
        publish_replies(self._desk.bus.publish, await self._store.outbox.unlock_abandoned(now, there))
        if self._desk.preferences.now.hands_out:
            await self._hand_out(present)

    async def _hand_out(self, present: frozenset[str]) -> None:
        busy = await self._store.claims.busy()
        for conversation_id in await self._store.claims.unclaimed():
            free = [name for name in present if busy.get(name, 0) < MOST_HANDED_OUT]
            free = [name for name in free if (conversation_id, name) not in self._desk.claims.declined]
            if not free:
                continue
            name = min(free, key=lambda one: (busy.get(one, 0), one))
            call = ColleagueCalled(conversation_id, name)
            owner, _ = await self._store.conversations.hand_on(call, self._desk.clock())
            if owner == name:
                busy[name] = busy.get(name, 0) + 1
                self._publish_change(conversation_id)
                self._desk.bus.publish(call)

    def _publish_change(self, conversation_id: int) -> None:
        self._desk.bus.publish(ConversationChanged(conversation_id))
        self._desk.bus.publish(AttentionChanged(conversation_id))  # it calls others now


ATTEND_SECONDS = 5.0
"""Time between two words of a desk about its presence."""


class TeamHost:
    """Parts that work on a shared database only.

    `look_for_pushes` is called when another server has kept some.
    """

    def __init__(self, store: Store, desk: Desk, look_for_pushes: Callable[[], None]) -> None:
        self._store = store
        self._look_for_pushes = look_for_pushes
        self._relay = EventRelay(store, desk.clock)
        self._runner = CommandRunner(store, desk, self._relay.flush)
        self._desk = desk
        desk.bus.subscribe(self._relay.on_event)

    def begin(self, work: Supervisor) -> None:
        """Begin the parts."""
        work.begin("calls of desks", "Desks on other machines are not served at the moment.", self._runner.run)
        work.begin("relay to desks", "Desks on other machines show nothing new at the moment.", self._relay.run)
        unseen = "Messages that other servers keep are answered late at the moment."
        work.begin("other servers", unseen, lambda: self._store.listen(self._look))

        lost = "Desks that have gone count as attended at the moment."
        work.begin("presence at desks", lost, self._judge_presence)
        work.begin("colleagues", "Colleagues do not see this desk at the moment.", self._desk.colleagues.run)

    async def _judge_presence(self) -> None:
        desk, claims = self._desk, ClaimKeeper(self._store, self._desk)
        while True:
            await asyncio.sleep(ATTEND_SECONDS)
            desk.presence.judge()
            with suppress(StoreError):  # it is told by itself, and looked at again
                await claims.follow_presence()

    def _look(self, topic: str) -> None:
        self._desk.colleagues.receive(topic)
        if topic in ("", "push"):
            self._look_for_pushes()
        if topic in ("", "command"):
            self._runner.look()
