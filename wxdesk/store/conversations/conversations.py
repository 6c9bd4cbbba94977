"""Contacts, and the conversations with them."""

from sqlalchemy import Connection, select, update

from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import NotFound
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.store.engine.database import StorePart, writing
from wxdesk.store.schema.messaging import UNREAD, contacts, conversations
from wxdesk.store.schema.records import CONTACT, conversation_of, select_conversations
from wxdesk.store.search import contact_values


class Conversations(StorePart):
    """Contacts, and the conversations with them."""

    async def get(self, conversation_id: int) -> Conversation:
        """Return one conversation; raises `NotFound`."""
        return await self._db.read(get_conversation, conversation_id)

    @writing
    def mark_read(self, connection: Connection, conversation_id: int) -> bool:
        """Set unread to 0; False if it was 0 already."""
        change = update(conversations).where(conversations.c.id == conversation_id, UNREAD).values(unread=0)
        return connection.execute(change).rowcount > 0

    @writing
    def set_mode(self, connection: Connection, conversation_id: int, mode: ReplyMode | None) -> None:
        """Set the conversation's own mode; None inherits the account's; or `NotFound`."""
        change = update(conversations).where(conversations.c.id == conversation_id).values(mode=mode)
        if connection.execute(change).rowcount == 0:
            raise NotFound("conversation")

    async def change_contact(self, contact_id: int, change: ContactChange) -> None:
        """Change a contact as it is now, in one transaction; raises `NotFound`."""
        await self._db.write(change_contact, contact_id, change)


def get_conversation(connection: Connection, conversation_id: int) -> Conversation:
    """Return one conversation; raises `NotFound`."""
    query = select_conversations().where(conversations.c.id == conversation_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("conversation")
    return conversation_of(row)


def change_contact(connection: Connection, contact_id: int, change: ContactChange) -> bool:
    """Change a contact; False if it was so already. Raises `NotFound`."""
    query = select(*CONTACT).where(contacts.c.id == contact_id).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("contact")
    contact = Contact(**row)
    changed = change.applied_to(contact)
    connection.execute(update(contacts).where(contacts.c.id == contact_id).values(contact_values(changed)))
    return changed != contact
