"""Events of the server that works, for desks on other machines."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select

from wxdesk.store.engine.database import CHANNEL, StorePart, reading, writing
from wxdesk.store.schema.team import relayed_events

MOST_READ = 500
"""Rows of ten seconds of a flood; who is further behind looks at everything."""


class Relayed(NamedTuple):
    """Rows after a cursor: their texts, the new cursor, and if others were left out."""

    texts: Sequence[str]
    cursor: int
    missed: bool


class RelayedEvents(StorePart):
    """The events, appended by one server at a time, so that ids tell their order."""

    @writing
    def append(self, connection: Connection, events: str, at: datetime, forget: datetime) -> None:
        """Store the events of a moment, and drop those from before `forget`."""
        connection.execute(relayed_events.insert().values(events=events, at=at))
        connection.execute(delete(relayed_events).where(relayed_events.c.at < forget))

    async def whisper(self, text: str) -> None:
        """Tell what nobody keeps to all who listen just now; it may be lost."""
        await self._db.write_at_once(_whisper, text)

    @reading
    def newest(self, connection: Connection) -> int:
        """Return the cursor behind all that is stored now."""
        return connection.scalar(select(func.max(relayed_events.c.id))) or 0

    @reading
    def after(self, connection: Connection, cursor: int) -> Relayed:
        """Return what came after `cursor`, oldest first."""
        after = select(relayed_events.c.id, relayed_events.c.events).where(relayed_events.c.id > cursor)
        rows = connection.execute(after.order_by(relayed_events.c.id).limit(MOST_READ + 1)).all()
        newest = rows[-1].id if rows else cursor
        if len(rows) > MOST_READ:
            return Relayed([], connection.scalar(select(func.max(relayed_events.c.id))) or newest, missed=True)
        oldest = connection.scalar(select(func.min(relayed_events.c.id))) or 0  # the newest is never dropped
        return Relayed([row.events for row in rows], newest, missed=cursor < oldest - 1)


def _whisper(connection: Connection, text: str) -> None:
    connection.execute(select(func.pg_notify(CHANNEL, text)))
