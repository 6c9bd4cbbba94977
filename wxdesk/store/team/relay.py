"""Events for desks on other machines, and their commands, each carried out once."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, select, update

from wxdesk.core.model.command import CommandState, StoredCommand
from wxdesk.store.engine.database import CHANNEL, StorePart, insert_into, read_by, reading, writing, writing_beside
from wxdesk.store.schema.team import commands, relayed_events

MOST_READ = 500
"""Rows of ten seconds of a flood; who is further behind looks at everything."""


class Relayed(NamedTuple):
    """Rows after a cursor: their texts, the new cursor, and if others were left out."""

    texts: Sequence[str]
    cursor: int
    missed: bool


class RelayedEvents(StorePart):
    """The events, appended by one server at a time, so that ids tell their order."""

    @writing
    def append(self, connection: Connection, events: str, at: datetime, forget: datetime) -> None:
        """Store the events of a moment, and drop those from before `forget`."""
        connection.execute(relayed_events.insert().values(events=events, at=at))
        connection.execute(delete(relayed_events).where(relayed_events.c.at < forget))

    async def whisper(self, text: str) -> None:
        """Send a text to all who listen just now, without storing it; it may be lost."""
        await self._db.write_at_once(lambda connection: connection.execute(select(func.pg_notify(CHANNEL, text))))

    @reading
    def newest(self, connection: Connection) -> int:
        """Return the cursor behind all that is stored now."""
        return connection.scalar(select(func.max(relayed_events.c.id))) or 0

    @reading
    def after(self, connection: Connection, cursor: int) -> Relayed:
        """Return what came after `cursor`, oldest first."""
        after = select(relayed_events.c.id, relayed_events.c.events).where(relayed_events.c.id > cursor)
        rows = connection.execute(after.order_by(relayed_events.c.id).limit(MOST_READ + 1)).all()
        newest = rows[-1].id if rows else cursor
        if len(rows) > MOST_READ:
            return Relayed([], connection.scalar(select(func.max(relayed_events.c.id))) or newest, missed=True)
        dropped = bool(rows) and rows[0].id > cursor + 1  # or rolled back; the newest is never dropped
        oldest = (connection.scalar(select(func.min(relayed_events.c.id))) or 0) if dropped else 0
        return Relayed([row.events for row in rows], newest, missed=cursor < oldest - 1)


KEPT = 10_000
"""Newest commands that are kept; a desk puts one every few seconds."""

_COLUMNS = [commands.c[name] for name in ("id", "call", "arguments", "state", "result", "operator_id")]


def _ended(connection: Connection, ids: Collection[int]) -> list[StoredCommand]:
    """Return those of these commands that have ended; deleted ones count as lost."""
    open_ones = (CommandState.PENDING, CommandState.BEGUN)
    known = {row.id: StoredCommand(*row) for row in connection.execute(select(*_COLUMNS).where(commands.c.id.in_(ids)))}
    gone = [StoredCommand(one, "", "", CommandState.LOST) for one in ids if one not in known]  # deleted with a customer
    return gone + [one for one in known.values() if one.state not in open_ones]


class CommandQueue(StorePart):
    """The commands: put and withdrawn by desks, begun and ended by the server."""

    @writing_beside
    def put(self, connection: Connection, command: StoredCommand, at: datetime, note: Callable[[int], object]) -> None:
        """Store a command; `note` gets its id before the commit, whose answer may be lost."""
        row = {"call": command.path, "arguments": command.arguments, "at": at, "state": command.state}
        row["operator_id"] = command.operator_id
        note(connection.execute(commands.insert().values(row).returning(commands.c.id)).scalar_one())

    @writing_beside
    def withdraw(self, connection: Connection, command_id: int, at: datetime) -> bool:
        """Take a command back, even one not yet stored; False if a server has begun it."""
        row = {"id": command_id, "call": "", "arguments": "", "at": at, "state": CommandState.WITHDRAWN}
        change = insert_into(connection, commands).values(row)  # waits for the storing, or keeps it from success
        undone = commands.c.state.in_((CommandState.PENDING, CommandState.WITHDRAWN))
        change = change.on_conflict_do_update(index_elements=["id"], set_={"state": row["state"]}, where=undone)
        return connection.execute(change).rowcount == 1

    ended = read_by(_ended)

    @writing
    def begin(self, connection: Connection) -> list[StoredCommand]:
        """Begin all commands that wait, oldest first."""
        change = update(commands).where(commands.c.state == CommandState.PENDING).values(state=CommandState.BEGUN)
        return sorted(
            (StoredCommand(*row) for row in connection.execute(change.returning(*_COLUMNS))), key=lambda one: one.id
        )

    @writing
    def end(self, connection: Connection, command_id: int, state: CommandState, result: str) -> None:
        """Store the end of a command that was begun."""
        connection.execute(update(commands).where(commands.c.id == command_id).values(state=state, result=result))
        connection.execute(delete(commands).where(commands.c.id <= command_id - KEPT))

    @writing_beside
    def forget(self, connection: Connection, command_id: int) -> None:
        """Delete a command that has ended, with its result."""
        connection.execute(delete(commands).where(commands.c.id == command_id))

    @writing
    def recover(self, connection: Connection) -> None:
        """Mark what a server that has ended left begun as lost."""
        left = update(commands).where(commands.c.state == CommandState.BEGUN)
        connection.execute(left.values(state=CommandState.LOST))
