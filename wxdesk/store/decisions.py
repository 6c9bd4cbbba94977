"""Why each message got its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from wxdesk.core.rules import Decision
from wxdesk.store.database import Database
from wxdesk.store.schema import decisions


class SqlDecisions:
    """Fills `desk.ports.Decisions`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def for_message(self, message_id: int) -> Decision | None:
        """The decision about a message."""
        return await self._one(select(decisions).where(decisions.c.message_id == message_id))

    async def latest(self, conversation_id: int) -> Decision | None:
        """The newest decision in a conversation."""
        of_thread = select(decisions).where(decisions.c.conversation_id == conversation_id)
        return await self._one(of_thread.order_by(decisions.c.id.desc()).limit(1))

    async def hits(self, since: datetime) -> dict[int, int]:
        """How often each rule was the one that spoke since `since`, by rule id."""
        query = (
            select(decisions.c.rule_id, func.count().label("hits"))
            .where(decisions.c.decided_at >= since, decisions.c.rule_id.is_not(None))
            .group_by(decisions.c.rule_id)
        )
        return await self._db.read(_hits, query)

    async def _one(self, query: Select[Any]) -> Decision | None:
        return await self._db.read(_decision, query)


def _hits(connection: Connection, query: Select[Any]) -> dict[int, int]:
    return {row.rule_id: row.hits for row in connection.execute(query)}


def _decision(connection: Connection, query: Select[Any]) -> Decision | None:
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Decision(**row)
