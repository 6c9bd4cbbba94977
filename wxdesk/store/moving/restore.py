"""Restoring of a home from a backup, compared before anything takes its place."""

import asyncio
import contextlib
import shutil
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from wxdesk.core.errors import BadInput, Phrase, StoreTooNew
from wxdesk.core.system_failures import UnusableFile, unusable_file
from wxdesk.paths import sync_folder
from wxdesk.store.engine.home_lock import FILE as LOCK
from wxdesk.store.engine.inspection import revision_of
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.migrate import Migrations
from wxdesk.store.moving.backup import BROKEN, DATABASE, Listing, Tell, digests_of, extract, read_listing
from wxdesk.store.opening import lock_home

NEWER = "a newer wxdesk made it (schema {found}); update wxdesk first"
OCCUPIED = "A desk is in {home} already. With --set-aside it is kept in a folder there, and the backup takes its place."

ASIDE = "before-restore-"
_UNFINISHED = ".restoring-"
_STAYS = (LOCK, "logs")


async def restore_backup(file: Path, home: Path, now: datetime, tell: Tell, *, set_aside: bool) -> tuple[Listing, Path]:
    """Put a backup into a home; what stands there goes into the returned folder.

    But for `set_aside` the home must be empty.

    Raises:
        HomeInUse: a desk is open there.
        BadInput: something stands there, and is not to be set aside.
        UnusableFile: the backup is damaged, or of a newer program, or the home cannot be written. The home is as it
            was.
    """
    lock = await asyncio.to_thread(lock_home, home)
    try:
        occupied = await asyncio.to_thread(_occupied, home)
        if occupied and not set_aside:
            raise BadInput(reason=Phrase(OCCUPIED, home=home))
        listing = read_listing(file)
        with TemporaryDirectory(prefix=_UNFINISHED, dir=home) as name:
            await asyncio.to_thread(extract, file, listing, Path(name))
            await _compare(file, Path(name) / DATABASE, listing, tell)
            aside = home / f"{ASIDE}{now.astimezone():%Y%m%d-%H%M%S}"
            _exchange(occupied, Path(name), home, aside)
    except OSError as error:
        raise unusable_file(home, error) from None
    finally:
        lock.release()
    return listing, aside


def _occupied(home: Path) -> list[Path]:
    """Return the files of a home, but for its lock, its logs and what was set aside."""
    for rest in home.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(rest)
    found = [one for one in home.iterdir() if one.name not in _STAYS and not one.name.startswith(ASIDE)]
    return [one for one in found if one.is_file() or one.is_dir()]  # a crash leaves a socket


async def _compare(file: Path, database: Path, listing: Listing, tell: Tell) -> None:
    try:
        is_current = Migrations().is_current(await asyncio.to_thread(revision_of, database), database.name)
    except StoreTooNew:
        raise UnusableFile(file=str(file), reason=Phrase(NEWER, found=listing.schema)) from None
    if is_current:
        db = SqliteDatabase(database, "ro&immutable=1")
        try:
            if await digests_of(db, tell) != listing.rows:
                raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=DATABASE))
        finally:
            await db.close()


def _exchange(occupied: list[Path], restored: Path, home: Path, aside: Path) -> None:
    """Move the old files out and the new ones in; all of it, or nothing."""
    moves = [(one, aside / one.name) for one in occupied]
    moves += [(one, home / one.name) for one in restored.iterdir()]
    done: list[tuple[Path, Path]] = []
    try:
        if occupied:
            aside.mkdir(mode=0o700)
        for one, place in moves:
            one.rename(place)
            done.append((one, place))
        sync_folder(home)
    except OSError:
        with contextlib.suppress(OSError):
            for one, place in reversed(done):
                place.rename(one)
            aside.rmdir()
        raise
