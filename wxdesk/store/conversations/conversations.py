"""Contacts, and the conversations with them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, Update, or_, select, update

from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.core.errors import NotFound
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Contact, Conversation
from wxdesk.store.engine.database import Database
from wxdesk.store.schema.messaging import UNREAD, contacts, conversations
from wxdesk.store.schema.records import conversation_of, load_conversations, select_conversations


class Conversations:
    """Contacts, and the conversations with them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, conversation_id: int) -> Conversation:
        """Return one conversation; raises `NotFound`."""
        return await self._db.read(get_conversation, conversation_id)

    async def mark_read(self, conversation_id: int) -> bool:
        """Set unread to 0; False if it was 0 already."""
        change = update(conversations).where(conversations.c.id == conversation_id, UNREAD).values(unread=0)
        return await self._db.write(_changes, change)

    async def set_mode(self, conversation_id: int, mode: ReplyMode | None) -> None:
        """Set the conversation's own mode; None inherits the account's; or `NotFound`."""
        change = update(conversations).where(conversations.c.id == conversation_id).values(mode=mode)
        if not await self._db.write(_changes, change):
            raise NotFound("conversation")

    async def change_contact(self, contact_id: int, change: ContactChange) -> None:
        """Change a contact as it is now, in one transaction; raises `NotFound`."""
        await self._db.write(change_contact, contact_id, change)

    async def named(self, phrase: str, accounts: Collection[str], limit: int = 20) -> list[Conversation]:
        """Find conversations by their contact's alias or openid, newest first.

        An alias must contain `phrase`, an openid begin or end with it. An empty phrase finds all of these accounts.
        """
        return await self._db.read(_named, phrase, accounts, limit)


def _changes(connection: Connection, change: Update) -> bool:
    return connection.execute(change).rowcount > 0


def get_conversation(connection: Connection, conversation_id: int) -> Conversation:
    """Return one conversation; raises `NotFound`."""
    query = select_conversations().where(conversations.c.id == conversation_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("conversation")
    return conversation_of(row)


def change_contact(connection: Connection, contact_id: int, change: ContactChange) -> bool:
    """Change a contact; False if it was so already. Raises `NotFound`."""
    query = select(contacts).where(contacts.c.id == contact_id).with_for_update()
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("contact")
    contact = Contact(**row)
    changed = change.applied_to(contact)
    values = {"alias": changed.alias, "note": changed.note, "tags": changed.tags, "blocked": changed.blocked}
    connection.execute(update(contacts).where(contacts.c.id == contact_id).values(values))
    return changed != contact


def _named(connection: Connection, phrase: str, accounts: Collection[str], limit: int) -> list[Conversation]:
    query = select_conversations().where(conversations.c.account.in_(accounts))
    if phrase:
        # First the contacts, in one pass: a rare name sought from the newest conversation on takes ten times as long.
        query = query.where(
            conversations.c.contact_id.in_(select(contacts.c.id).where(_name_matches(phrase, connection.dialect.name)))
        )
    newest = query.order_by(conversations.c.last_at.desc(), conversations.c.id.desc()).limit(limit)
    return load_conversations(connection, newest)


def _name_matches(phrase: str, engine: str) -> ColumnElement[bool]:
    """Match a phrase in any case; SQLite's LIKE does so, and faster, without `lower`."""
    alias, openid = contacts.c.alias, contacts.c.openid
    if engine == "sqlite":
        begins, ends = openid.startswith(phrase, autoescape=True), openid.endswith(phrase, autoescape=True)
        return or_(alias.contains(phrase, autoescape=True), begins, ends)
    begins, ends = openid.istartswith(phrase, autoescape=True), openid.iendswith(phrase, autoescape=True)
    return or_(alias.icontains(phrase, autoescape=True), begins, ends)
