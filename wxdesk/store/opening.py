"""Opens the store: lock, inspection, migrations, then its parts."""

import asyncio
import logging
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from wxdesk.core.errors import BadInput, DatabaseInUse, Phrase, StoreError
from wxdesk.core.system_failures import why_unusable
from wxdesk.store.engine.database import Database
from wxdesk.store.engine.inspection import CHECKED_UP_TO, back_up, clear_unfinished, quiet_mode, revision_of
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.engine.sync_repair import rewrite_log
from wxdesk.store.failures import file_error
from wxdesk.store.home_lock import HomeLock
from wxdesk.store.migrate import Migrations, revision_in
from wxdesk.store.pictures.files import PictureFiles
from wxdesk.store.pictures.shared import PictureCache, PictureChunks, SharedPictures
from wxdesk.store.store import Store

log = logging.getLogger(__name__)

PICTURES = "pictures"
"""Folder of pictures beside a SQLite file, inside the operator's folder."""

CACHE = "picture-cache"
"""Folder of pictures from a shared database; it may be removed between starts."""

NOTHING = "nothing is kept here yet: {name} is empty"
OTHER_SCHEMA = "open the database once with this wxdesk first"


async def open_store(
    url: str, home: Path, *, alone: bool = True, upgrading: Callable[[], None] = lambda: None
) -> Store:
    """Open or create the store at `url` for the desk whose folder is `home`.

    url: `sqlite:///desk.db` (relative to `home`), `sqlite:////an/absolute/path.db` or `postgresql://…`.
    alone: take the right to work there; otherwise the caller may, and is one of several meanwhile.
    upgrading: called, on any thread, before an older database is changed, here or by another desk, which takes a while.

    Raises:
        HomeInUse, DatabaseInUse: another desk works on `home`, or on that database.
        StoreDamaged, StoreTooNew: the file was left as it is.
        StoreError: anything else that keeps the database from being used.
    """
    found = parse_url(url)
    lock = await asyncio.to_thread(lock_home, home)
    try:
        if (file := file_of(found, home)) is not None:
            db = await _open_file(file, Migrations(), upgrading)
            files = PictureFiles(home / PICTURES)
            await asyncio.to_thread(files.clear)
            await asyncio.to_thread(clear_unfinished, file.parent)  # it had moved nothing: the database is there
            return Store(db, lock.close, files, home)
        db, pictures = await _open_shared(found, home, alone, upgrading)
        return Store(db, lock.close, pictures)
    except BaseException:
        lock.close()
        raise


UNKNOWN_URL = "the store's url must begin with sqlite:/// and name a file, or begin with postgresql://"


def parse_url(url: str) -> URL:
    """Parse a URL from the configuration and set this program's driver.

    Raises:
        StoreError: it names neither a SQLite file nor a PostgreSQL database. The URL itself is never repeated.
    """
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(reason=UNKNOWN_URL) from None
    backend = found.drivername.partition("+")[0]
    if backend == "sqlite" and found.database and found.database != ":memory:":
        return URL.create("sqlite", database=found.database)
    if backend == "postgresql":
        return found.set(drivername="postgresql+asyncpg")
    raise StoreError(reason=UNKNOWN_URL)


def file_of(url: URL, home: Path) -> Path | None:
    """Return the file of a SQLite store; None for one on a server."""
    return (home / (url.database or "")).resolve() if url.drivername == "sqlite" else None


def lock_home(home: Path) -> HomeLock:
    """Lock a home, which is made if needed; raises `HomeInUse`, `StoreError`."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return HomeLock.take(home)
    except OSError as error:
        raise StoreError(reason=Phrase(CANNOT_WRITE, folder=str(home), reason=why_unusable(error))) from None


CANNOT_WRITE = "the folder {folder} cannot be written or locked: {reason}"


LOOK_SECONDS, PATIENCE_SECONDS = 0.2, 8.0
"""Time between two tries, and for all: a crashed desk works a moment longer."""


async def _open_shared(
    url: URL, home: Path, alone: bool, upgrading: Callable[[], None]
) -> tuple[Database, SharedPictures]:
    # It brings SQLAlchemy's ORM along, an eighth of the program's start, which a desk on a file never needs.
    from wxdesk.store.engine.postgresql import PostgresqlDatabase

    db, migrations, name = PostgresqlDatabase(url), Migrations(), url.database or ""
    try:
        await db.examine()
        if not migrations.is_current(revision := await db.read(revision_in), name):
            if revision is not None:  # an empty one is soon made
                upgrading()  # also where another desk does it
            async with PostgresqlDatabase(url, patience=None) as patient:  # a migration takes its time
                await patient.write_beside(migrations.upgrade_shared, name)
        await db.lease.look()
        if alone:
            await take_lease(db)
        pictures = SharedPictures(PictureChunks(db), PictureCache(home / CACHE))
        await pictures.begin(PictureFiles(home / PICTURES))
    except BaseException:
        await db.close()
        raise
    return db, pictures


async def take_lease(db: Database) -> None:
    """Take the right to work on `db`; raises `DatabaseInUse` if another keeps it."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE_SECONDS
    while not await db.lease.take():
        if loop.time() >= until:
            raise DatabaseInUse
        await asyncio.sleep(LOOK_SECONDS)


