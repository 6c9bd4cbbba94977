"""What supervision keeps: parts of one answer, a takeover's silence, calls for a person, and each reply's history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    part_of = sa.text("part_of IS NOT NULL")
    op.add_column("replies", sa.Column("part_of", _id()))
    op.create_index("ix_replies_part_of", "replies", ["part_of"], sqlite_where=part_of, postgresql_where=part_of)
    op.add_column("conversations", sa.Column("takeover_silence", sa.Integer()))
    op.add_column("conversations", sa.Column("called_at", sa.BigInteger()))
    op.add_column("conversations", sa.Column("called_by", sa.Text(), nullable=False, server_default=""))
    called = sa.text("called_at IS NOT NULL")
    op.create_index(
        "ix_conversations_called", "conversations", ["called_at"], sqlite_where=called, postgresql_where=called
    )
    op.create_table(
        "reply_steps",
        sa.Column("id", _id(), nullable=False),
        sa.Column("reply_id", _id(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("before", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["reply_id"], ["replies.id"], name="fk_reply_steps_reply_id_replies"),
        sa.PrimaryKeyConstraint("id", name="pk_reply_steps"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reply_steps_reply_id_id", "reply_steps", ["reply_id", "id"])
