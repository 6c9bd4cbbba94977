"""Raw pushes: stored byte for byte, once for ever, before WeChat gets its answer.

Those that WeChat signed but this program could not read are kept in quarantine.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Select, false, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from wxdesk.core.model.push import KeptPush, Push
from wxdesk.store.engine.database import Database, StorePart, reading, write_by
from wxdesk.store.messages import deriving
from wxdesk.store.messages.push_batches import GroupCommit
from wxdesk.store.messages.push_mark import FILE, PushMark
from wxdesk.store.messages.push_rows import keep
from wxdesk.store.schema.messaging import UNDERIVED, UNREADABLE, raw_pushes


class Pushes(StorePart):
    """Raw pushes: all that must be on disk before a push is acknowledged.

    `marks` is the folder in which the newest one is marked; None on a server, which looks after its files itself.
    """

    def __init__(self, db: Database, marks: Path | None = None) -> None:
        super().__init__(db)
        self._mark = None if marks is None else PushMark(marks / FILE)
        self._group = GroupCommit(lambda pushes: db.write_at_once(keep, pushes))
        self._newest = 0

    async def keep(self, push: Push) -> int | None:
        """Commit `push`, together with others that arrive now, and return its id.

        None if its key is known already.

        Raises:
            StoreError: it could not be committed; nothing was kept.
        """
        push_id = await self._group.keep(push)
        if push_id is not None:
            self._newest = max(self._newest, push_id)
        return push_id

    async def until_answered(self, seconds: float) -> None:
        """Wait until no push waits for the disk, at most so long."""
        await self._group.until_idle(seconds)

    def mark_newest(self) -> None:
        """Note beside the file which push is the newest; not waited for."""
        if self._mark is not None and self._newest:
            self._mark.write(self._newest)

    def expect_fewer(self) -> None:
        """Prepare for pushes to be removed on purpose, so that none counts as lost."""
        self._newest = 0
        if self._mark is not None:
            self._mark.forget()

    async def lost(self) -> int:
        """Count acknowledged pushes of the last run that the file does not hold."""
        return 0 if self._mark is None else max(0, self._mark.read() - await self._db.read(_newest))

    async def underived(self, limit: int = 500) -> list[KeptPush]:
        """Return the oldest stored pushes from which no message has been made yet."""
        query = select(raw_pushes).where(UNDERIVED).order_by(raw_pushes.c.id).limit(limit)
        return await self._db.read(_list, query)

    async def page(self, before_id: int | None = None, limit: int = 100) -> list[KeptPush]:
        """Return stored pushes, newest first."""
        return await self._db.read(_list, _page(before_id, limit))

    async def close(self) -> None:
        """Commit waiting pushes and refuse new ones."""
        await self._group.close()

    derive = write_by(deriving.derive)


class QuarantineStore(StorePart):
    """Pushes that WeChat signed but this program could not read, with the reason."""

    @reading
    def size(self, connection: Connection) -> int:
        """Return the number of unreadable pushes."""
        return connection.scalar(select(func.count()).where(UNREADABLE)) or 0

    async def page(self, before_id: int | None = None, limit: int = 200) -> list[KeptPush]:
        """Return unreadable pushes with ids below `before_id` (all if None), newest first."""
        return await self._db.read(_list, _page(before_id, limit).where(UNREADABLE))

    async def release(self, ids: Collection[int]) -> list[int]:
        """Release these pushes for deriving; return the ids of those that were still here."""
        change = update(raw_pushes).where(raw_pushes.c.id.in_(ids), UNREADABLE).values(note="", derived=false())
        return await self._db.write(_released, change.returning(raw_pushes.c.id))


def _page(before_id: int | None, limit: int) -> Select[Any]:
    query = select(raw_pushes).order_by(raw_pushes.c.id.desc()).limit(limit)
    return query if before_id is None else query.where(raw_pushes.c.id < before_id)


def _list(connection: Connection, query: Select[Any]) -> list[KeptPush]:
    return [KeptPush(**row) for row in connection.execute(query).mappings()]


def _newest(connection: Connection) -> int:
    return connection.scalar(select(func.max(raw_pushes.c.id))) or 0


def _released(connection: Connection, change: ReturningUpdate[Any]) -> list[int]:
    return sorted(connection.scalars(change))
