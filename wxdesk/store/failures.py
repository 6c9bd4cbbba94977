"""Translation of database errors into reasons for the operator.

The text of a driver's error can hold row values (openids, what a contact wrote) or the URL, so none of it
goes into our errors or the log: only a sentence from this table and the error's own code.
"""

import errno
import logging
import sqlite3
from ssl import SSLCertVerificationError, SSLError

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from wxdesk.core.errors import StoreError

log = logging.getLogger(__name__)

DISK_FULL = "the disk is full: make room on it"
LOCKED = "another program holds the database"
DISK_FAULT = "the disk reports an error"
READ_ONLY = "the database may not be written"
DAMAGED = "the database file is damaged"
UNREACHABLE = "the database server cannot be reached"
WRONG_PASSWORD = "the database server refused the user or the password"  # noqa: S105
NO_ENTRY = "the database server lets nobody in from here under that user (pg_hba.conf)"
NO_DATABASE = "the database server has no database of that name"
NO_RIGHT = "the database server does not give the user the rights that wxdesk needs"
NO_TLS = "the database server and wxdesk agree on no encryption (TLS)"
UNTRUSTED = "the database server has no certificate that this machine trusts for its name"
BAD_URL = "the store's url has a part that wxdesk or the database server does not know"
SERVER_FULL = "the disk of the database server is full"
STANDBY = "the database server takes no changes: it is a standby, or set to read only"
POOLER = "the pooler before the database server refuses the connection or one of its settings"
POOLED = "a pooler before the database server gives each transaction another session"
SILENT = "the database does not answer"
CLOSED = "the store is closed"
BUSY = "the database server has no room for more connections just now"
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
    "08": UNREACHABLE,
    "08P01": POOLER,  # says PgBouncer for whatever it refuses
    "25006": STANDBY,
    "26": POOLED,  # a statement that was prepared in another session
    "42P05": POOLED,
    "28000": NO_ENTRY,
    "28P01": WRONG_PASSWORD,
    "3D": NO_DATABASE,
    "40001": CROSSED,
    "40P01": CROSSED,
    "42501": NO_RIGHT,
    "42704": BAD_URL,  # a parameter of the url is passed on as a setting
    "53": BUSY,  # of memory, or by a limit of its own
    "53100": SERVER_FULL,
    "55P03": LOCKED,
    "57": UNREACHABLE,  # the server is shutting down or starting
    "57014": CANCELLED,
    "58": DISK_FAULT,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}
"""Reasons by the whole SQLSTATE code, or else by its class."""

_KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (UnicodeDecodeError, DAMAGED),
    (TimeoutError, SILENT),
    (PoolTimeout, SILENT),
    (OSError, UNREACHABLE),
    (ValueError, BAD_URL),
    (OverflowError, BAD_URL),  # a port of six digits
)
"""Reasons of errors without a code, the most exact first."""


def store_error(error: BaseException) -> StoreError:
    """Turn a driver's or network error into a `StoreError`; log its code, not text."""
    original, code = _original_with_code(error)
    log.error("database error: %s, code %s", type(original).__name__, code)
    return StoreError(reason=reason_of(error))


def reason_of(error: BaseException) -> str:
    """Return the sentence for a driver's or network error."""
    original, code = _original_with_code(error)
    if isinstance(code, int):
        return _SQLITE.get(code & 0xFF, OTHER)
    if code is not None:
        return _SQLSTATE.get(code) or _SQLSTATE.get(code[:2], OTHER)
    return _reason_without_code(error, original)


def _original_with_code(error: BaseException) -> tuple[BaseException, int | str | None]:
    original = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return original, getattr(original, "sqlite_errorcode", None) or getattr(original, "sqlstate", None)


def _reason_without_code(error: BaseException, original: BaseException) -> str:
    if isinstance(original, sqlite3.OperationalError) and "decode to UTF-8" in str(original):
        return DAMAGED
    if isinstance(original, SSLCertVerificationError):
        return UNTRUSTED
    # asyncpg has no class for a server without TLS.
    if isinstance(original, SSLError) or (isinstance(original, ConnectionError) and "SSL" in str(original)):
        return NO_TLS
    causes = (original, original.__cause__)
    found = next((reason for kind, reason in _KINDS if any(isinstance(one, kind) for one in causes)), OTHER)
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return UNREACHABLE if found == OTHER and lost else found


def file_error(error: OSError) -> StoreError:
    """Turn a file error of the database or its folder into a `StoreError`."""
    log.error("the database file cannot be used: errno %s", error.errno)
    return StoreError(reason=_FILE.get(error.errno or 0, DISK_FAULT))
