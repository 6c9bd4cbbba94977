"""Backup of a home in one file.

It is a ZIP of database, pictures, settings and the sealed vault, with a list of its contents, written beside its place,
read once more, and named when all of it is on disk. The database in it is a copy made in one reading transaction,
without what was deleted; a desk may work meanwhile. Pictures are copied afterwards: each is on disk before a row names
it.
"""

import asyncio
import errno
import hashlib
import os
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from lzma import LZMAError
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from wxdesk import __version__
from wxdesk.core.errors import Phrase, StoreError
from wxdesk.core.system_failures import UnusableFile, naming_file
from wxdesk.paths import pages, sync_folder
from wxdesk.store.engine.inspection import revision_of
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.failures import store_error
from wxdesk.store.migrate import Migrations
from wxdesk.store.moving import rows
from wxdesk.store.moving.move import DATA, PICTURE_BYTES, CopyProgress, kept_pictures, sound_picture
from wxdesk.store.opening import NOTHING, PICTURES, create_file, file_of, parse_url
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
NOT_WHOLE = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, NotImplementedError, RuntimeError)
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
        files[DATABASE] = await asyncio.to_thread(measured, copy)
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
    except (*NOT_WHOLE, KeyError, msgspec.MsgspecError):
        pass
    with file.open("rb") as stream:
        is_ours = stream.read(2) == b"PK"
    raise UnusableFile(file=str(file), reason=Phrase(BROKEN, place=LISTING) if is_ours else NO_BACKUP)


def measured(file: Path) -> tuple[int, str]:
    """Return size and digest of a file, as in a listing."""
    with file.open("rb") as stream:
        return file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()
