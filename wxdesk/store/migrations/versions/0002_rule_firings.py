"""Which rules matched which message, and which rules there were when.

Decisions made before name the last rule that spoke; that much is taken over.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rule_firings",
        sa.Column("id", _id(), nullable=False),
        sa.Column("rule_id", _id(), nullable=False),
        sa.Column("message_id", _id(), nullable=False),
        sa.Column("conversation_id", _id(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_firings"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_rule_firings_message_id_messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_rule_firings_conversation_id_conversations"
        ),
    )
    columns = ["conversation_id", "rule_id", "at"]
    op.create_index("ix_rule_firings_conversation_id_rule_id_at", "rule_firings", columns)
    op.create_index("ix_rule_firings_at_rule_id", "rule_firings", ["at", "rule_id"])
    op.execute(
        "INSERT INTO rule_firings (rule_id, message_id, conversation_id, account, at, shadow)"
        " SELECT d.rule_id, d.message_id, d.conversation_id, c.account, d.decided_at, false"
        " FROM decisions d JOIN conversations c ON c.id = d.conversation_id"
        " WHERE d.rule_id IS NOT NULL AND d.outcome IN ('replied', 'silent', 'handed_over') ORDER BY d.id"
    )
    op.create_table(
        "rule_lists",
        sa.Column("id", _id(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_lists"),
    )
    op.create_index("ix_rule_lists_since_id", "rule_lists", ["since", "id"])
