"""SQLite: one thread writes, a few read, each running whole transactions.

There is exactly one writing connection, because before 3.51.3 SQLite can lose committed rows when two
connections write and checkpoint at once; readers are opened read-only, so they never checkpoint.
"""

import asyncio
import functools
import logging
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.util import LRUCache

from wxdesk.core.errors import StoreError, UnreadableValue
from wxdesk.store.engine.database import CLOSE_SECONDS, Database
from wxdesk.store.engine.gathering import Gathering
from wxdesk.store.engine.sync_repair import SyncRepair, log_of
from wxdesk.store.engine.worker_pool import Rank, WorkerPool
from wxdesk.store.failures import DAMAGED, OTHER, SQLITE_FAILURES, reason_of, store_error

log = logging.getLogger(__name__)

REMOVED = "the database file was removed while wxdesk was running"
REPLACED = "the database file was replaced while wxdesk was running"
CUT = "the database file was cut while wxdesk was running"


class FileGuard:
    """Compares the file and its log at their paths with those that were opened.

    The system lets a program write on into a file that has no name any more, and SQLite does not look. What is
    acknowledged then is gone at the next start. A file put back in time is fine again: each check looks anew.
    """

    def __init__(self, file: Path) -> None:
        self._paths = (file, log_of(file))
        self._opened: dict[Path, tuple[int, int]] = {}
        self._size = 0
        self.log_size = 0
        """Bytes of the log at the last check."""
        self.log_left = 0
        """Bytes of the log at the first check, nearly all from a desk that was killed."""

    def check(self) -> None:
        """Raise `StoreError` if commits no longer reach the file at the path."""
        for path in self._paths:
            try:
                found = path.stat()
            except FileNotFoundError:
                if path in self._opened:
                    raise StoreError(reason=REMOVED) from None
                continue
            is_first = path not in self._opened
            if self._opened.setdefault(path, (found.st_dev, found.st_ino)) != (found.st_dev, found.st_ino):
                raise StoreError(reason=REPLACED)
            if path is self._paths[0]:
                # Without VACUUM, which nobody calls here, the file only grows.
                if found.st_size < self._size:
                    raise StoreError(reason=CUT)
                self._size = found.st_size
            else:
                self.log_size = found.st_size
                self.log_left = self.log_size if is_first else self.log_left


BUSY_MS = 4000
"""Wait for a foreign lock, in milliseconds: WeChat gives up on a push after 5 s."""

READERS = 3

READER_CACHE_KB = 500
"""Pages that each reader keeps, a quarter of SQLite's default.

Searches take as long with it: what is not here is in the system's cache, once for all readers.
"""

_TOUCH = "UPDATE alembic_version SET version_num = version_num"
"""Statement that shows if the disk takes a change again."""

LOG_BYTES = 4 * 1024 * 1024
"""Size of the log from which it is copied into the file.

It is cut to this when it begins again.
"""


TOGETHER = 16
"""Most writes in one transaction: a push waits for its end."""


