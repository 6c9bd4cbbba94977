"""Raw pushes: stored byte for byte, once for ever, before WeChat gets its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from wxdesk.core.model.push import KeptPush, Push
from wxdesk.core.rules.resolution import UndecidedMessage
from wxdesk.store.engine.database import Database
from wxdesk.store.messages import deriving
from wxdesk.store.messages.deriving import UnderivedPush
from wxdesk.store.messages.push_batches import GroupCommit
from wxdesk.store.messages.push_rows import keep
from wxdesk.store.schema.messaging import UNDERIVED, raw_pushes


class Pushes:
    """Raw pushes: all that must be on disk before a push is acknowledged."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._group = GroupCommit(lambda pushes: db.write_at_once(keep, pushes))

    async def keep(self, push: Push) -> int | None:
        """Commit `push`, together with others that arrive now, and return its id.

        None if its key is known already.

        Raises:
            StoreError: it could not be committed; nothing was kept.
        """
        return await self._group.keep(push)

    async def underived(self, limit: int = 500) -> list[KeptPush]:
        """Return the oldest stored pushes from which no message has been made yet."""
        query = select(raw_pushes).where(UNDERIVED).order_by(raw_pushes.c.id).limit(limit)
        return await self._db.read(_list, query)

    async def page(self, before_id: int | None = None, limit: int = 100) -> list[KeptPush]:
        """Return stored pushes, newest first."""
        query = select(raw_pushes).order_by(raw_pushes.c.id.desc()).limit(limit)
        if before_id is not None:
            query = query.where(raw_pushes.c.id < before_id)
        return await self._db.read(_list, query)

    async def close(self) -> None:
        """Commit waiting pushes and refuse new ones."""
        await self._group.close()

    async def derive(self, pushes: Sequence[UnderivedPush]) -> list[UndecidedMessage]:
        """Make contact, conversation and message from each push, in one transaction.

        Reply window (`core.wechat.quota.window_after_event`), unread, waiting and preview are updated. A push that
        opens no conversation, or that cannot be read, is only marked as derived. Returns the new messages in the
        given order, each with its conversation as it is after the whole batch.
        """
        return await self._db.write(deriving.derive, pushes)


def _list(connection: Connection, query: Select[Any]) -> list[KeptPush]:
    return [_kept(row) for row in connection.execute(query)]


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
