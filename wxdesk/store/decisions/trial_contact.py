"""Stored contacts for a rule trial: the search by name, and their present state."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.rules.resolution import ConversationContext
from wxdesk.store.decisions import rule_facts as rule_facts
from wxdesk.store.decisions.superseding import pending_in
from wxdesk.store.replies.quota_counts import UnsentCount, unsent_counts
from wxdesk.store.schema import contacts, conversations
from wxdesk.store.schema.records import conversation_of, select_conversations


def find_contacts(connection: Connection, phrase: str, accounts: Collection[str], limit: int) -> list[Conversation]:
    """Find contacts by a part of their alias or an end of their openid, newest first."""
    query = select_conversations().where(conversations.c.account.in_(accounts))
    if phrase:
        # First the contacts, in one pass: a rare name sought from the newest conversation on takes ten times as long.
        query = query.where(
            conversations.c.contact_id.in_(select(contacts.c.id).where(_name_matches(phrase, connection.dialect.name)))
        )
    newest = query.order_by(conversations.c.last_at.desc(), conversations.c.id.desc()).limit(limit)
    return [conversation_of(row) for row in connection.execute(newest)]


def _name_matches(phrase: str, engine: str) -> ColumnElement[bool]:
    """Match a phrase in any case; SQLite's LIKE does so, and faster, without `lower`."""
    alias, openid = contacts.c.alias, contacts.c.openid
    if engine == "sqlite":
        begins, ends = openid.startswith(phrase, autoescape=True), openid.endswith(phrase, autoescape=True)
        return or_(alias.contains(phrase, autoescape=True), begins, ends)
    begins, ends = openid.istartswith(phrase, autoescape=True), openid.iendswith(phrase, autoescape=True)
    return or_(alias.icontains(phrase, autoescape=True), begins, ends)


def load_for_trial(connection: Connection, thread: Conversation, now: datetime) -> ConversationContext:
    """Return a conversation with all that its next message would meet."""
    left = unsent_counts(connection, [thread.id]).get(thread.id, UnsentCount())
    waiting = pending_in(connection, [thread.id]) if left.waits else {}
    return ConversationContext(
        thread, rule_facts.history_so_far(connection, thread, now), left.promised, waiting.get(thread.id, ())
    )
