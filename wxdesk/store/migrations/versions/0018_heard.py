"""Which message was the last when a human wrote: what came after it is not answered by what he wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("replies", sa.Column("heard_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
