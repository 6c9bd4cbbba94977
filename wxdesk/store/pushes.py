"""Raw pushes: kept byte for byte, once for ever, before WeChat gets its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from wxdesk.core.model import KeptPush, Push
from wxdesk.store.columns import cleaned
from wxdesk.store.database import Database
from wxdesk.store.group_commit import GroupCommit
from wxdesk.store.schema import UNDERIVED, raw_pushes
from wxdesk.store.whole import whole

NEW = (raw_pushes.c.id, raw_pushes.c.account, raw_pushes.c.key)
"""What tells which rows of a batch were new."""

COLUMNS = ("account", "key", "body", "format", "received_at", "derived", "note")


class SqlPushes:
    """Fills `desk.ports.Pushes`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._group = GroupCommit(self._commit)
        table = raw_pushes.c
        insert = db.insert(raw_pushes).on_conflict_do_nothing(index_elements=[table.account, table.key])
        self._insert = insert.returning(*NEW)
        self._bulk = db.bulk_insert(insert, raw_pushes, COLUMNS)

    async def keep(self, push: Push) -> int | None:
        """Commit `push` with the others that arrive now; see `GroupCommit.keep`."""
        return await self._group.keep(push)

    @whole
    async def underived(self, limit: int = 500) -> list[KeptPush]:
        """The oldest kept pushes from which no message has been made yet."""
        query = select(raw_pushes).where(UNDERIVED).order_by(raw_pushes.c.id).limit(limit)
        async with self._db.read() as connection:
            return [_kept(row) for row in await connection.execute(query)]

    @whole
    async def page(self, before_id: int | None = None, limit: int = 100) -> list[KeptPush]:
        """Kept pushes, newest first."""
        query = select(raw_pushes).order_by(raw_pushes.c.id.desc()).limit(limit)
        if before_id is not None:
            query = query.where(raw_pushes.c.id < before_id)
        async with self._db.read() as connection:
            return [_kept(row) for row in await connection.execute(query)]

    async def close(self) -> None:
        """Commit what waits, then refuse what comes."""
        await self._group.close()

    async def _commit(self, pushes: Sequence[Push]) -> list[int | None]:
        rows = [
            {
                "account": push.account,
                "key": push.key,
                "body": push.body,
                "format": push.format,
                "received_at": push.received_at,
                "derived": False,
                "note": push.note,
            }
            for push in pushes
        ]
        if self._bulk is not None:
            ids = await self._db.insert_rows(self._bulk, rows)
            if len(ids) == len(rows):
                return list(ids)
            found = await self._within(ids)
        else:
            async with self._db.write() as connection:
                found = (await connection.execute(self._insert, rows)).all()
        new = {(account, key): push_id for push_id, account, key in found}
        # Of two copies in one batch the first gets the id.
        return [new.pop((push.account, cleaned(push.key)), None) for push in pushes]

    async def _within(self, ids: range) -> Sequence[Row[int, str, str]]:
        table = raw_pushes.c
        async with self._db.read() as connection:
            query = select(*NEW).where(table.id >= ids.start, table.id < ids.stop)
            return (await connection.execute(query)).all()


def _kept(row: Row[Any]) -> KeptPush:
    return KeptPush(
        id=row.id,
        account=row.account,
        key=row.key,
        body=row.body,
        format=row.format,
        received_at=row.received_at,
        derived=row.derived,
        note=row.note,
    )
