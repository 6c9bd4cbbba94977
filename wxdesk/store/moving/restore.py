"""Restoring of a backup into a home, compared before it takes over."""

import asyncio
import contextlib
import errno
import os
import shutil
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from itertools import chain, count
from pathlib import Path
from tempfile import mkdtemp
from typing import IO

from wxdesk.core.errors import BadInput, Phrase, StoreDamaged, StoreTooNew
from wxdesk.core.system_failures import UnusableFile, naming_file
from wxdesk.paths import home_files, sync_folder
from wxdesk.store.engine.inspection import UNFINISHED_RESTORE, clear_unfinished, revision_of
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.migrate import Migrations
from wxdesk.store.moving.backup import BROKEN, DATABASE, NOT_WHOLE, Listing, Report, digests_of, measured, read_listing
from wxdesk.store.moving.move import CopyProgress
from wxdesk.store.opening import PICTURES, lock_home
from wxdesk.store.replies.pending.pending import hold_after_restore

NEWER = "a newer wxdesk made it (schema {found}); update wxdesk first"
OCCUPIED = "A desk is in {home} already. With --set-aside it is kept in a folder there, and the backup takes its place."

ASIDE = "before-restore-"

PARTS = (DATABASE, PICTURES, "config.toml", "secrets.vault", "window.ini")
"""All that a backup may have: another name might be that of a file of somebody's."""


async def restore_backup(
    file: Path, home: Path, now: datetime, report: Report, *, set_aside: bool
) -> tuple[Listing, Path]:
    """Put a backup into a home; what wxdesk has there goes into the returned folder.

    But for `set_aside` it must have nothing there. Files of others stay where they are.

    Raises:
        HomeInUse: a desk is open there.
        BadInput: something stands there, and is not to be set aside.
        UnusableFile: the backup is damaged or of a newer program, or the home cannot be written, which is as it was.
    """
    with closing(await asyncio.to_thread(lock_home, home)), naming_file(home):
        occupied = await asyncio.to_thread(_occupied, home)
        if occupied and not set_aside:
            raise BadInput(reason=Phrase(OCCUPIED, home=home))
        listing, unpacked = await unpack_backup(file, home, report)
        return listing, _put_in_place(unpacked, home, now)


async def unpack_backup(file: Path, home: Path, report: Report) -> tuple[Listing, Path]:
    """Unpack a backup into a new folder in a home, and compare all of it.

    A desk may work there meanwhile.

    Raises:
        UnusableFile: the backup is damaged or of a newer program, or the home cannot be written.
    """
    listing = await asyncio.to_thread(read_listing, file)  # a drive may be slow, and a desk works meanwhile
    with naming_file(home):
        await asyncio.to_thread(clear_unfinished, home)
        unpacked = Path(await asyncio.to_thread(mkdtemp, prefix=UNFINISHED_RESTORE, dir=home))
        try:
            await asyncio.to_thread(_extract, file, listing, unpacked, report)
            await _prepare_database(file, unpacked / DATABASE, listing, report)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, unpacked, ignore_errors=True)
            raise
    return listing, unpacked


def put_in_place(unpacked: Path, home: Path, now: datetime) -> Path:
    """Put an unpacked backup in the place of what wxdesk has in a home.

    The returned folder has the latter.

    Raises:
        HomeInUse: a desk is open there.
        UnusableFile: the home cannot be written, which is as it was.
    """
    with closing(lock_home(home)), naming_file(home):
        return _put_in_place(unpacked, home, now)


def _put_in_place(unpacked: Path, home: Path, now: datetime) -> Path:
    occupied = _occupied(home)
    aside = _free_folder(home, f"{ASIDE}{now.astimezone():%Y%m%d-%H%M%S}")
    _exchange(occupied, unpacked, home, aside)
    clear_unfinished(home)
    return aside


def _extract(file: Path, listing: Listing, folder: Path, report: Report) -> None:
    """Put the files of a backup into `folder`, each compared with the list.

    Raises:
        UnusableFile: one is missing or not the one that was written, or cannot be read.
        OSError: it cannot be written, or the disk has no room for all of it.
    """
    if sum(max(0, size) for size, _ in listing.files.values()) > shutil.disk_usage(folder).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with zipfile.ZipFile(file) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
        for done, (name, expected) in enumerate(listing.files.items()):
            tell = partial(report, CopyProgress("Files", done, len(listing.files)))
            fits = sizes.get(name) == expected[0]  # else it might fill the disk
            if not fits or _unpacked(archive, name, folder.resolve(), tell) != expected:
                raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=name))


def _unpacked(archive: zipfile.ZipFile, name: str, folder: Path, tell: Callable[[], None]) -> tuple[int, str] | None:
    place = (folder / name).resolve()
    if not any(place.is_relative_to(folder / part) for part in PARTS):
        return None
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.touch(mode=0o600)
    try:
        with archive.open(name) as source, place.open("wb") as target:
            while piece := _read(archive, source):  # not a byte more than the size that was compared
                tell()
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
    except (*NOT_WHOLE, KeyError):
        return None
    return measured(place)


def _read(archive: zipfile.ZipFile, source: IO[bytes]) -> bytes:
    with naming_file(archive.filename):  # its drive may be gone, which is no failure of the home
        return source.read(2**20)


def _occupied(home: Path) -> list[Path]:
    """Return what wxdesk has in a home, but for logs and what restores left."""
    others = ("logs", ASIDE, UNFINISHED_RESTORE)
    found = [one for one in home_files(home) if not one.name.startswith(others)]
    return [one for one in found if one.is_file() or one.is_dir()]  # a crash leaves a socket


def _free_folder(home: Path, name: str) -> Path:
    """Return a free folder of that name, else with a number, for the same second."""
    names = chain((name,), (f"{name}-{n}" for n in count(2)))
    return next(folder for one in names if not (folder := home / one).exists())


async def _prepare_database(file: Path, database: Path, listing: Listing, report: Report) -> None:
    """Compare the database with the list, and hold what waits to be sent in it.

    One of an older schema is looked at by the start that upgrades it; there only what is old is held.
    """
    revision = None
    with contextlib.suppress(StoreDamaged):
        revision = await asyncio.to_thread(revision_of, database)
    if revision is None:
        raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=DATABASE))
    try:
        is_current = Migrations().is_current(revision, database.name)
    except StoreTooNew:
        raise UnusableFile(file=str(file), reason=Phrase(NEWER, found=listing.schema)) from None
    if is_current:
        async with SqliteDatabase(database, "ro&immutable=1") as db:
            if await digests_of(db, report) != listing.rows:
                raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=DATABASE))
            await db.write(hold_after_restore, listing.made_at)


def _exchange(occupied: list[Path], restored: Path, home: Path, aside: Path) -> None:
    """Move the old files out and the new ones in; all of it, or nothing.

    The database goes first and comes last: a start that finds the home in between notices that it is missing.
    """
    moves = [(one, aside / one.name) for one in sorted(occupied, key=lambda one: one.name != DATABASE)]
    moves += [(one, home / one.name) for one in sorted(restored.iterdir(), key=lambda one: one.name == DATABASE)]
    done: list[tuple[Path, Path]] = []
    try:
        if occupied:
            aside.mkdir(mode=0o700)
        for one, place in moves:
            one.rename(place)
            done.append((one, place))
        sync_folder(home)
    except BaseException:  # Ctrl+C too
        for one, place in reversed(done):  # where that fails too, `restored` stays, and a start notices
            place.rename(one)
        shutil.rmtree(restored)
        with contextlib.suppress(OSError):
            aside.rmdir()
        raise
