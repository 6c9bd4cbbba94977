"""Backup of a home in one file, and its restoring, compared before it takes over.

It is a ZIP of database, pictures, settings and the sealed vault, with a list of its contents, written beside its place,
read once more, and named when all of it is on disk. The database in it is a copy made in one reading transaction,
without what was deleted; a desk may work meanwhile. Pictures are copied afterwards: each is on disk before a row names
it.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from wxdesk import __version__
from wxdesk.core.errors import BadInput, Phrase, StoreDamaged, StoreError, StoreTooNew
from wxdesk.core.system_failures import UnusableFile, naming_file
from wxdesk.paths import home_files, pages, sync_folder
from wxdesk.store.engine.failures import store_error
from wxdesk.store.engine.inspection import UNFINISHED_RESTORE, revision_of
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.migrate import Migrations
from wxdesk.store.moving import rows
from wxdesk.store.moving.move import DATA, PICTURE_BYTES, CopyProgress, kept_pictures, sound_picture
from wxdesk.store.opening import NOTHING, PICTURES, create_file, file_of, lock_home, parse_url
from wxdesk.store.pictures.files import PictureFiles

SHARED = Phrase(
    "the database is on a PostgreSQL server: back it up by pg_dump, as {pages}/server.md tells", pages=str(pages())
)
NO_BACKUP = "it is not a backup of wxdesk"
OTHER_FILE = "another file is there already; only a backup may be overwritten"
BROKEN = "it is damaged or not whole: {place}"

DATABASE = "desk.db"
LISTING = "wxdesk-backup.json"
LARGEST_LISTING = 256 * 2**20
_NOT_WHOLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""Errors of a ZIP whose bytes have changed."""

type Report = Callable[[CopyProgress], None]


class Listing(Struct, frozen=True):
    """Contents of a backup: tables with number and digest, files with size and digest.

    rows: none if the database is of another schema than the program · lost: pictures that were damaged or gone before
    """

    program: str
    schema: str
    made_at: datetime
    rows: dict[str, tuple[int, str]]
    files: dict[str, tuple[int, str]]
    lost: int = 0


async def make_backup(url: str, home: Path, file: Path, settings: Mapping[str, bytes], report: Report) -> Listing:
    """Write a backup of a home with its store at `url`; an older file is replaced.

    settings: the small files of the home, by name. Whatever `report` raises stops it.

    Raises:
        UnusableFile: it cannot be written there; nothing is left behind.
        StoreError: the database cannot be read, or is on a server.
    """
    database = file_of(parse_url(url), home)
    if database is None:
        raise StoreError(reason=SHARED)
    with naming_file(file, new=True):
        await asyncio.to_thread(_expect_backup, file)
        with TemporaryDirectory(prefix=f".{file.name}-", dir=file.parent) as folder:
            copy, written = Path(folder, DATABASE), Path(folder, "backup")
            await asyncio.to_thread(_copy_database, database, copy)
            listing = await _write(copy, written, PictureFiles(home / PICTURES), settings, report)
            await asyncio.to_thread(_publish, written, file)
    return listing


def _expect_backup(file: Path) -> None:
    try:
        if file.exists():
            read_listing(file)
    except UnusableFile:
        raise UnusableFile(file=str(file), reason=OTHER_FILE) from None


def _copy_database(source: Path, copy: Path) -> None:
    if not source.exists():
        raise StoreError(reason=Phrase(NOTHING, name=source.name))
    create_file(copy)
    try:
        with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:  # not the database's disk, but the file's
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        raise store_error(error) from None


async def _write(
    copy: Path, written: Path, kept: PictureFiles, settings: Mapping[str, bytes], report: Report
) -> Listing:
    revision = await asyncio.to_thread(revision_of, copy)
    if revision is None:
        raise StoreError(reason=Phrase(NOTHING, name=copy.name))
    files, lost = dict[str, tuple[int, str]](), 0
    async with SqliteDatabase(copy, "ro&immutable=1") as db:
        digests = await digests_of(db, report) if Migrations().is_current(revision, copy.name) else {}
        pictures = await db.read(kept_pictures)
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        await asyncio.to_thread(archive.write, copy, DATABASE)
        files[DATABASE] = await asyncio.to_thread(_measured, copy)
        for done, picture in enumerate(pictures, start=1):
            data = await sound_picture(kept.read, picture)
            if data is None:
                lost += 1
            else:
                name = f"{PICTURES}/{picture.digest[:2]}/{picture.digest}.{picture.format}"
                await asyncio.to_thread(archive.writestr, name, data, zipfile.ZIP_STORED)
                files[name] = len(data), picture.digest
            report(CopyProgress(PICTURE_BYTES, done, len(pictures)))
        for name, data in settings.items():
            archive.writestr(name, data)
            files[name] = len(data), hashlib.sha256(data).hexdigest()
        listing = Listing(__version__, revision, datetime.now(UTC), digests, files, lost)
        archive.writestr(LISTING, msgspec.json.encode(listing))
    return listing


