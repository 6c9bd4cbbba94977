"""Add conversations that stay on top of the list."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("pinned", sa.Boolean(), nullable=False, server_default=sa.false()))
    pinned = sa.column("pinned", sa.Boolean()).is_(sa.true())
    op.create_index("ix_conversations_pinned", "conversations", ["id"], sqlite_where=pinned, postgresql_where=pinned)
