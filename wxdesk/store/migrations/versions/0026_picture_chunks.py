"""Bytes of pictures, where a team shares the database; empty on SQLite."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "picture_chunks",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "number", name="pk_picture_chunks"),
    )
    if op.get_bind().dialect.name == "postgresql":  # pictures are compressed already
        op.execute("ALTER TABLE picture_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL")
