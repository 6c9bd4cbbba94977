"""Read-only inspection of a SQLite file before anything may write to it.

A file that is damaged, foreign or from a newer program must stay byte for byte as it is, so this opens it
read-only, with the plain driver, in a thread.
"""

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from wxdesk.core.errors import Phrase, StoreDamaged, StoreError
from wxdesk.core.system_failures import IS_FOLDER, NO_PLAIN_FILE
from wxdesk.store.engine.sync_repair import log_of
from wxdesk.store.failures import DAMAGED, SQLITE_FAILURES, file_error, store_error

CHECKED_UP_TO = 64 * 1024 * 1024
"""Bytes up to which a file is checked at every start, in about 0.1 s."""

EMPTIED = "it is empty, though changes to it wait beside it; put the file back from a copy"
UNFINISHED_RESTORE = ".restoring-"
"""Prefix of the folder in a home from which a restore moves its files."""

NO_ROOM_TO_COPY = (
    "a copy of the database before the change to this version needs {size}, and {free} are free: make room"
)
RESTORING = "a restore was cut off here; do it once more"
NOT_SQLITE = "it is not a SQLite database"
FOREIGN = "it belongs to another program"

_DAMAGES = {sqlite3.SQLITE_NOTADB: NOT_SQLITE, sqlite3.SQLITE_CORRUPT: DAMAGED}


def revision_of(file: Path) -> str | None:
    """Return the schema revision of the database in `file`; None if it is empty.

    Raises:
        StoreDamaged: it is no SQLite database but a folder or another file, is damaged, or is another program's.
        StoreError: it cannot be read just now.
    """
    try:
        if file.exists() and not file.is_file():  # a container makes a folder where the file to be mounted is missing
            raise StoreDamaged(file=file.name, reason=IS_FOLDER if file.is_dir() else NO_PLAIN_FILE)
        if not file.exists() or file.stat().st_size == 0:
            restoring = any(file.parent.glob(f"{UNFINISHED_RESTORE}*"))
            if restoring or _waiting_changes(file):  # which SQLite would throw away
                raise StoreDamaged(file=file.name, reason=RESTORING if restoring else EMPTIED)
            return None
        with closing(_read_only(file)) as connection:
            return _revision(connection, file)
    except UnicodeDecodeError:  # SQLite quotes what it found
        raise StoreDamaged(file=file.name, reason=DAMAGED) from None
    except sqlite3.DatabaseError as error:
        if reason := _DAMAGES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF):
            raise StoreDamaged(file=file.name, reason=reason) from None
        raise store_error(error) from None
    except OSError as error:
        raise file_error(error) from None


def clear_unfinished(home: Path) -> None:
    """Remove what restores left that were stopped before they moved a file of a home."""
    for rest in home.glob(f"{UNFINISHED_RESTORE}*"):
        shutil.rmtree(rest, ignore_errors=True)


def _waiting_changes(file: Path) -> bool:
    """Tell if a log beside the file has changes that are not in it yet."""
    log = log_of(file)
    return log.exists() and log.stat().st_size > 0


def quiet_mode(file: Path) -> str:
    """Return SQLite's mode for reading that creates no side files."""
    return "ro" if _waiting_changes(file) else "ro&immutable=1"


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.as_uri()}?mode={quiet_mode(file)}", uri=True, timeout=4)


def _revision(connection: sqlite3.Connection, file: Path) -> str | None:
    connection.execute("PRAGMA trusted_schema = OFF")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if "alembic_version" not in tables:
        if tables:
            raise StoreDamaged(file=file.name, reason=FOREIGN)
        return None
    if file.stat().st_size <= CHECKED_UP_TO:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != ("ok",):
            raise StoreDamaged(file=file.name, reason=DAMAGED)
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def back_up(file: Path, revision: str) -> Path:
    """Copy the database to a file beside it before migrating it from `revision`.

    Raises:
        StoreError: it cannot be copied; no part of a copy stays.
    """
    copy = file.with_name(f"{file.stem}.before-{revision}{file.suffix}")
    try:
        copy.unlink(missing_ok=True)
        size, free = file.stat().st_size, shutil.disk_usage(file.parent).free
        if free < size:
            raise StoreError(reason=Phrase(NO_ROOM_TO_COPY, free=f"{free // 1024**2} MB", size=f"{size // 1024**2} MB"))
        copy.touch(mode=0o600)
        with closing(_read_only(file)) as source, closing(sqlite3.connect(copy)) as target:
            target.execute("PRAGMA journal_mode = OFF")  # a copy that is cut off is made anew
            source.backup(target)
    except SQLITE_FAILURES as error:
        with suppress(OSError):
            copy.unlink(missing_ok=True)
        raise (file_error(error) if isinstance(error, OSError) else store_error(error)) from None
    return copy
