"""Repair of a database's files after the disk failed to sync them.

Linux counts what a failed sync left behind as written and never writes it again, and SQLite forgets which pages it
had copied into the file: a power cut days later would damage it. So both files are written anew, from what the
system still holds, before anything else is built on them.
"""

import os
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from wxdesk.store.failures import file_error

_BLOCK = 1 << 20
_FAILED_SYNCS = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}


def log_of(file: Path) -> Path:
    """Return the path of a database's write-ahead log."""
    return file.with_name(f"{file.name}-wal")


def rewrite_log(file: Path) -> None:
    """Write a log that a killed desk left to the disk once more.

    Its newest changes may be in the system's memory only: never synced, or that failed.

    Raises:
        StoreError: the disk refuses.
    """
    try:
        _rewrite(descriptor := os.open(log_of(file), os.O_RDWR))
        os.close(descriptor)
    except FileNotFoundError:
        return
    except OSError as error:
        raise file_error(error) from None


class SyncRepair:
    """Repair of an open database, in the thread that writes to it."""

    def __init__(self, file: Path) -> None:
        self._paths = (log_of(file), file)
        self._needed = False
        self._descriptors: list[int] = []

    def notice(self, error: BaseException) -> None:
        """Learn of an error; one of a sync calls for the repair."""
        original = error.orig if isinstance(error, DBAPIError) else error
        if getattr(original, "sqlite_errorcode", None) in _FAILED_SYNCS:
            self._needed = True

    def run(self) -> None:
        """Repair the files if needed; nothing may be written before.

        Raises:
            StoreError: the disk still refuses.
        """
        if not self._needed:
            return
        try:
            for path in self._paths:
                # Closed, it would take SQLite's locks on the file with it, which belong to the process.
                self._descriptors.append(os.open(path, os.O_RDWR))
                _rewrite(self._descriptors[-1])
        except OSError as error:
            raise file_error(error) from None
        self._needed = False

    def close(self) -> None:
        """Close the files, after the last connection."""
        while self._descriptors:
            os.close(self._descriptors.pop())


def _rewrite(descriptor: int) -> None:
    with open(descriptor, "r+b", buffering=0, closefd=False) as opened:
        while block := opened.read(_BLOCK):
            opened.seek(-len(block), os.SEEK_CUR)
            opened.write(block)
    os.fsync(descriptor)
