"""Add who of a team has a conversation."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("claimed_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("conversations", sa.Column("claimed_at", sa.BigInteger()))
    op.add_column("conversations", sa.Column("claim_until", sa.BigInteger()))
    which = sa.text("claimed_by != ''")
    columns = ["claimed_by", "last_at"]
    op.create_index("ix_conversations_claimed", "conversations", columns, sqlite_where=which, postgresql_where=which)