class SqliteDatabase(Database):
    """The database in `file`, opened when first used and created by the first write.

    `reading` is SQLite's mode for readers.
    """

    def __init__(self, file: Path, reading: str = "ro") -> None:
        # Whoever writes takes the lock at once, not when it comes to the first write.
        self._write_engine = create_sqlite_engine(file, "rwc", 1, _prepare_writer, "BEGIN IMMEDIATE")
        self._read_engine = create_sqlite_engine(file, reading, READERS, _prepare_reader, "BEGIN")
        self._kept_open: Connection | None = None
        self._guard = FileGuard(file)
        self._copies = partial(file.parent.glob, f"{file.stem}.before-????{file.suffix}")
        self._repair = SyncRepair(file)
        self._refuses = False  # the last write failed
        self._suspect = False  # a read or a write has failed as it does where the file is damaged
        self._writer = WorkerPool("store writer", last=self._let_go)
        self._writes: Gathering[Callable[[Connection], Any], Any] = Gathering(
            lambda bodies: self._writer.run(partial(self._transact, bodies)), most=TOGETHER
        )
        self._readers = WorkerPool("store reader", READERS)

    async def close(self) -> bool:
        """See `Database`; the writer is last, so that SQLite folds its log into the file."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + CLOSE_SECONDS
        await self._writes.finish(CLOSE_SECONDS / 2)
        readers_ended = await self._readers.stop(max(0.0, deadline - clock()))
        if readers_ended:
            self._read_engine.dispose()
        writer_ended = await self._writer.stop(max(0.0, deadline - clock()))
        if not (readers_ended and writer_ended):
            log.error("the database did not close in %s s", CLOSE_SECONDS)
        return readers_ended and writer_ended

    async def check(self) -> str:
        """See `Database`; a file has no such settings."""
        await self._writer.run(self._look, Rank.ACKNOWLEDGING)
        return ""

    async def scrub(self) -> None:
        """See `Database`.

        SQLite writes zeros over deleted rows. The search has them until its parts are merged, which goes step by step,
        and the log until it is copied and cut, once nobody reads what it has.
        """
        pages = -MERGED_PAGES  # all parts into one
        while await self.write(_merge_search, pages):
            pages = MERGED_PAGES
        while not await self._writer.run(self._cut_log):  # noqa: ASYNC110 - nobody tells of the end of a reader
            await asyncio.sleep(CUT_SECONDS)

    def _cut_log(self) -> bool:
        try:
            for copy in self._copies():  # made before an upgrade, with what was deleted since
                copy.unlink(missing_ok=True)
            driver = _driver_of(self._only_writer())
            driver.execute("PRAGMA busy_timeout = 0")  # nobody may wait for a long reader
            busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            driver.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        except SQLITE_FAILURES as error:
            self._failed(error)
            raise store_error(error) from None
        return not busy

    def _look(self) -> None:
        self._guard.check()
        if self._refuses:
            self._write_at_once(lambda connection: _driver_of(connection).execute(_TOUCH).close())

    def _writing[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        return self._writes.make(body)

    def write_at_once[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """See `Database`."""
        return self._writer.run(partial(self._write_at_once, body), Rank.ACKNOWLEDGING)

    def _reading[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        return self._readers.run(partial(self._read, body))

    def _transact(self, bodies: Sequence[Callable[[Connection], Any]]) -> list[Any]:
        try:
            connection = self._only_writer()
            with self._noticing_damage(), connection.begin():
                results = [body(connection) for body in bodies]
            self._guard.check()
            self._copy_log(connection)
            return results
        except SQLITE_FAILURES as error:
            self._failed(error)
            if len(bodies) > 1 and not isinstance(error, OperationalError):
                raise  # whose it is shows when each is alone
            raise store_error(error) from None

    def _write_at_once[R](self, body: Callable[[Connection], R]) -> R:
        try:
            connection = self._only_writer()
            try:
                with self._noticing_damage():
                    result = body(connection)
            finally:
                if connection.in_transaction():  # the body has read, too
                    connection.rollback()
            self._guard.check()
            self._copy_log(connection)
            self._refuses = False
            return result
        except SQLITE_FAILURES as error:
            self._failed(error)
            raise store_error(error) from None

    def _failed(self, error: BaseException) -> None:
        self._refuses = True
        self._repair.notice(error)

    def _copy_log(self, connection: Connection) -> None:
        """Copy a long log into the file, and notice a failure, as SQLite would not.

        What a killed desk left waits until the log has grown as much again: a start may still find the file damaged.
        """
        if self._guard.log_size - self._guard.log_left <= LOG_BYTES:
            return
        try:
            _driver_of(connection).execute("PRAGMA wal_checkpoint").fetchone()
            self._guard.log_left = 0
        except sqlite3.Error as error:  # what was committed is in the log, and stays there
            self._repair.notice(error)
            store_error(error)

    def _only_writer(self) -> Connection:
        self._repair.run()
        if self._kept_open is None:
            self._kept_open = self._write_engine.connect()
        return self._kept_open

    def _read[R](self, body: Callable[[Connection], R]) -> R:
        try:
            with self._noticing_damage(), self._read_engine.connect() as connection:
                return body(connection)
        except SQLITE_FAILURES as error:
            raise store_error(error) from None

    @contextmanager
    def _noticing_damage(self) -> Iterator[None]:
        try:
            yield
        except SQLITE_FAILURES as error:
            # Damage in the text of the schema is a column that does not exist.
            self._suspect = self._suspect or reason_of(error) in {DAMAGED, OTHER}
            raise
        except UnreadableValue:
            self._suspect = True
            raise

    def _let_go(self) -> None:
        try:
            if self._kept_open is not None:
                _fold_log_on_close(_driver_of(self._kept_open), folds=self._is_sound())
                self._kept_open.close()
                self._kept_open = None
            self._write_engine.dispose()
            self._repair.close()
        except SQLITE_FAILURES as error:
            store_error(error)  # for the log: all that was promised is on the disk

    def _is_sound(self) -> bool:
        try:
            self._repair.run()
        except StoreError:
            return False
        return not self._suspect


def _driver_of(connection: Connection) -> sqlite3.Connection:
    driver: Any = connection.connection.driver_connection
    return driver  # type: ignore[no-any-return]


def _merge_search(connection: Connection, pages: int) -> bool:
    """Merge so many pages of the search index; False once nothing is left to do."""
    driver = _driver_of(connection)
    before = driver.total_changes
    for index in ("search_index", "search_index_of_contacts"):
        driver.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (pages,)).close()  # noqa: S608
    return driver.total_changes - before >= 3  # one is each statement's own


def _fold_log_on_close(driver: sqlite3.Connection, *, folds: bool) -> None:
    """Copy the log into the file as the connection closes, or leave both as they are."""
    driver.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, not folds)


def _prepare_writer(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.isolation_level = None  # begin nothing by itself
    _fold_log_on_close(connection, folds=False)  # until it is known that the file is sound
    pragmas = ["journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"]
    pragmas += ["wal_autocheckpoint = 0", f"journal_size_limit = {LOG_BYTES}"]  # see `_copy_log`
    if sys.platform == "darwin":
        pragmas += ["fullfsync = ON", "checkpoint_fullfsync = ON"]
    _run_pragmas(connection, pragmas)


def _prepare_reader(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # begin nothing by itself
    _run_pragmas(connection, ["query_only = ON", f"cache_size = -{READER_CACHE_KB}"])


def _run_pragmas(connection: DBAPIConnection, pragmas: list[str]) -> None:
    cursor = connection.cursor()
    for pragma in (f"busy_timeout = {BUSY_MS}", f"trusted_schema = {TRUSTED}", "cell_size_check = ON", *pragmas):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


TRUSTED = "OFF" if sqlite3.sqlite_version_info >= (3, 45) else "ON"
"""Trust in triggers.

