"""Which drafts an operator has passed over by writing himself; what gave way to a newer answer corrects no rule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

PASSED = sa.text("passed_by IS NOT NULL")
CORRECTED = sa.text(
    "author = 'rule' AND (edited IS true"
    " OR (state = 'cancelled' AND \"by\" NOT IN ('', 'WeChat', 'contact') AND error = '')"
    " OR (passed_by IS NOT NULL AND state IN ('draft', 'cancelled')))"
)


def upgrade() -> None:
    op.add_column("replies", sa.Column("passed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
    op.create_index("ix_replies_passed_by", "replies", ["passed_by"], sqlite_where=PASSED, postgresql_where=PASSED)
    op.drop_index("ix_replies_corrected", "replies")
    op.create_index(
        "ix_replies_corrected",
        "replies",
        ["created_at", "rule_id"],
        sqlite_where=CORRECTED,
        postgresql_where=CORRECTED,
    )
