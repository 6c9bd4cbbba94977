"""Conversations that are set aside, resolved or snoozed, and the replies after which that is done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("resolved_at", sa.BigInteger()))
    op.add_column("conversations", sa.Column("snoozed_until", sa.BigInteger()))
    op.add_column("conversations", sa.Column("aside_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("conversations", sa.Column("back_at", sa.BigInteger()))
    op.add_column("conversations", sa.Column("settled_at", sa.BigInteger()))
    op.add_column("replies", sa.Column("aside", sa.Text()))
    _index("open", ["last_at", "id"], "resolved_at IS NULL AND snoozed_until IS NULL")
    _index("snoozed", ["snoozed_until"], "snoozed_until IS NOT NULL")
    _index("back", ["back_at"], "back_at IS NOT NULL")


def _index(name: str, columns: list[str], where: str) -> None:
    chosen = sa.text(where)
    op.create_index(f"ix_conversations_{name}", "conversations", columns, sqlite_where=chosen, postgresql_where=chosen)
