"""Accounts are what config.toml says; their copy was written at each start and read by nobody."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.drop_table("accounts")
