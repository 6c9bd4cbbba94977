"""All rows of one person, removed in one transaction.

Of WeChat's pushes the key stays, a hash: a push that WeChat repeats would bring the message back otherwise.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, LargeBinary, bindparam, delete, exists, func, select, true, update

from wxdesk.core.errors import BadInput, NotFound, required
from wxdesk.core.model.erasure import Erasure
from wxdesk.core.model.reply import ReplyState
from wxdesk.store.engine.database import Database, StorePart
from wxdesk.store.schema.authored import settings
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import contacts, conversations, messages, raw_pushes, replies
from wxdesk.store.schema.records import person_in
from wxdesk.store.schema.team import relayed_events
from wxdesk.store.settings import CALL
from wxdesk.store.setup.account_rows import delete_rows, pictures_only_of, rows_below

SENDING = "A reply to this customer is just being sent. Try again in a moment."


class PersonRows(StorePart):
    """The rows of one person, in every table; `scrub` overwrites what was removed."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.scrub = db.scrub

    async def erase(self, conversation_id: int, silent_since: datetime | None = None) -> tuple[Erasure, list[str]]:
        """Remove everything about the person of a conversation; `scrub` its bytes then.

        Returns the receipt, and the pictures that nothing names any more.

        Raises:
            NotFound: there is no such conversation, or none in which nothing was said since `silent_since`.
            BadInput: a reply is under way to that person.
        """
        pushes = await self._db.read(_other_pushes, conversation_id, silent_since)
        return await self._db.write(_erase, conversation_id, pushes, silent_since)

    async def silent(self, account: str, since: datetime) -> list[int]:
        """Return the conversations of an account in which nothing was said since `since`."""
        query = select(conversations.c.id).where(conversations.c.account == account, conversations.c.last_at < since)
        return list(await self._db.read(lambda connection: connection.scalars(query).all()))


def _other_pushes(connection: Connection, conversation_id: int, silent_since: datetime | None) -> list[int]:
    """Find the pushes that name the person and became no message, such as events.

    Raises `NotFound` if one since `silent_since` may still become a message: the person is not silent.
    """
    account, openid = person_in(connection, conversation_id)
    find = func.instr if connection.dialect.name == "sqlite" else func.pg_catalog.position
    named = find(raw_pushes.c.body, bindparam("openid", openid.encode(), LargeBinary)) > 0
    made = exists().where(messages.c.push_id == raw_pushes.c.id)
    query = select(raw_pushes.c.id, raw_pushes.c.derived, raw_pushes.c.received_at)
    found = connection.execute(query.where(raw_pushes.c.account == account, ~made, named)).all()
    if silent_since is not None and any(not push.derived and push.received_at >= silent_since for push in found):
        raise NotFound("conversation")
    return [push.id for push in found]


def _erase(
    connection: Connection, conversation_id: int, pushes: Collection[int], silent_since: datetime | None
) -> tuple[Erasure, list[str]]:
    account, openid = person_in(connection, conversation_id)
    states = select(replies.c.state).where(replies.c.conversation_id == conversation_id)
    if ReplyState.SENDING in connection.scalars(states.with_for_update()).all():  # and none is claimed from now on
        raise BadInput(reason=SENDING)
    silent = true() if silent_since is None else conversations.c.last_at < silent_since
    found = select(conversations.c.contact_id).where(conversations.c.id == conversation_id, silent)
    contact = required(connection.scalar(found.with_for_update()), "conversation")
    owned = rows_below({contacts: contacts.c.id.in_([contact])})
    of_messages = select(messages.c.push_id).where(messages.c.conversation_id == conversation_id)
    ids = {*pushes, *connection.scalars(of_messages)}
    shown = pictures_only_of(connection, owned)
    counts = delete_rows(connection, owned, shown)
    change = update(raw_pushes).where(Among(raw_pushes.c.id, ids))
    connection.execute(change.values(body=b"", note="", derived=True))
    called = f'"ColleagueCalled",{{"conversation_id":{conversation_id},'
    for row in connection.execute(select(relayed_events).where(relayed_events.c.events.contains(called))).all():
        packed = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in json.loads(row.events))
        others = f"[{','.join(one for one in packed if called not in one)}]"
        connection.execute(update(relayed_events).where(relayed_events.c.id == row.id).values(events=others))
    connection.execute(delete(settings).where(settings.c.key.like(f"{CALL}%:{conversation_id}")))
    person = hashlib.sha256(openid.encode()).hexdigest()[:12]
    return Erasure(account, person, counts[messages], counts[replies], len(shown), len(ids)), shown
