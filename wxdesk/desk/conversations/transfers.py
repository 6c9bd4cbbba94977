"""Transfers of contacts to WeChat's own customer-service tool.

WeChat takes a transfer in the answer to a push only (see `core.conversations.transfer`). An answer that
could become one is kept back until its message has been decided; for a while, because WeChat gives up after
five seconds. The decision claims the answer first, so that never both happen: a transfer is stored, and
`success` has left already.
"""

import asyncio
from collections.abc import Callable, Iterable

from msgspec import Struct, field

from wxdesk.core.conversations.transfer import is_message
from wxdesk.core.errors import StoreError
from wxdesk.core.model.push import Push
from wxdesk.store.conversations.transfers import TransferStore

PATIENCE = 3.0
"""Seconds for which an answer waits for its message's decision."""

COMMIT_SECONDS = 1.5
"""Further seconds while it is being stored; the sum stays below WeChat's five."""

type AccountKey = tuple[str, str]


class Transfers:
    """Contacts to be transferred, and the answers to pushes that wait for a decision.

    `may_arise` tells whether any rule transfers contacts, so that a message could be although nobody armed it.
    """

    def __init__(self, stored: TransferStore, may_arise: Callable[[], bool]) -> None:
        self._stored = stored
        self._may_arise = may_arise
        self._armed: set[AccountKey] = set()
        self._by_push: dict[int, _Answer] = {}
        self._by_key: dict[AccountKey, _Answer] = {}

    async def load(self) -> None:
        """Load from the store the contacts left armed by the last run."""
        self._armed = await self._stored.armed()

    async def arm(self, conversation_id: int, armed: bool) -> None:
        """Arm or disarm a transfer with the contact's next message; raises `NotFound`."""
        contact = await self._stored.arm(conversation_id, armed)
        self.note(contact, armed=armed)

    def note(self, contact: AccountKey, *, armed: bool) -> None:
        """Remember what the store now says about a contact."""
        if armed:
            self._armed.add(contact)
        else:
            self._armed.discard(contact)

    def hold(self, push_id: int, push: Push) -> bool:
        """Make `answer` wait if this new push could become a transfer; tell if so."""
        incoming = push.incoming
        if incoming is None or not is_message(incoming):
            return False
        if not self._may_arise() and (push.account, incoming.openid) not in self._armed:
            return False
        answer = _Answer((push.account, push.key))
        self._by_push[push_id] = self._by_key[answer.key] = answer
        return True

    async def answer(self, push: Push, *, new: bool) -> bool:
        """Tell whether the answer to this push, new or repeated, is a transfer.

        Raises:
            StoreError: it was decided, but is not stored yet; WeChat must ask again.
        """
        held = self._by_key.get((push.account, push.key))
        if held is not None:
            return await held.wait()
        return False if new else await self._stored.was_transferred(push.account, push.key)

    def claim(self, push_id: int) -> bool:
        """Reserve the answer to this push for a transfer; False if it does not wait."""
        answer = self._by_push.get(push_id)
        return answer is not None and answer.claim()

    def unclaim(self, push_ids: Iterable[int]) -> None:
        """Let these answers wait again because nothing could be stored."""
        for push_id in push_ids:
            if (answer := self._by_push.get(push_id)) is not None:
                answer.claimed = False

    def send_answer(self, push_id: int, *, transferred: bool) -> None:
        """Send the answer, if one waits: the decision is stored."""
        answer = self._by_push.pop(push_id, None)
        if answer is not None:
            del self._by_key[answer.key]
            answer.decided.set_result(transferred)


class _Answer(Struct, eq=False):
    """An answer that waits for a decision; `claimed` while that makes it a transfer."""

    key: AccountKey
    claimed: bool = False
    _left: bool = False
    decided: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def claim(self) -> bool:
        self.claimed = not self._left
        return self.claimed

    async def wait(self) -> bool:
        try:
            return await self._within(PATIENCE)
        except TimeoutError:
            self._left = not self.claimed
        if self._left:
            return False
        try:
            return await self._within(COMMIT_SECONDS)
        except TimeoutError:
            self._left = not self.claimed
            raise StoreError(reason="The transfer could not be stored in time.") from None

    async def _within(self, seconds: float) -> bool:
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self.decided)  # a repeated push may wait for it as well
