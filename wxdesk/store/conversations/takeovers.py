"""Takeovers of conversations, with an end or without one."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from wxdesk.core.conversations.takeover import Takeover, TakeoverByWriting, takeover_after_writing
from wxdesk.core.errors import required
from wxdesk.core.model.conversation import Conversation
from wxdesk.store.conversations.conversations import change_conversation
from wxdesk.store.engine.database import StorePart, writing
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import NO_TAKEOVER, NOT_CALLED, conversations
from wxdesk.store.schema.records import SELECT_CONVERSATIONS, conversation_of, load_conversations, moment_of

_until = conversations.c.taken_over_until
_ENDLESS = conversations.c.taken_over & _until.is_(None)


class TakeoverStore(StorePart):
    """Takeovers: how they begin, are postponed and end."""

    async def ending(self, after: datetime) -> list[Conversation]:
        """Return conversations whose takeover ends or ended after `after`, earliest first."""
        query = SELECT_CONVERSATIONS.where(_until > after).order_by(_until, conversations.c.id)
        return await self._db.read(load_conversations, query)

    async def endless(self) -> list[Conversation]:
        """Return the conversations taken over until an operator hands them back."""
        query = SELECT_CONVERSATIONS.where(_ENDLESS).order_by(conversations.c.id)
        return await self._db.read(load_conversations, query)

    @writing
    def end_open_ended(self, connection: Connection, at: datetime) -> list[Conversation]:
        """End all those takeovers at `at`; return the conversations as they are then."""
        change = update(conversations).where(_ENDLESS).values(taken_over_until=at).returning(conversations.c.id)
        ids = list(connection.scalars(change))
        query = SELECT_CONVERSATIONS.where(Among(conversations.c.id, ids)).order_by(conversations.c.id)
        return load_conversations(connection, query)

    async def end_of(self, conversation_id: int) -> datetime | None:
        """Return the time at which a takeover ends or ended by itself, if it has one."""
        return await self._db.read(moment_of, select(_until).where(conversations.c.id == conversation_id))

    @writing
    def postpone_end(self, connection: Connection, conversation_id: int, known: datetime, until: datetime) -> bool:
        """Move a takeover's end from `known` to `until`; False if it has another, or none."""
        its = (conversations.c.id == conversation_id) & (_until == known)
        return connection.execute(update(conversations).where(its).values(taken_over_until=until)).rowcount > 0

    @writing
    def end(self, connection: Connection, conversation_id: int, now: datetime) -> Conversation | None:
        """Delete a takeover that is over by `now`; return the conversation before that.

        None if it is not over. Where the contact still waits, the takeover is kept: rules do not answer what was
        left to an operator.
        """
        query = SELECT_CONVERSATIONS.where(conversations.c.id == conversation_id, _until <= now)
        row = connection.execute(query.with_for_update(of=conversations)).one_or_none()
        if row is None:
            return None
        ended = conversation_of(row)
        if not ended.awaits_answer:
            change_conversation(connection, conversation_id, NO_TAKEOVER)
        return ended

    async def hand_back(self, conversation_id: int) -> None:
        """Hand the conversation back to the rules; raises `NotFound`."""
        await self._db.write(set_takeover, conversation_id, None)


def _values(takeover: Takeover | None) -> dict[str, Any]:
    return NO_TAKEOVER if takeover is None else takeover.fields


def _locked(connection: Connection, conversation_id: int) -> Takeover | None:
    columns = (conversations.c[name] for name in NO_TAKEOVER)
    query = select(*columns).where(conversations.c.id == conversation_id).with_for_update(key_share=True)
    taken, *how = required(connection.execute(query).one_or_none(), "conversation")
    return Takeover(*how) if taken else None


def set_takeover(connection: Connection, conversation_id: int, takeover: Takeover | None) -> None:
    """Begin or end a takeover, and with it attention; raises `NotFound`."""
    required(change_conversation(connection, conversation_id, _values(takeover) | NOT_CALLED), "conversation")


def take_over_by_writing(
    connection: Connection, conversation_id: int, now: datetime, span: timedelta
) -> TakeoverByWriting:
    """Take over for `span` because an operator writes at `now`; raises `NotFound`."""
    before = _locked(connection, conversation_id)
    after = takeover_after_writing(before, now, span)
    if after != before:
        change_conversation(connection, conversation_id, _values(after) | NOT_CALLED)
    return TakeoverByWriting(before, after)


def restore_takeover(connection: Connection, conversation_id: int, writing: TakeoverByWriting) -> bool:
    """Restore the takeover before `writing`; False if it has changed since."""
    as_left = _locked(connection, conversation_id) == writing.after
    if as_left:
        change_conversation(connection, conversation_id, _values(writing.before))
    return as_left
