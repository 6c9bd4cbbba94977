"""Tables of a team on PostgreSQL; a file has them too, and leaves them empty.

None of them is moved: they are about who works on this database now.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text, UniqueConstraint

from wxdesk.core.model.remote_call import CommandState
from wxdesk.store.schema.base import metadata
from wxdesk.store.schema.columns import EnumText, Moment, identity

# One row a right that one process has at a time. The epoch counts its holders; a transaction that has seen its own
# keeps the next holder waiting, which takes a unique key. `until` is microseconds of the database's own clock.
leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    UniqueConstraint("name", "epoch", name="uq_leases_name_epoch"),
    info={"moves": False},
)

# Events of the server that works, for the desks on other machines: a row a moment, with all of that moment. Rows go
# after a while; who missed some looks at everything.
relayed_events = Table(
    "relayed_events",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("events", Text, nullable=False),
    info={"moves": False},
)
Index(None, relayed_events.c.at)

# What desks on other machines ask of the server that works: one row a call, with its result in the end.
commands = Table(
    "commands",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("call", Text, nullable=False),
    Column("arguments", Text, nullable=False),
    Column("state", EnumText(CommandState), nullable=False),
    Column("result", Text),
    info={"moves": False},
)
Index(None, commands.c.state)
