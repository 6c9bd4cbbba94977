"""Indexes for what is looked up with every message: a conversation of many thousands costs no more than a new one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    unfinished = sa.text("outcome IN ('incomplete', 'not_rendered')")
    op.create_index(
        "ix_decisions_unfinished",
        "decisions",
        ["conversation_id", "decided_at"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    of_a_human = sa.text("author = 'operator'")
    op.create_index(
        "ix_replies_of_a_human",
        "replies",
        ["conversation_id", "sent_at"],
        sqlite_where=of_a_human,
        postgresql_where=of_a_human,
    )
    op.drop_index("ix_rule_firings_conversation_id_rule_id_at", "rule_firings")
    op.create_index(
        "ix_rule_firings_spoken",
        "rule_firings",
        ["conversation_id", "rule_id", "at"],
        sqlite_where=sa.text("shadow IS 0"),
        postgresql_where=sa.text("shadow IS false"),
    )
