"""Commands that block and unblock a contact.

Rules do not answer a blocked contact, and messages from it are neither new nor raise attention. They stay
in the conversation. WeChat is not told; its own black list is another thing.
"""

from __future__ import annotations

from collections.abc import Callable

from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.core.errors import UnsettledReply
from wxdesk.core.events import ConversationChanged, Event, RepliesRecalled, ReplyChanged
from wxdesk.core.model.conversation import Author
from wxdesk.desk.ports.store import Clock, Store


class Blocking:
    """Commands about blocking; each returns after it is committed and published."""

    def __init__(self, store: Store, publish: Callable[[Event], None], clock: Clock) -> None:
        self._store = store
        self._publish = publish
        self._clock = clock

    async def block(self, conversation_id: int) -> bool:
        """Block a contact, cancel pending automatic replies and resolve the conversation.

        False if it could not be resolved because a reply in it is left to the operator. Raises `NotFound`.
        """
        await self._set(conversation_id, blocked=True)
        now = self._clock()
        for reply in await self._store.replies.cancel_automatic(conversation_id, Author.OPERATOR, now):
            self._publish(ReplyChanged(conversation_id, reply.id, reply.state))
        self._publish(RepliesRecalled(conversation_id))
        resolved = await self._resolved(conversation_id)
        self._publish(ConversationChanged(conversation_id))
        return resolved

    async def unblock(self, conversation_id: int) -> None:
        """Unblock a contact and reopen its conversation; raises `NotFound`."""
        await self._set(conversation_id, blocked=False)
        await self._store.aside.reopen(conversation_id)
        self._publish(ConversationChanged(conversation_id))

    async def _set(self, conversation_id: int, *, blocked: bool) -> None:
        contact = (await self._store.conversations.get(conversation_id)).contact
        await self._store.conversations.change_contact(contact.id, ContactChange(blocked=blocked))

    async def _resolved(self, conversation_id: int) -> bool:
        try:
            await self._store.aside.resolve(conversation_id, self._clock())
        except UnsettledReply:
            return False
        return True
