"""Pictures that are kept, their uploads, and what became of those that messages name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_pictures"),
    )
    op.create_table(
        "uploads",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("media_id", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "digest", name="pk_uploads"),
    )
    op.add_column("messages", sa.Column("picture", sa.Text(), nullable=False, server_default=""))
    op.add_column("messages", sa.Column("picture_state", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("picture_problem", sa.Text(), nullable=False, server_default=""))
    awaited = sa.text("picture_state = 'awaited'")
    op.create_index("ix_messages_awaited", "messages", ["id"], sqlite_where=awaited, postgresql_where=awaited)
