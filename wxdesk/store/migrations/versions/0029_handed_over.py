"""Add the rule that handed a conversation over, and the place of a late reply."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("taken_over_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("replies", sa.Column("placed_at", sa.BigInteger()))
    op.drop_index("ix_replies_timeline", "replies")
    op.create_index("ix_replies_made", "replies", ["conversation_id", "created_at", "id"])
    place = sa.text("coalesce(placed_at, created_at)")
    op.create_index("ix_replies_timeline", "replies", ["conversation_id", place, "id"])
