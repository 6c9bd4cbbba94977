"""Indexes for how each rule fares: when it last matched, and where an operator corrected it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

CORRECTED = (
    "author = 'rule' AND (edited IS true OR (state = 'cancelled' AND \"by\" NOT IN ('', 'WeChat') AND error = ''))"
)


def upgrade() -> None:
    op.create_index("ix_rule_firings_rule_id_at", "rule_firings", ["rule_id", "at"])
    corrected = sa.text(CORRECTED)
    op.create_index(
        "ix_replies_corrected",
        "replies",
        ["created_at", "rule_id"],
        sqlite_where=corrected,
        postgresql_where=corrected,
    )
