"""Handing contacts over to WeChat's own tool: who shall be, and which answers to WeChat can still do it.

WeChat takes a transfer in the answer of a push only (see `core.transfer`). An answer that could become one is kept back
until its message has been decided; for a while, because WeChat gives up after five seconds. Whoever decides claims the
answer first, so that never both happen: a transfer is stored, and `success` has left already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from wxdesk.core.conversations.transfer import is_message
from wxdesk.core.errors import StoreError
from wxdesk.core.model.push import Push
from wxdesk.desk.ports.transfers import Transfers as Stored

PATIENCE = 3.0
"""Seconds for which an answer waits for the decision of its message."""

COMMITTING = 1.5
"""Seconds more while that decision is being stored. Both together stay below WeChat's five."""

type Key = tuple[str, str]


class Transfers:
    """Knows the contacts that are to be handed over, and holds the answers that wait.

    `may_arise` tells whether a message could be handed over although nobody armed it: whether any rule does that.
    """

    def __init__(self, stored: Stored, may_arise: Callable[[], bool], patience: float = PATIENCE) -> None:
        self._stored = stored
        self._may_arise = may_arise
        self._patience = patience
        self._armed: set[Key] = set()
        self._by_push: dict[int, _Answer] = {}
        self._by_key: dict[Key, _Answer] = {}

    async def load(self) -> None:
        """Learn from the store whom the last run left armed."""
        self._armed = await self._stored.armed()

    async def arm(self, conversation_id: int, armed: bool) -> None:
        """Hand the contact over with his next message, or do not; raises `NotFound`."""
        contact = await self._stored.arm(conversation_id, armed)
        self.note(contact, armed=armed)

    def note(self, contact: Key, *, armed: bool) -> None:
        """Remember what the store says about a contact by now."""
        if armed:
            self._armed.add(contact)
        else:
            self._armed.discard(contact)

    def hold(self, push_id: int, push: Push) -> None:
        """Keep the answer to a new push back if it could hand its sender over; `answer` waits for it then."""
        incoming = push.incoming
        if incoming is None or not is_message(incoming):
            return
        if (push.account, incoming.openid) in self._armed or self._may_arise():
            answer = _Answer((push.account, push.key))
            self._by_push[push_id] = self._by_key[answer.key] = answer

    async def answer(self, push: Push, *, new: bool) -> bool:
        """Whether the answer to this push hands its sender over; a repeated push gets what the first one got.

        Raises:
            StoreError: it was decided, but is not stored yet; WeChat must ask again.
        """
        held = self._by_key.get((push.account, push.key))
        if held is not None:
            return await held.wait(self._patience)
        return False if new else await self._stored.was_transferred(push.account, push.key)

    def claim(self, push_id: int) -> bool:
        """Make the answer to this push a transfer, once that is stored; False if it has left or never waited."""
        answer = self._by_push.get(push_id)
        return answer is not None and answer.claim()

    def unclaim(self, push_ids: Iterable[int]) -> None:
        """Nothing could be stored: these answers wait again."""
        for push_id in push_ids:
            if (answer := self._by_push.get(push_id)) is not None:
                answer.claimed = False

    def settle(self, push_id: int, *, transferred: bool) -> None:
        """Let the answer go, if one waits: what was decided about it is stored."""
        answer = self._by_push.pop(push_id, None)
        if answer is not None:
            del self._by_key[answer.key]
            answer.let_go(transferred=transferred)


class _Answer:
    """An answer that waits for its message's decision; `claimed` while that makes a transfer of it."""

    __slots__ = ("_decided", "_left", "claimed", "key")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.claimed = False
        self._left = False
        self._decided: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def claim(self) -> bool:
        self.claimed = not self._left
        return self.claimed

    def let_go(self, *, transferred: bool) -> None:
        if not self._decided.done():
            self._decided.set_result(transferred)

    async def wait(self, seconds: float) -> bool:
        try:
            return await self._within(seconds)
        except TimeoutError:
            self._left = not self.claimed
        if self._left:
            return False
        try:
            return await self._within(COMMITTING)
        except TimeoutError:
            self._left = not self.claimed
            raise StoreError(reason="The transfer could not be stored in time.") from None

    async def _within(self, seconds: float) -> bool:
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self._decided)  # a repeated push may wait for it as well
