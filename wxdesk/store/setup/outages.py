"""Times in which WeChat could not reach this desk."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.reach import Outage
from wxdesk.store.engine.database import StorePart, reading, writing
from wxdesk.store.schema.setup import outages

MOST_SHOWN = 2000
"""Newest outages that are read; a desk that is off at night has one a day."""


class Outages(StorePart):
    """The outages, of which at most one has no end."""

    @writing
    def begin(self, connection: Connection, began: datetime, verdict: CheckVerdict) -> None:
        """Store an outage that lasts; nothing happens if one does already."""
        if connection.scalar(select(outages.c.id).where(outages.c.ended.is_(None)).limit(1)) is None:
            connection.execute(insert(outages).values(began=began, verdict=verdict))

    @writing
    def end(self, connection: Connection, ended: datetime) -> None:
        """End the outage that lasts, if there is one."""
        connection.execute(update(outages).where(outages.c.ended.is_(None)).values(ended=ended))

    @reading
    def newest(self, connection: Connection) -> tuple[Outage, ...]:
        """Return the newest outages, oldest first."""
        rows = connection.execute(select(outages).order_by(outages.c.began.desc()).limit(MOST_SHOWN)).all()
        return tuple(Outage(row.began, row.ended, row.verdict) for row in reversed(rows))
