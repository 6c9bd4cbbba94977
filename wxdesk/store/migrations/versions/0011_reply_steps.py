"""Until when a reply was held or put off, and which errcode of WeChat's it met."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("reply_steps", sa.Column("until", sa.BigInteger()))
    op.add_column("reply_steps", sa.Column("errcode", sa.Integer()))
