"""Move of a whole store into an empty one of the other kind.

Table by table and page by page, then each table and picture is compared. The old store is only read. The new one is
marked until all is equal, so that no desk opens half of it. After a kill the same command finds out what is there: if
that is how the old one begins, it goes on behind it, otherwise it begins anew.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from enum import Enum
from pathlib import Path

from msgspec import Struct
from sqlalchemy import URL, Connection, inspect, select, text

from wxdesk.core.errors import NotFound, Phrase, StoreError
from wxdesk.core.model.picture import Picture
from wxdesk.store.engine.database import RENEW_SECONDS, Database, WorkLease
from wxdesk.store.engine.inspection import FOREIGN, quiet_mode, revision_of
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.engine.sync_repair import rewrite_log
from wxdesk.store.messages.push_mark import FILE, PushMark
from wxdesk.store.migrate import MOVING, Migrations, revision_in
from wxdesk.store.moving import rows
from wxdesk.store.opening import NOTHING, PICTURES, create_file, file_of, lock_home, parse_url, take_lease
from wxdesk.store.pictures.files import CHANGED, PictureFiles
from wxdesk.store.pictures.shared import PictureChunks
from wxdesk.store.schema.messaging import pictures

SAME_KIND = "a move goes from SQLite to PostgreSQL or back, and this is the same kind"
OLDER = "{name} was last opened by an older wxdesk; open it once with this one, close it, and move it then"
NOT_EMPTY = "{name} is not empty, and nothing is ever overwritten; name another database, or empty this one yourself"
OTHER_VERSION = "a move into {name} was begun by another version of wxdesk; empty it and begin again"
STOPPED = "the move stopped: {reason}. The old database is as it was; the same command goes on"
DIFFERS = "table {name} is not the same on both sides; perhaps the old database was used meanwhile. Run it again"


DATA, PICTURE_BYTES = "Data", "Pictures"
"""Words for rows of all tables, and for the pictures themselves, for `tr`."""


class CopyStart(Enum):
    """Beginning of a move."""

    NEW = "new"
    GOES_ON = "goes on"
    ANEW = "anew"  # what an earlier one left differs from what is here now


class CopyProgress(Struct, frozen=True):
    """Number of rows, pictures or conversations that are done; `what` is for `tr`."""

    what: str
    done: int
    of: int


class CopyResult(Struct, frozen=True):
    """Rows and pictures of both stores; the old one had `lost` some before."""

    rows: int
    pictures: int
    lost: int


class _Side(Struct, frozen=True):
    db: Database
    read_picture: Callable[[str], Awaitable[bytes]]
    keep_picture: Callable[[Picture, bytes], Awaitable[None]]


async def move_store(
    source: str, target: str, home: Path, report: Callable[[CopyStart | CopyProgress], None]
) -> CopyResult:
    """Copy the store at URL `source` into the empty one at `target`, and compare them.

    Raises:
        HomeInUse, DatabaseInUse: a desk is open; it has to be closed first.
        StoreError: one of them cannot be used, the target is not empty, or the move was cut off.
    """
    old, new = parse_url(source), parse_url(target)
    if old.drivername == new.drivername:
        raise StoreError(reason=SAME_KIND)
    async with AsyncExitStack() as closing:
        closing.callback((await asyncio.to_thread(lock_home, home)).close)
        here = await _opened_source(old, home, closing)
        there, start = await _opened_target(new, home, closing)
        if new.drivername == "sqlite":
            PushMark(home / FILE).forget()  # of another file, which may have had more
        return await _Move(here, there, report).run(start)


async def _opened_source(url: URL, home: Path, closing: AsyncExitStack) -> _Side:
    name = url.database or ""
    if (file := file_of(url, home)) is not None:
        revision = await asyncio.to_thread(revision_of, file)
        db: Database = await closing.enter_async_context(SqliteDatabase(file, quiet_mode(file)))
    else:
        db = await _opened_server(url, closing)
        revision = await db.read(revision_in)
    if revision is None:
        raise StoreError(reason=Phrase(NOTHING, name=name))
    if not Migrations().is_current(revision, name):
        raise StoreError(reason=Phrase(OLDER, name=name))
    return _side(url, db, home)


async def _opened_target(url: URL, home: Path, closing: AsyncExitStack) -> tuple[_Side, CopyStart]:
    name = url.database or ""
    if (file := file_of(url, home)) is not None:
        if await asyncio.to_thread(revision_of, file) is None:
            await asyncio.to_thread(create_file, file)
        await asyncio.to_thread(rewrite_log, file)  # a kill may have left it
        db: Database = await closing.enter_async_context(SqliteDatabase(file))
    else:
        db = await _opened_server(url, closing)
    start = await db.write_beside(_begin, Migrations(), name)
    await _hold(db, closing)  # its table may be new
    return _side(url, db, home), start


async def _opened_server(url: URL, closing: AsyncExitStack) -> Database:
    from wxdesk.store.engine.postgresql import PostgresqlDatabase  # as in `opening`

    db = await closing.enter_async_context(PostgresqlDatabase(url, patience=None))
    await db.examine()
    if await db.read(lambda connection: inspect(connection).has_table("leases")):
        await _hold(db, closing)
    return db


async def _hold(db: Database, closing: AsyncExitStack) -> None:
    """Keep everybody else from working on a shared database until `closing`."""
    if db.lease.is_shared and not db.lease.is_held:
        await take_lease(db)
        renewing = asyncio.create_task(_renew(db.lease), name="renew the lease")
        closing.callback(renewing.cancel)


async def _renew(lease: WorkLease) -> None:
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        with contextlib.suppress(StoreError):  # the next write, and the comparison, find out
            await lease.renew()


def _side(url: URL, db: Database, home: Path) -> _Side:
    if url.drivername == "sqlite":
        files = PictureFiles(home / PICTURES)
        return _Side(db, files.read, files.keep)
    chunks = PictureChunks(db)
    return _Side(db, chunks.read, lambda picture, data: chunks.add(picture.digest, data))


def _begin(connection: Connection, migrations: Migrations, name: str) -> CopyStart:
    """Make the tables of an empty database, and mark it."""
    revision, mark = revision_in(connection), MOVING + migrations.newest
    if revision == mark:
        return CopyStart.GOES_ON
    if revision is None:
        if inspect(connection).get_table_names():
            raise StoreError(reason=FOREIGN)
        migrations.upgrade(connection)
    elif revision.startswith(MOVING):
        raise StoreError(reason=Phrase(OTHER_VERSION, name=name))
    elif not (migrations.is_current(revision, name) and rows.is_empty(connection)):
        raise StoreError(reason=Phrase(NOT_EMPTY, name=name))
    _mark(connection, mark)
    return CopyStart.NEW


def _mark(connection: Connection, revision: str) -> None:
    connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


class _Move:
    def __init__(self, here: _Side, there: _Side, report: Callable[[CopyStart | CopyProgress], None]) -> None:
        self._here = here
        self._there = there
        self._report = report

    async def run(self, start: CopyStart) -> CopyResult:
        if start is CopyStart.GOES_ON and not await self._is_beginning():
            start = CopyStart.ANEW
            await self._there.db.write(rows.clear)
        self._report(start)
        with _telling_that_it_goes_on():
            await self._copy_rows()
            kept, lost = await self._copy_pictures()
            here, there = [await self._digests(side) for side in (self._here, self._there)]
        for one, old, new in zip(rows.TABLES, here, there, strict=True):
            if old != new:
                raise StoreError(reason=Phrase(DIFFERS, name=one.name))
        await self._there.db.write(_mark, Migrations().newest)
        return CopyResult(sum(number for number, _ in there), kept, lost)

    async def _digests(self, side: _Side) -> list[tuple[int, str]]:
        return [await side.db.read(rows.digest, one) for one in rows.TABLES]

    async def _is_beginning(self) -> bool:
        """Tell if each table of the target equals the first rows of the one here."""
        for one in rows.TABLES:
            copied = await self._there.db.read(rows.digest, one)
            if copied != await self._here.db.read(rows.digest, one, copied[0]):
                return False
        return True

    async def _copy_rows(self) -> None:
        done, of = await self._there.db.read(rows.count_all), await self._here.db.read(rows.count_all)
        for one in rows.TABLES:
            after = await self._there.db.read(rows.last_key, one)
            while found := await self._here.db.read(rows.page, one, after):
                await self._there.db.write(rows.add, one, found)
                done, after = done + len(found), rows.key_of(one, found[-1])
                self._report(CopyProgress(DATA, done, of))
        for one in rows.COUNTED:
            await self._there.db.write(rows.go_on_from, one, await self._here.db.read(rows.last_id, one))

    async def _copy_pictures(self) -> tuple[int, int]:
        found, lost = await self._here.db.read(kept_pictures), 0
        for done, picture in enumerate(found, start=1):
            if await sound_picture(self._there.read_picture, picture) is None:
                data = await sound_picture(self._here.read_picture, picture)
                if data is None:
                    lost += 1
                else:
                    await self._there.keep_picture(picture, data)
                    await self._there.read_picture(picture.digest)
            self._report(CopyProgress(PICTURE_BYTES, done, len(found)))
        return len(found) - lost, lost


def kept_pictures(connection: Connection) -> list[Picture]:
    """Return the records of all pictures."""
    query = select(pictures).order_by(pictures.c.added_at)
    return [Picture(row.digest, row.format, row.width, row.height, row.size) for row in connection.execute(query)]


async def sound_picture(read: Callable[[str], Awaitable[bytes]], picture: Picture) -> bytes | None:
    """Return the bytes of a picture; None if they are gone or have changed."""
    try:
        return await read(picture.digest)
    except NotFound:
        return None
    except StoreError as error:
        if error.values.get("reason") == CHANGED:
            return None
        raise


@contextlib.contextmanager
def _telling_that_it_goes_on() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        if type(error) is not StoreError:
            raise
        raise StoreError(reason=Phrase(STOPPED, reason=error.values["reason"])) from None
