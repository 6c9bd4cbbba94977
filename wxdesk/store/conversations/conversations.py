"""Contacts, and the conversations with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import required
from wxdesk.core.events import ColleagueCalled
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.store.engine.database import StorePart, read_by, write_by, writing
from wxdesk.store.schema.messaging import UNREAD, contacts, conversations
from wxdesk.store.schema.records import CONTACT, SELECT_CONVERSATIONS, conversation_of
from wxdesk.store.search import contact_values
from wxdesk.store.settings import CALL, put
from wxdesk.store.team.claims import claim


def get_conversation(connection: Connection, conversation_id: int) -> Conversation:
    """Return one conversation; raises `NotFound`."""
    query = SELECT_CONVERSATIONS.where(conversations.c.id == conversation_id)
    return conversation_of(required(connection.execute(query).one_or_none(), "conversation"))


def change_conversation(connection: Connection, conversation_id: int, values: Mapping[str, Any]) -> bool:
    """Change columns of a conversation; False if there is none."""
    change = update(conversations).where(conversations.c.id == conversation_id)
    return connection.execute(change.values(values)).rowcount > 0


def change_contact(
    connection: Connection, contact_id: int, change: ContactChange, calls: Sequence[ColleagueCalled] = ()
) -> bool:
    """Change a contact, and keep calls; False if it was so. Raises `NotFound`."""
    query = select(*CONTACT).where(contacts.c.id == contact_id).with_for_update()
    contact = Contact(**required(connection.execute(query).mappings().one_or_none(), "customer"))
    changed = change.applied_to(contact)
    connection.execute(update(contacts).where(contacts.c.id == contact_id).values(contact_values(changed)))
    for call in calls:
        put(connection, f"{CALL}{call.name}:{call.conversation_id}", msgspec.json.encode(call).decode())
    return changed != contact


class Conversations(StorePart):
    """Contacts, and the conversations with them."""

    get = read_by(get_conversation)
    change_contact = write_by(change_contact)

    @writing
    def mark_read(self, connection: Connection, conversation_id: int) -> bool:
        """Set unread to 0; False if it was 0 already."""
        change = update(conversations).where(conversations.c.id == conversation_id, UNREAD).values(unread=0)
        return connection.execute(change).rowcount > 0

    @writing
    def set_mode(self, connection: Connection, conversation_id: int, mode: ReplyMode | None) -> None:
        """Set the conversation's own mode; None inherits the account's; or `NotFound`."""
        required(change_conversation(connection, conversation_id, {"mode": mode}), "conversation")

    @writing
    def hand_on(
        self, connection: Connection, call: ColleagueCalled, at: datetime, line: str = ""
    ) -> tuple[str, datetime]:
        """Claim for a colleague, call them, and note a line; else as `claim`."""
        owner, since = claim(connection, call.conversation_id, call.name, at, of=call.by)
        if owner == call.name:
            contact = get_conversation(connection, call.conversation_id).contact
            change_contact(connection, contact.id, ContactChange(line=line), (call,))
        return owner, since
