"""Translation of database errors into reasons for the operator.

The text of a driver's error can hold row values (openids, what a contact wrote) or the URL, so none of it
goes into our errors or the log: only a sentence from this table and the error's own code.
"""

from __future__ import annotations

import errno
import logging
import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from wxdesk.core.errors import StoreError

log = logging.getLogger(__name__)

DISK_FULL = "the disk is full"
LOCKED = "another program holds the database"
DISK_FAULT = "the disk reports an error"
READ_ONLY = "the database may not be written"
DAMAGED = "the database file is damaged"
UNREACHABLE = "the database server cannot be reached"
REFUSED = "the database server refused the user, the password or the database name"
SILENT = "the database does not answer"
CLOSED = "the store is closed"
BUSY = "the database server has no room for more just now"
CANCELLED = "the database server broke the query off"
CROSSED = "two desks changed the same thing at once"
OTHER = "the database answered with an error"

SQLITE_FAILURES = (SQLAlchemyError, sqlite3.Error, OSError, UnicodeDecodeError)
"""Exceptions of working with SQLite, whose messages quote damaged bytes."""

_SQLITE = {
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_IOERR: DISK_FAULT,
    sqlite3.SQLITE_CANTOPEN: DISK_FAULT,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_PERM: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: DAMAGED,
    sqlite3.SQLITE_NOTADB: DAMAGED,
}

_FILE = {errno.ENOSPC: DISK_FULL, errno.EROFS: READ_ONLY, errno.EACCES: READ_ONLY, errno.EPERM: READ_ONLY}

_SQLSTATE = {
    "53100": DISK_FULL,
    "53300": BUSY,
    "57014": CANCELLED,
    "55P03": LOCKED,
    "40001": CROSSED,
    "40P01": CROSSED,
    "25006": READ_ONLY,
    "28": REFUSED,
    "3D": REFUSED,
    "42501": REFUSED,
    "08": UNREACHABLE,
    "57": UNREACHABLE,  # the server is shutting down or starting
    "53": BUSY,  # of memory, or by a limit of its own
    "58": DISK_FAULT,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""Reasons by the whole SQLSTATE code, or else by its class."""


def store_error(error: BaseException) -> StoreError:
    """Turn a driver's or network error into a `StoreError`; log its code, not text."""
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    code = getattr(original, "sqlite_errorcode", None)
    sqlstate = getattr(original, "sqlstate", None)
    if isinstance(code, int):
        reason = _SQLITE.get(code & 0xFF, OTHER)
    elif isinstance(sqlstate, str):
        reason = _SQLSTATE.get(sqlstate) or _SQLSTATE.get(sqlstate[:2], OTHER)
    elif isinstance(original, UnicodeDecodeError):
        reason = DAMAGED
    elif isinstance(error, OSError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        reason = UNREACHABLE
    else:
        reason = OTHER
    log.error("database error: %s, code %s", type(original).__name__, sqlstate or code)
    return StoreError(reason=reason)


def file_error(error: OSError) -> StoreError:
    """Turn a file error of the database or its folder into a `StoreError`."""
    log.error("the database file cannot be used: errno %s", error.errno)
    return StoreError(reason=_FILE.get(error.errno or 0, DISK_FAULT))
