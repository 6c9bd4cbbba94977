"""Tables of a team on PostgreSQL; a file has them too, and leaves them empty.

Operators and what they did are moved; the others are about who works on this database now.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint

from wxdesk.core.model.command import CommandState
from wxdesk.core.model.operator import Role
from wxdesk.store.schema.columns import CleanText, EnumText, Moment, identity, metadata

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
    Column("operator_id", identity()),
    info={"moves": False},
)
Index(None, commands.c.state)

# `failures` counts wrong passwords in a row; before `wait_until` no further one is looked at.
operators = Table(
    "operators",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("role", EnumText(Role), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("wait_until", Moment),
    UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

# What operators did that is not kept with the thing itself, as replies and revisions keep it; rows are only added.
operator_actions = Table(
    "operator_actions",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("operator", CleanText, nullable=False),
    Column("action", Text, nullable=False),
    Column("about", CleanText, nullable=False),
)
