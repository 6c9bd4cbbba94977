"""Conversations know whether WeChat's own tool serves the contact, and where he came from last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns; nobody is there yet, and nobody is on the way."""
    op.add_column("conversations", sa.Column("transfer_armed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("conversations", sa.Column("transferred_until", sa.BigInteger(), nullable=True))
    op.add_column("conversations", sa.Column("session_from", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "ix_conversations_armed",
        "conversations",
        ["id"],
        sqlite_where=sa.text("transfer_armed IS 1"),
        postgresql_where=sa.text("transfer_armed IS true"),
    )
