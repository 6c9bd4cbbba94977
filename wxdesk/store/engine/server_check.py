"""Check of a PostgreSQL server: its rights, its durability, its sessions.

What wxdesk can set for its own connections it sets (`store.engine.postgresql`); this is about the rest.
"""

import secrets

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from wxdesk.core.errors import StoreError
from wxdesk.store.engine.failures import POOLED, STANDBY

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
