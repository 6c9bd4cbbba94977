"""An index of the pushes that could not be read, so that the quarantine is found without looking at all pushes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    unreadable = sa.text("note != ''")
    op.create_index(
        "ix_raw_pushes_unreadable", "raw_pushes", ["id"], sqlite_where=unreadable, postgresql_where=unreadable
    )