Older versions do not know that those of the search index are harmless, and would keep no message.
"""

CUT_SECONDS = 0.2
"""Time between two looks if the log can be cut."""

MERGED_PAGES = 500
"""Pages of the search index merged in one transaction, in about 20 ms."""

STATEMENTS = 1000
"""Most compiled statements kept; the program has about 300, search makes more."""


@functools.cache
def _shared_dialect() -> tuple[Dialect, LRUCache[Any, Any]]:
    """Return this process's dialect and compiled statements, the same for all files."""
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
    return engine.dialect, LRUCache(STATEMENTS)


def create_sqlite_engine(
    file: Path, mode: str, connections: int, prepare: Callable[[DBAPIConnection, object], None], begin: str
) -> Engine:
    """Create an engine with so many `connections` in SQLite's `mode`.

    `begin` is the statement that begins a transaction: the driver's own comes late and only before a write.
    """
    dialect, compiled = _shared_dialect()

    def connect() -> DBAPIConnection:
        # Readers take turns on a connection, and they are closed by the thread that closes all.
        opened: Any = sqlite3.connect(f"{file.as_uri()}?mode={mode}", uri=True, check_same_thread=False)
        return opened  # type: ignore[no-any-return]

    pool = QueuePool(connect, pool_size=connections, max_overflow=0, dialect=dialect)
    event.listen(pool, "connect", prepare)
    url = make_url("sqlite://").set(database=str(file))
    engine = Engine(pool, dialect, url, hide_parameters=True, execution_options={"compiled_cache": compiled})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine
