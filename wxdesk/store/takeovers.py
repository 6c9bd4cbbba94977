"""Takeovers that end by themselves, among the conversations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from wxdesk.core.model import Conversation
from wxdesk.store.database import Database
from wxdesk.store.records import conversation_of, select_conversations
from wxdesk.store.schema import conversations

_until = conversations.c.taken_over_until
_ENDLESS = conversations.c.taken_over & _until.is_(None)


class SqlTakeovers:
    """Fills `desk.takeover_ports.TimedTakeovers`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def ending(self, after: datetime) -> list[Conversation]:
        """Those whose time ends later than `after`, the first to end first."""
        return await self._db.read(_ending, after)

    async def endless(self) -> list[Conversation]:
        """Those that a human has until he hands them back."""
        return await self._db.read(_endless)

    async def end_endless(self, at: datetime) -> list[Conversation]:
        """Let all of these end at `at`; they, as they are then."""
        return await self._db.write(_end_endless, at)

    async def end_of(self, conversation_id: int) -> datetime | None:
        """When a takeover ends, or ended, by itself."""
        return await self._db.read(_end_of, conversation_id)

    async def end(self, conversation_id: int, now: datetime) -> Conversation | None:
        """Forget a takeover whose time is over by `now`, unless somebody still waits; None if it is not over."""
        return await self._db.write(_end, conversation_id, now)


def _ending(connection: Connection, after: datetime) -> list[Conversation]:
    query = select_conversations().where(_until > after).order_by(_until, conversations.c.id)
    return [conversation_of(row) for row in connection.execute(query)]


def _endless(connection: Connection) -> list[Conversation]:
    query = select_conversations().where(_ENDLESS).order_by(conversations.c.id)
    return [conversation_of(row) for row in connection.execute(query)]


def _end_endless(connection: Connection, at: datetime) -> list[Conversation]:
    change = update(conversations).where(_ENDLESS).values(taken_over_until=at).returning(conversations.c.id)
    ids = list(connection.scalars(change))
    query = select_conversations().where(conversations.c.id.in_(ids)).order_by(conversations.c.id)
    return [conversation_of(row) for row in connection.execute(query)] if ids else []


def _end_of(connection: Connection, conversation_id: int) -> datetime | None:
    until: datetime | None = connection.scalar(select(_until).where(conversations.c.id == conversation_id))
    return until


def _end(connection: Connection, conversation_id: int, now: datetime) -> Conversation | None:
    query = select_conversations().where(conversations.c.id == conversation_id, _until <= now)
    row = connection.execute(query.with_for_update(of=conversations)).one_or_none()
    if row is None:
        return None
    ended = conversation_of(row)
    if not ended.awaits:
        change = update(conversations).where(conversations.c.id == conversation_id)
        connection.execute(change.values(taken_over=False, taken_over_until=None, takeover_silence=None))
    return ended
