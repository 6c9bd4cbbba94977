"""Small facts that must survive a restart, such as the pause."""

from __future__ import annotations

from sqlalchemy import select

from wxdesk.store.database import Database
from wxdesk.store.schema import settings
from wxdesk.store.whole import every_call_whole


@every_call_whole
class SqlSettings:
    """Fills `desk.ports.Settings`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def get(self, key: str) -> str | None:
        """The stored value."""
        async with self._db.read() as connection:
            value: str | None = await connection.scalar(select(settings.c.value).where(settings.c.key == key))
        return value

    async def set(self, key: str, value: str) -> None:
        """Store a value."""
        insert = self._db.insert(settings).values(key=key, value=value)
        statement = insert.on_conflict_do_update(index_elements=[settings.c.key], set_={"value": insert.excluded.value})
        async with self._db.write() as connection:
            await connection.execute(statement)
