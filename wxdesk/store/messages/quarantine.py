"""Pushes that WeChat signed but this program could not read, with the reason."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, false, func, select, update

from wxdesk.core.model.push import KeptPush
from wxdesk.store.engine.database import Database
from wxdesk.store.schema.messaging import UNREADABLE, raw_pushes


class QuarantineStore:
    """Signed pushes that could not be read."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def size(self) -> int:
        """Return the number of unreadable pushes."""
        return await self._db.read(_size)

    async def page(self, before_id: int | None = None, limit: int = 200) -> list[KeptPush]:
        """Return unreadable pushes with ids below `before_id` (all if None), newest first."""
        query = select(raw_pushes).where(UNREADABLE).order_by(raw_pushes.c.id.desc()).limit(limit)
        if before_id is not None:
            query = query.where(raw_pushes.c.id < before_id)
        return await self._db.read(_list, query)

    async def release(self, ids: Collection[int]) -> list[int]:
        """Release these pushes for deriving; return the ids of those that were still here."""
        change = update(raw_pushes).where(raw_pushes.c.id.in_(ids), UNREADABLE).values(note="", derived=false())
        return await self._db.write(_released, change.returning(raw_pushes.c.id))


def _size(connection: Connection) -> int:
    return connection.scalar(select(func.count()).where(UNREADABLE)) or 0


def _list(connection: Connection, query: Select[Any]) -> list[KeptPush]:
    return [KeptPush(**row) for row in connection.execute(query).mappings()]


def _released(connection: Connection, change: Any) -> list[int]:  # noqa: ANN401 - an UPDATE that returns ids
    return sorted(connection.scalars(change))
