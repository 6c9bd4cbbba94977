"""Claims among colleagues: to take a conversation, give it back, hand it on.

Where nobody is signed in, nothing is claimed and nothing refused.
"""

import contextlib
from collections.abc import Callable
from datetime import timedelta

import msgspec

from wxdesk.core.errors import ClaimedByColleague, Phrase
from wxdesk.core.events import ColleagueCalled, ConversationChanged, Event
from wxdesk.core.model.operator import acting_name
from wxdesk.desk.ports import Clock
from wxdesk.store import Store
from wxdesk.store.settings import CALL


class Claims:
    """The operator's commands about who has a conversation; all raise `NotFound`."""

    def __init__(self, store: Store, publish: Callable[[Event], None], clock: Clock) -> None:
        self._store = store
        self._publish = publish
        self._clock = clock
        self._joined: set[tuple[int, str, str]] = set()
        self.declined: set[tuple[int, str]] = set()
        """Conversations that operators gave back, which are not handed out to them again."""

    async def claim(self, conversation_id: int) -> None:
        """Claim a conversation; raises `ClaimedByColleague`."""
        if me := acting_name():
            await self._give(conversation_id, me)

    async def claim_to_write(self, conversation_id: int) -> None:
        """Claim a conversation, unless the operator has joined it."""
        try:
            await self.claim(conversation_id)
        except ClaimedByColleague as error:
            if (conversation_id, acting_name(), str(error.values["name"])) not in self._joined:
                raise

    async def claim_to_change(self, reply_id: int) -> None:
        """Claim the conversation of a reply, unless the operator has joined it."""
        if acting_name():
            await self.claim_to_write((await self._store.replies.get(reply_id)).conversation_id)

    async def join(self, conversation_id: int) -> None:
        """Let the operator write into a conversation that a colleague keeps."""
        owner = (await self._store.conversations.get(conversation_id)).claimed_by
        self._joined.add((conversation_id, acting_name(), owner))

    async def take(self, conversation_id: int) -> None:
        """Claim a conversation from a colleague, who is told; for leads."""
        owner, me = (await self._store.conversations.get(conversation_id)).claimed_by, acting_name()
        await self._give(conversation_id, me, anyway=True)
        if owner not in ("", me):
            self._publish(ColleagueCalled(conversation_id, owner, me, taken=True))

    async def give_back(self, conversation_id: int) -> None:
        """End the operator's claim, so that nobody has the conversation."""
        if await self._store.claims.give_back(conversation_id, acting_name()):
            self.declined.add((conversation_id, acting_name()))
            self._publish(ConversationChanged(conversation_id))

    async def hand_to(self, conversation_id: int, colleague: str, note: str = "") -> None:
        """Give the operator's conversation, or nobody's, to a colleague, with a note.

        Raises:
            ClaimedByColleague: another colleague has it.
        """
        now, me = self._clock(), acting_name()
        call = ColleagueCalled(conversation_id, colleague, me, note)
        line = f"{me} → @{colleague}: {note}" if note else ""
        owner, since = await self._store.conversations.hand_on(call, now, line)
        if owner != colleague:
            raise _claimed(conversation_id, owner, now - since)
        self._publish(ConversationChanged(conversation_id))
        self._publish(call)

    async def unseen(self, name: str) -> list[ColleagueCalled]:
        """Return the calls that an operator has not seen, but those of a newer program."""
        found: list[ColleagueCalled] = []
        for kept in (await self._store.settings.beginning(CALL)).values() if name else ():
            with contextlib.suppress(msgspec.MsgspecError):
                found.append(msgspec.json.decode(kept, type=ColleagueCalled))
        return [call for call in found if call.name == name]

    async def see(self, conversation_id: int) -> None:
        """Forget that a colleague called the operator there."""
        await self._store.settings.drop(f"{CALL}{acting_name()}:{conversation_id}")

    async def _give(self, conversation_id: int, name: str, *, anyway: bool = False) -> None:
        now = self._clock()
        owner, since = await self._store.claims.claim(conversation_id, name, now, anyway=anyway)
        if owner != name:
            raise _claimed(conversation_id, owner, now - since)
        if since == now:
            self._publish(ConversationChanged(conversation_id))


def _claimed(conversation_id: int, owner: str, since: timedelta) -> ClaimedByColleague:
    seconds = max(0, round(since.total_seconds()))
    ago = Phrase("{n} min", n=seconds // 60) if seconds >= 60 else Phrase("{n} s", n=seconds)
    return ClaimedByColleague(name=owner, ago=ago, conversation_id=conversation_id)
