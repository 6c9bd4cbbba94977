"""What a database does for the rest of this folder: it runs a transaction's body, written once for both engines.

A body is a plain function that gets a connection and waits for nothing but the database. On SQLite it runs in
a thread of its own (`store.sqlite`), on PostgreSQL on the desk's loop (`store.postgresql`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import Concatenate

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

CLOSE_SECONDS = 1.0
"""What closing may wait for calls that are under way; the desk has 3 s for its whole stop."""

AT_ONCE = 5000
"""Rows that one statement may name: servers take 32,766 values in all, and a statement must not keep others long."""

type Insert = sqlite.Insert | postgresql.Insert


class Database(ABC):
    """One database, opened.

    A call that was begun is finished although its caller is cancelled: its transaction is committed or rolled
    back, and `close` waits for it. Every error of a driver leaves these methods as `StoreError`, without its text.
    """

    async def write[**P, R](
        self, body: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """`body(connection, …)` as one transaction that writes: committed at its end, rolled back when it raises."""
        return await self._writing(lambda connection: body(connection, *args, **kwargs))

    async def write_at_once[**P, R](
        self, body: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same, ahead of all other writes that wait.

        `body` writes with one statement only, handed to SQLite's driver, because there it has no BEGIN before it:
        a lone statement is its own transaction, which spares two changes of the interpreter's lock.
        """
        return await self._writing_at_once(lambda connection: body(connection, *args, **kwargs))

    async def read[**P, R](self, body: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """`body(connection, …)` on one consistent view; a write through it fails."""
        return await self._reading(lambda connection: body(connection, *args, **kwargs))

    @abstractmethod
    def _writing[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """Begin `body` as a transaction that writes."""

    @abstractmethod
    def _writing_at_once[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """Begin `body` as a lone statement that writes."""

    @abstractmethod
    def _reading[R](self, body: Callable[[Connection], R]) -> Awaitable[R]:
        """Begin `body` as one that reads."""

    @abstractmethod
    async def close(self) -> bool:
        """Finish what is under way, then close every connection. Doing it twice does nothing.

        False if something hung for longer than `CLOSE_SECONDS` and was left to itself.
        """


def insert_into(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`, for the connection's engine."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
