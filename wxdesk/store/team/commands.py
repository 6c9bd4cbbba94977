"""Calls of desks on other machines, each carried out at most once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from wxdesk.core.model.operator import CommandState, RemoteCall
from wxdesk.store.engine.database import StorePart, writing
from wxdesk.store.schema.team import commands

KEPT = 10_000
"""Newest calls that are kept; a desk puts one every few seconds."""

_CALL = (commands.c.id, commands.c.call, commands.c.arguments)
_COLUMNS = (*_CALL, commands.c.state, commands.c.result, commands.c.operator_id)


class CommandQueue(StorePart):
    """The calls: put and withdrawn by desks, begun and ended by the server that works."""

    @writing
    def put(
        self, connection: Connection, call: str, arguments: str, at: datetime, operator_id: int | None = None
    ) -> int:
        """Store a call of who is signed in at a desk; return its id."""
        row = {
            "call": call,
            "arguments": arguments,
            "at": at,
            "state": CommandState.PENDING,
            "operator_id": operator_id,
        }
        command_id: int = connection.execute(commands.insert().values(row).returning(commands.c.id)).scalar_one()
        return command_id

    @writing
    def withdraw(self, connection: Connection, command_id: int) -> bool:
        """Take a call back that no server has begun; False if one has."""
        change = update(commands).where(commands.c.id == command_id, commands.c.state == CommandState.PENDING)
        return connection.execute(change.values(state=CommandState.WITHDRAWN)).rowcount == 1

    async def ended(self, ids: Collection[int]) -> list[RemoteCall]:
        """Return those of these calls that have an end; lost is what is there no more."""
        return await self._db.read(_ended, tuple(ids))

    @writing
    def begin(self, connection: Connection) -> list[RemoteCall]:
        """Begin all calls that wait, oldest first."""
        change = update(commands).where(commands.c.state == CommandState.PENDING).values(state=CommandState.BEGUN)
        return sorted(
            (RemoteCall(*row) for row in connection.execute(change.returning(*_COLUMNS))), key=lambda one: one.id
        )

    @writing
    def end(self, connection: Connection, command_id: int, state: CommandState, result: str) -> None:
        """Store the end of a call that was begun."""
        connection.execute(update(commands).where(commands.c.id == command_id).values(state=state, result=result))
        connection.execute(delete(commands).where(commands.c.id <= command_id - KEPT))

    @writing
    def forget(self, connection: Connection, command_id: int) -> None:
        """Delete a call that has ended, with its result."""
        connection.execute(delete(commands).where(commands.c.id == command_id))

    @writing
    def recover(self, connection: Connection) -> None:
        """Mark what a server that has ended left begun as lost."""
        left = update(commands).where(commands.c.state == CommandState.BEGUN)
        connection.execute(left.values(state=CommandState.LOST))


def _ended(connection: Connection, ids: tuple[int, ...]) -> list[RemoteCall]:
    open_ones = (CommandState.PENDING, CommandState.BEGUN)
    known = {row.id: RemoteCall(*row) for row in connection.execute(select(*_COLUMNS).where(commands.c.id.in_(ids)))}
    gone = [RemoteCall(one, "", "", CommandState.LOST) for one in ids if one not in known]  # deleted with a customer
    return gone + [one for one in known.values() if one.state not in open_ones]
