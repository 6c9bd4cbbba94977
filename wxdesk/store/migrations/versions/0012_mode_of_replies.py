"""Under which mode an automatic reply was made, and whose word that was; of older ones nobody knows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("replies", sa.Column("mode", sa.Text()))
    op.add_column("replies", sa.Column("mode_from", sa.Text()))
