"""Read-only health check of the store."""

from __future__ import annotations

import asyncio
from enum import Enum
from pathlib import Path

from wxdesk.store.engine.home_lock import HomeLock
from wxdesk.store.engine.inspection import revision_of
from wxdesk.store.migrate import Migrations, revision_in
from wxdesk.store.opening import parsed


class Condition(Enum):
    """State of a store as the check found it."""

    IN_USE = "in_use"  # by a desk, which is left alone
    EMPTY = "empty"
    OLDER = "older"
    SOUND = "sound"


async def look_at(url: str, home: Path) -> Condition:
    """Check the store at `url` for the desk whose folder is `home`.

    Raises:
        StoreDamaged, StoreTooNew, StoreError: it could not be opened, and why.
    """
    found, migrations = parsed(url), Migrations()
    if await asyncio.to_thread(HomeLock.is_taken, home):
        return Condition.IN_USE
    if found.drivername.startswith("sqlite"):
        file = (home / (found.database or "")).resolve()
        revision, name = await asyncio.to_thread(revision_of, file), file.name
    else:
        from wxdesk.store.engine.database_lock import is_locked  # as in `opening`
        from wxdesk.store.engine.postgresql import PostgresqlDatabase

        db, name = PostgresqlDatabase(found), found.database or ""
        try:
            if await db.read(is_locked):
                return Condition.IN_USE
            revision = await db.read(revision_in)
        finally:
            await db.close()
    is_current = migrations.is_current(revision, name)
    return Condition.EMPTY if revision is None else Condition.SOUND if is_current else Condition.OLDER