async def _open_file(file: Path, migrations: Migrations, upgrading: Callable[[], None] = lambda: None) -> Database:
    revision = await asyncio.to_thread(revision_of, file)
    is_current = migrations.is_current(revision, file.name)
    if revision is None:
        await asyncio.to_thread(create_file, file)
    elif not is_current:
        upgrading()
        size = (await asyncio.to_thread(file.stat)).st_size
        level = logging.WARNING if size > CHECKED_UP_TO else logging.INFO  # stderr begins there
        log.log(level, "schema %s becomes %s once the file is copied; this takes a while", revision, migrations.newest)
        copy = await asyncio.to_thread(back_up, file, revision)
        log.info("the copy before the change is %s", copy.name)
    await asyncio.to_thread(rewrite_log, file)
    db = SqliteDatabase(file)
    try:
        # Also without a migration the writer comes first: whether the file can be written is known now, not later.
        await db.write_beside((lambda _connection: None) if is_current else migrations.upgrade)
    except BaseException:
        await db.close()
        raise
    return db


def create_file(file: Path) -> None:
    """Create an empty file for its owner only; side files get the same rights."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        raise file_error(error) from None


async def read_store(url: str, home: Path) -> Store:
    """Open the store at `url` to read only, also beside the desk that works on it.

    Raises:
        BadInput: nothing is kept there yet, or an older program has kept it.
        StoreDamaged, StoreTooNew, StoreError: it could not be opened, and why.
    """
    match await check_store(url, home):
        case StoreStatus.EMPTY:
            raise BadInput(reason=Phrase(NOTHING, name=home))
        case StoreStatus.OLDER:
            raise BadInput(reason=OTHER_SCHEMA)
    found = parse_url(url)
    if (file := file_of(found, home)) is not None:
        reading = "ro" if HomeLock.is_taken(home) else quiet_mode(file)
        return Store(SqliteDatabase(file, reading), lambda: None, PictureFiles(home / PICTURES))
    from wxdesk.store.engine.postgresql import PostgresqlDatabase  # as in `_open_shared`

    db = PostgresqlDatabase(found)
    return Store(db, lambda: None, SharedPictures(PictureChunks(db), PictureCache(home / CACHE)))


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
    if (file := file_of(found, home)) is not None:
        revision, name = await asyncio.to_thread(revision_of, file), file.name
    else:
        from wxdesk.store.engine.lease import is_leased  # as in `_open_shared`
        from wxdesk.store.engine.postgresql import PostgresqlDatabase

        name = found.database or ""
        async with PostgresqlDatabase(found) as db:
            if await db.read(is_leased):
                return StoreStatus.IN_USE
            revision = await db.read(revision_in)
    is_current = migrations.is_current(revision, name)
    return StoreStatus.EMPTY if revision is None else StoreStatus.SOUND if is_current else StoreStatus.OLDER


def is_shared(url: str) -> bool:
    """Tell if several processes may work with the store at `url`."""
    return parse_url(url).drivername != "sqlite"


async def is_worked_on(url: str) -> bool:
    """Tell if a server works on the shared database at `url`.

    Raises:
        StoreError: nobody knows.
    """
    from wxdesk.store.engine.lease import is_leased  # as in `_open_shared`
    from wxdesk.store.engine.postgresql import PostgresqlDatabase

    async with PostgresqlDatabase(parse_url(url)) as db:
        return await db.read(is_leased)


async def unsafe_settings(url: str) -> str:
    """Return the settings by which the server at `url` may lose commits.

    Empty for a file.

    Raises:
        StoreError: it cannot be reached or written, or a pooler stands before it.
    """
    if not is_shared(url):
        return ""
    from wxdesk.store.engine.postgresql import PostgresqlDatabase  # as in `_open_shared`

    async with PostgresqlDatabase(parse_url(url)) as db:
        return await db.examine()