async def digests_of(db: SqliteDatabase, report: Report) -> dict[str, tuple[int, str]]:
    """Return number and digest of each table's rows."""
    found, done, of = {}, 0, await db.read(rows.count_all)

    def report_rows(n: int) -> None:
        report(CopyProgress(DATA, done + n, of))

    for one in rows.TABLES:
        found[one.name] = await db.read(rows.digest, one, None, report_rows)
        done += found[one.name][0]
    report(CopyProgress(DATA, done, of))
    return found


def _publish(written: Path, file: Path) -> None:
    """Read the whole backup once more, and give it its name."""
    with zipfile.ZipFile(written) as archive:
        if (place := archive.testzip()) is not None:
            raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=place))
    with written.open("rb+") as stream:
        os.fsync(stream.fileno())
    written.chmod(0o600)
    written.replace(file)
    sync_folder(file.parent)


def read_listing(file: Path) -> Listing:
    """Return the list in a backup; raises `UnusableFile`."""
    try:
        with naming_file(file), zipfile.ZipFile(file) as archive, archive.open(LISTING) as listing:
            size = archive.getinfo(LISTING).file_size
            if size > LARGEST_LISTING:
                raise zipfile.BadZipFile
            return msgspec.json.decode(listing.read(size), type=Listing)  # `read()` would unpack all that is packed
    except (*_NOT_WHOLE, KeyError, msgspec.MsgspecError):
        pass
    with file.open("rb") as stream:
        is_ours = stream.read(2) == b"PK"
    raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=LISTING) if is_ours else NO_BACKUP)


def extract(file: Path, listing: Listing, folder: Path) -> None:
    """Put the files of a backup into `folder`, each compared with the list.

    Raises:
        UnusableFile: one is missing or not the one that was written.
        OSError: it cannot be written, or the disk has no room for all of it.
    """
    if sum(max(0, size) for size, _ in listing.files.values()) > shutil.disk_usage(folder).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with zipfile.ZipFile(file) as archive:
        sizes = {one.filename: one.file_size for one in archive.infolist()}
        for name, expected in listing.files.items():
            if sizes.get(name) != expected[0]:  # before it fills the disk
                raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=name))
            place = (folder / name).resolve()
            if not place.is_relative_to(folder.resolve()) or _extracted(archive, name, place) != expected:
                raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=name))


def _extracted(archive: zipfile.ZipFile, name: str, place: Path) -> tuple[int, str] | None:
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.touch(mode=0o600)
    try:
        with archive.open(name) as source, place.open("wb") as target:
            shutil.copyfileobj(source, target)  # not a byte more than the size that was compared
            target.flush()
            os.fsync(target.fileno())
    except (*_NOT_WHOLE, KeyError):
        return None
    return _measured(place)


def _measured(file: Path) -> tuple[int, str]:
    with file.open("rb") as stream:
        return file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()


NEWER = "a newer wxdesk made it (schema {found}); update wxdesk first"
OCCUPIED = "A desk is in {home} already. With --set-aside it is kept in a folder there, and the backup takes its place."

ASIDE = "before-restore-"
LOGS = "logs"


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
        listing = read_listing(file)
        with TemporaryDirectory(prefix=UNFINISHED_RESTORE, dir=home) as name:
            await asyncio.to_thread(extract, file, listing, Path(name))
            await _compare(file, Path(name) / DATABASE, listing, report)
            aside = _free_folder(home, f"{ASIDE}{now.astimezone():%Y%m%d-%H%M%S}")
            _exchange(occupied, Path(name), home, aside)
    return listing, aside


def _occupied(home: Path) -> list[Path]:
    """Return what wxdesk has in a home, but for its logs and what was set aside."""
    for rest in home.glob(f"{UNFINISHED_RESTORE}*"):
        shutil.rmtree(rest)
    found = [one for one in home_files(home) if one.name != LOGS and not one.name.startswith(ASIDE)]
    return [one for one in found if one.is_file() or one.is_dir()]  # a crash leaves a socket


def _free_folder(home: Path, name: str) -> Path:
    """Return a free folder of that name, else with a number, for the same second."""
    names = chain((name,), (f"{name}-{n}" for n in count(2)))
    return next(folder for one in names if not (folder := home / one).exists())


async def _compare(file: Path, database: Path, listing: Listing, report: Report) -> None:
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
    except OSError:
        with contextlib.suppress(OSError):
            for one, place in reversed(done):
                place.rename(one)
            aside.rmdir()
        raise
