"""The takeover that a reply's writing began or put off, so that undoing the reply can restore the one before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("replies", sa.Column("takeover", sa.Text()))
