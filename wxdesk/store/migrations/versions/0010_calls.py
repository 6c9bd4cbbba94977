"""Which conversations call for a human, and why; and an index of the windows that close on waiting contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "cause", name="pk_calls"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_calls_conversation_id_conversations"
        ),
    )
    op.create_index("ix_calls_cause_conversation_id", "calls", ["cause", "conversation_id"])
    waiting = sa.text("waiting_since IS NOT NULL")
    op.create_index(
        "ix_conversations_closing", "conversations", ["window_until"], sqlite_where=waiting, postgresql_where=waiting
    )
