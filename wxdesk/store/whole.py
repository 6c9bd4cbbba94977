"""What the store has begun it finishes, also when nobody waits for it any more.

A task that is cancelled in the middle of a statement would leave SQLite's connection in use by its thread and
have to throw it away. So a call into the store runs in a task of its own: its caller may go, the transaction is
committed or rolled back all the same, and closing the store waits for it.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Protocol

from wxdesk.store.database import Database


class _Part(Protocol):
    @property
    def _db(self) -> Database: ...


def whole[S: _Part, **P, R](
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, R]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, R]]:
    """A method that runs to its end although its caller is cancelled."""

    @functools.wraps(method)
    async def run(part: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        database = part._db  # noqa: SLF001  # every part of the store has it
        return await asyncio.shield(database.underway(method(part, *args, **kwargs)))

    return run


def every_call_whole[T](part: type[T]) -> type[T]:
    """The same for all public methods of a class."""
    for name, method in list(vars(part).items()):
        if not name.startswith("_") and inspect.iscoroutinefunction(method):
            setattr(part, name, whole(method))
    return part
