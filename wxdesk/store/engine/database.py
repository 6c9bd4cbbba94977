"""Common interface of both engines: it runs transaction bodies.

A body is a plain function that gets a connection and waits only for the database. It runs in a thread
(`store.engine.sqlite`), or on the desk's loop (`store.engine.postgresql`).
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import timedelta
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Concatenate, Self

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

CHANNEL = "wxdesk"
"""Channel of PostgreSQL on which a shared database gives hints."""

CLOSE_SECONDS = 1.0
"""Time that closing waits for running calls; the desk has 3 s for its whole stop."""

RENEW_SECONDS = 2.0
"""Time between two renewals of a lease, which outlives two that fail."""


class WorkLease:
    """Right to decide, send, time and alarm on a database.

    Whoever has a file open has it for good.
    """

    is_shared = False
    """True if other processes may work on the database instead."""
    ahead = timedelta()
    """Time by which the clock that counts is ahead of this machine's."""

    @property
    def is_held(self) -> bool:
        """True while this process may work: a call may begin, a timer may fire."""
        return True

    async def take(self) -> bool:
        """Take the lease if it is free; False if another has it. Raises `StoreError`."""
        return True

    async def renew(self) -> None:
        """Hold the lease for another period.

        Raises:
            LeaseLost: another process has taken it.
            StoreError: it is not known whether the lease is still held.
        """

    async def release(self) -> None:
        """Let another process take the lease at once; also after its loss."""


type Insert = sqlite.Insert | postgresql.Insert


class Database(ABC):
    """One open database.

    `lease` is the right to work on it. A call that was begun is finished even if its caller is cancelled: its
    transaction is committed or rolled back, and `close` waits for it. Every driver error leaves these methods as
    `StoreError`, without its text.
    """

    lease = WorkLease()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def write[**P, R](
        self, body: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `body(connection, …)` as one writing transaction; roll back if it raises.

        Raises:
            LeaseLost: this process has no right to work on a shared database, so nothing was written.
        """
        return await self._writing(lambda connection: body(connection, *args, **kwargs))

    async def write_beside[**P, R](
        self, body: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a writing transaction also without the lease, for rows of every process."""
        return await self._writing_beside(lambda connection: body(connection, *args, **kwargs))

    @abstractmethod
    def write_at_once[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """Run a writing body ahead of all other pending writes.

        `body` writes with one statement only, handed to SQLite's driver, because there it has no BEGIN before it:
        a lone statement is its own transaction, which spares two changes of the interpreter's lock.
        """

    async def read[**P, R](self, body: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `body(connection, …)` on one consistent view; a write through it fails."""
        return await self._reading(lambda connection: body(connection, *args, **kwargs))

    @abstractmethod
    def _writing[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """Begin `body` as a writing transaction."""

    def _writing_beside[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """Begin `body` also without the lease; like any write where there is none."""
        return self._writing(body)

    @abstractmethod
    def _reading[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """Begin `body` as a reading transaction."""

    @abstractmethod
    async def check(self) -> str:
        """Return the server's settings by which it may lose commits.

        Raises:
            StoreError: the next start would not find what is committed, or nothing can be committed just now.
        """

    def rest(self, took: float) -> float:
        """Return the seconds to wait after a round of work that took so long.

        Where each transaction costs trips to a server, more is done in one if some gathers meanwhile.
        """
        return 0.0

    async def scrub(self) -> None:
        """Cut what was deleted out of the files; a server does so itself, in time."""
        return

    async def listen(self, heard: Callable[[str], None]) -> None:
        """Call `heard` when another process may have changed something, until cancelled.

        It gets the topic of the change, empty for any. On a file there is no other process.
        """
        await asyncio.Event().wait()

    @abstractmethod
    async def close(self) -> bool:
        """Finish running calls and close every connection; a second call does nothing.

        False if something hung for longer than `CLOSE_SECONDS` and was abandoned.
        """


class StorePart:
    """Base of the parts of the store; each runs its own bodies on the database."""

    def __init__(self, db: Database) -> None:
        self._db = db


def reading[S: StorePart, **P, R](
    body: Callable[Concatenate[S, Connection, P], R],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Make a reading transaction's body a method to await, called without connection."""
    return _method(body, Database.read)


def writing[S: StorePart, **P, R](
    body: Callable[Concatenate[S, Connection, P], R],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Make a writing transaction's body a method to await, called without connection."""
    return _method(body, Database.write)


def writing_beside[S: StorePart, **P, R](
    body: Callable[Concatenate[S, Connection, P], R],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """Make a method as `writing` does, for any process, whoever works."""
    return _method(body, Database.write_beside)


def read_by[**P, R](
    body: Callable[Concatenate[Connection, P], R],
) -> Callable[Concatenate[StorePart, P], Coroutine[Any, Any, R]]:
    """Make a function that reads a method, as `reading` does; it promises the same."""
    return _method(body, Database.read, of_part=False)


def write_by[**P, R](
    body: Callable[Concatenate[Connection, P], R],
) -> Callable[Concatenate[StorePart, P], Coroutine[Any, Any, R]]:
    """Make a function that writes a method, as `writing` does; it promises the same."""
    return _method(body, Database.write, of_part=False)


def _method(
    body: Callable[..., Any], run: Callable[..., Coroutine[Any, Any, Any]], *, of_part: bool = True
) -> Callable[..., Coroutine[Any, Any, Any]]:
    @wraps(body)
    async def method(self: StorePart, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return await run(self._db, partial(body, self) if of_part else body, *args, **kwargs)

    return method


def put_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns, in place of those with the same primary key."""
    insert, key = insert_into(connection, table), table.primary_key.columns.keys()
    changed = {name: insert.excluded[name] for name in rows[0] if name not in key}
    connection.execute(insert.on_conflict_do_update(index_elements=key, set_=changed), rows)


def insert_into(connection: Connection, table: Table) -> Insert:
    """Return an INSERT with `on_conflict_…` methods for the connection's engine."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # 2 MB, which a desk with a file does not need

    return postgresql.insert(table)
