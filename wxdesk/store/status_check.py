"""Read-only health check of the store."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path

from wxdesk.store.engine.home_lock import HomeLock
from wxdesk.store.engine.inspection import revision_of
from wxdesk.store.migrate import Migrations, revision_in
from wxdesk.store.opening import parse_url


class StoreStatus(Enum):
    """State of a store as the check found it."""

    IN_USE = "in_use"  # by a desk, which is left alone
    EMPTY = "empty"
    OLDER = "older"
    SOUND = "sound"


async def check_store(url: str, home: Path) -> StoreStatus:
    """Check the store at `url` for the desk whose folder is `home`.

    Raises:
        StoreDamaged, StoreTooNew, StoreError: it could not be opened, and why.
    """
    found, migrations = parse_url(url), Migrations()
    if await asyncio.to_thread(HomeLock.is_taken, home):
        return StoreStatus.IN_USE
    if found.drivername.startswith("sqlite"):
        file = (home / (found.database or "")).resolve()
        revision, name = await asyncio.to_thread(revision_of, file), file.name
    else:
        from wxdesk.store.engine.database_lock import is_locked  # as in `opening`
        from wxdesk.store.engine.postgresql import PostgresqlDatabase

        db, name = PostgresqlDatabase(found), found.database or ""
        try:
            if await db.read(is_locked):
                return StoreStatus.IN_USE
            revision = await db.read(revision_in)
        finally:
            await db.close()
    is_current = migrations.is_current(revision, name)
    return StoreStatus.EMPTY if revision is None else StoreStatus.SOUND if is_current else StoreStatus.OLDER
