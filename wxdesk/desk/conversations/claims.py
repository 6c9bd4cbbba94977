"""Claims among colleagues: to take a conversation, give it back, hand it on.

Where nobody is signed in, nothing is claimed and nothing refused.
"""

import contextlib
from collections.abc import Callable

import msgspec

from wxdesk.core.conversations.changes import ContactChange
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

    async def claim_to_write(self, about: int, *, of_reply: bool = False) -> None:
        """Claim a conversation, or that of a reply, unless the operator has joined it."""
        me = acting_name()
        conversation_id = (await self._store.replies.get(about)).conversation_id if of_reply and me else about
        try:
            await self.claim(conversation_id)
        except ClaimedByColleague as error:
            if (conversation_id, me, str(error.values["name"])) not in self._joined:
                raise

    async def join(self, conversation_id: int) -> None:
        """Let the operator write into a conversation that a colleague keeps."""
        owner = (await self._store.conversations.get(conversation_id)).claimed_by
        self._joined.add((conversation_id, acting_name(), owner))

    async def take(self, conversation_id: int) -> None:
        """Claim a conversation even if a colleague has it; for leads."""
        await self._give(conversation_id, acting_name(), anyway=True)

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
        me = acting_name()
        await self._give(conversation_id, colleague, of=me)
        if note:
            contact = (await self._store.conversations.get(conversation_id)).contact
            line = ContactChange(line=f"{me} → @{colleague}: {note}")
            await self._store.conversations.change_contact(contact.id, line)
            self._publish(ConversationChanged(conversation_id))
        await self.call(ColleagueCalled(conversation_id, colleague, me, note))

    async def call(self, call: ColleagueCalled) -> None:
        """Call a colleague, who hears of it now or when their desk opens."""
        key = f"{CALL}{call.name}:{call.conversation_id}"
        await self._store.settings.set(key, msgspec.json.encode(call).decode())
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

    async def _give(self, conversation_id: int, name: str, of: str = "", *, anyway: bool = False) -> None:
        now = self._clock()
        owner, since = await self._store.claims.claim(conversation_id, name, now, of=of, anyway=anyway)
        if owner != name:
            seconds = max(0, round((now - since).total_seconds()))
            ago = Phrase("{n} min", n=seconds // 60) if seconds >= 60 else Phrase("{n} s", n=seconds)
            raise ClaimedByColleague(name=owner, ago=ago, conversation_id=conversation_id)
        if since == now:
            self._publish(ConversationChanged(conversation_id))
