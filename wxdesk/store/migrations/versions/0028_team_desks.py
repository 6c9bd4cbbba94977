"""Add the events relayed to desks on other machines, and the calls of those desks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "relayed_events",
        sa.Column("id", identity, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_relayed_events"),
    )
    op.create_index("ix_relayed_events_at", "relayed_events", ["at"])
    op.create_table(
        "commands",
        sa.Column("id", identity, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("result", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_commands"),
    )
    op.create_index("ix_commands_state", "commands", ["state"])
    if op.get_bind().dialect.name == "postgresql":
        for table, event, topic in (
            ("relayed_events", "INSERT", "events"),
            ("commands", "INSERT", "command"),
            ("commands", "UPDATE", "answer"),
        ):
            op.execute(
                f"CREATE TRIGGER hint_{topic} AFTER {event} ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION wxdesk_hint('{topic}')"
            )
