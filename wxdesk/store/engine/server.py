"""PostgreSQL server: its address with TLS, rights, durability and sessions.

What wxdesk can set for its own connections it sets (`store.engine.postgresql`); this is about the rest.
"""

import os
import secrets
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import URL, text
from sqlalchemy.ext.asyncio import AsyncConnection

from wxdesk.core.errors import Phrase, StoreError
from wxdesk.store.failures import POOLED, STANDBY

OF_LIBPQ = ("channel_binding", "connect_timeout", "gssencmode", "keepalives", "keepalives_idle", "keepalives_interval")
"""Parameters of providers' URLs that mean nothing to asyncpg."""

PLAIN = (
    "the database is on another machine, and what goes there would not be encrypted; add ?sslmode=verify-full or"
    " ?sslmode=require to its url, or ?sslmode=disable if nobody else can listen on the way"
)
NO_ROOTS = "the file {file} that sslrootcert names cannot be read"

_PERHAPS = ("", "allow", "prefer")
"""Modes in which whoever pretends to be the server gets everything in plain text."""


def address_of(url: URL) -> tuple[str, bool]:
    """Return the URL for asyncpg, and whether the system's certificates decide.

    asyncpg reads it itself, with all that PostgreSQL's own library knows, and takes what is missing, such as the
    password, from `PGPASSWORD` and the like, or from `~/.pgpass`.

    Raises:
        StoreError: it leads to another machine without TLS, and does not say that this is meant.
    """
    mode = url.query.get("sslmode") or os.environ.get("PGSSLMODE", "")
    if mode in _PERHAPS and not all(map(_is_here, _hosts(url))):
        raise StoreError(reason=PLAIN)
    roots = str(url.query.get("sslrootcert", ""))
    by_system = roots == "system"
    if roots and not by_system:
        try:
            Path(roots).read_bytes()
        except OSError:
            raise StoreError(reason=Phrase(NO_ROOTS, file=roots)) from None
    without = (*OF_LIBPQ, "sslmode", "sslrootcert") if by_system else OF_LIBPQ
    told = url.set(drivername="postgresql").difference_update_query(without)
    return told.render_as_string(hide_password=False), by_system


def _hosts(url: URL) -> Iterator[str]:
    if url.host:
        yield url.host
        return
    named = url.query.get("host") or os.environ.get("PGHOST", "")
    for host in named.split(",") if isinstance(named, str) else named:
        yield host.rpartition(":")[0] or host


def _is_here(host: str) -> bool:
    if not host or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


_SAFE = ("fsync", "full_page_writes", "synchronous_commit")
"""Settings without which commits are lost, or files damaged, by a crash."""

_OFF = ", ".join(f"CASE current_setting('{name}') WHEN 'off' THEN '{name}' END" for name in _SAFE)

_STATE = text(
    "SELECT pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on', "
    + f"concat_ws(', ', {_OFF})"
)
_MARK = text("SELECT set_config('wxdesk.session', :mark, false)")
_MARKED = text("SELECT current_setting('wxdesk.session', true)")


async def unsafe_settings(connection: AsyncConnection) -> str:
    """Return the settings by which the server may lose commits.

    Raises:
        StoreError: it may not be written.
    """
    read_only, unsafe = (await connection.execute(_STATE)).one()
    if read_only:
        raise StoreError(reason=STANDBY)
    return str(unsafe)


async def check_server(one: AsyncConnection, other: AsyncConnection) -> str:
    """Check by two connections to the same server; return its unsafe settings.

    A transaction pooler leads both to the same session of the server, or one of them to several.

    Raises:
        StoreError: the server may not be written, or sessions do not last.
    """
    mark = secrets.token_hex(8)
    await one.execute(_MARK, {"mark": mark})
    await one.commit()
    if await other.scalar(_MARKED) == mark or await one.scalar(_MARKED) != mark:
        raise StoreError(reason=POOLED)
    return await unsafe_settings(other)
