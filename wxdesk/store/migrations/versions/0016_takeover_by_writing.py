"""Whether a takeover was begun by writing, so that what is written after it puts its end off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column(
        "conversations", sa.Column("takeover_by_writing", sa.Boolean(), nullable=False, server_default=sa.false())
    )
