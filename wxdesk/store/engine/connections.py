"""Connections that parts of the PostgreSQL engine have for themselves."""

import contextlib

from sqlalchemy.ext.asyncio import AsyncConnection


async def close_quietly(connection: AsyncConnection) -> None:
    """Close a connection, which may be gone already."""
    with contextlib.suppress(Exception):
        await connection.invalidate()
    with contextlib.suppress(Exception):
        await connection.close()
