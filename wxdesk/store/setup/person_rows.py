"""All rows of one person, removed in one transaction.

Of WeChat's pushes the key stays, a hash: a push that WeChat repeats would bring the message back otherwise.
"""

import hashlib
from collections.abc import Collection
from datetime import datetime
from itertools import batched

from sqlalchemy import Connection, LargeBinary, bindparam, delete, exists, func, select, update

from wxdesk.core.errors import BadInput, NotFound
from wxdesk.core.model.erasure import Erasure
from wxdesk.core.model.remote_call import CommandState
from wxdesk.core.model.reply import ReplyState
from wxdesk.store.engine.database import MAX_IDS, Database, StorePart
from wxdesk.store.schema.messaging import (
    contacts,
    conversations,
    messages,
    picture_chunks,
    pictures,
    raw_pushes,
    replies,
    uploads,
)
from wxdesk.store.schema.team import commands
from wxdesk.store.setup.account_rows import pictures_only_of, rows_below

SENDING = "A reply to this customer is just being sent. Try again in a moment."


class PersonRows(StorePart):
    """The rows of one person, in every table; `scrub` overwrites what was removed."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.scrub = db.scrub

    async def erase(self, conversation_id: int) -> tuple[Erasure, list[str]]:
        """Remove everything about the person of a conversation; `scrub` its bytes then.

        Returns the receipt, and the pictures that nothing names any more.

        Raises:
            NotFound: there is no such conversation.
            BadInput: a reply is under way to that person.
        """
        pushes = await self._db.read(_other_pushes, conversation_id)
        return await self._db.write(_erase, conversation_id, pushes)

    async def silent(self, account: str, since: datetime) -> list[int]:
        """Return the conversations of an account in which nothing was said since `since`."""
        query = select(conversations.c.id).where(conversations.c.account == account, conversations.c.last_at < since)
        return list(await self._db.read(lambda connection: connection.scalars(query).all()))


def _other_pushes(connection: Connection, conversation_id: int) -> list[int]:
    """Find the pushes that name the person and became no message, such as events."""
    account, openid = _person(connection, conversation_id)
    find = func.instr if connection.dialect.name == "sqlite" else func.pg_catalog.position
    named = find(raw_pushes.c.body, bindparam("openid", openid.encode(), LargeBinary)) > 0
    made = exists().where(messages.c.push_id == raw_pushes.c.id)
    return list(connection.scalars(select(raw_pushes.c.id).where(raw_pushes.c.account == account, ~made, named)))


def _person(connection: Connection, conversation_id: int) -> tuple[str, str]:
    query = select(contacts.c.account, contacts.c.openid).join_from(conversations, contacts)
    found = connection.execute(query.where(conversations.c.id == conversation_id)).one_or_none()
    if found is None:
        raise NotFound("conversation")
    return found.account, found.openid


def _erase(connection: Connection, conversation_id: int, pushes: Collection[int]) -> tuple[Erasure, list[str]]:
    account, openid = _person(connection, conversation_id)
    here = replies.c.conversation_id == conversation_id
    if connection.scalar(select(exists().where(here, replies.c.state == ReplyState.SENDING))):
        raise BadInput(reason=SENDING)
    contact = select(conversations.c.contact_id).where(conversations.c.id == conversation_id)
    owned = rows_below({contacts: contacts.c.id.in_([connection.scalar(contact)])})
    of_messages = select(messages.c.push_id).where(messages.c.conversation_id == conversation_id)
    ids = {*pushes, *connection.scalars(of_messages)}
    shown = pictures_only_of(connection, owned)
    counts = {table: (connection.execute(delete(table).where(owned[table]))).rowcount for table in reversed(owned)}
    for some in batched(ids, MAX_IDS):
        change = update(raw_pushes).where(raw_pushes.c.id.in_(some))
        connection.execute(change.values(body=b"", note="", derived=True))
    for table in (pictures, picture_chunks, uploads):
        connection.execute(delete(table).where(table.c.digest.in_(shown)))
    connection.execute(delete(commands).where(commands.c.state.not_in((CommandState.PENDING, CommandState.BEGUN))))
    person = hashlib.sha256(openid.encode()).hexdigest()[:12]
    return Erasure(account, person, counts[messages], counts[replies], len(shown), len(ids)), shown
