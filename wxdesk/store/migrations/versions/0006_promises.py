"""Replies know whether they were an answer or but the promise that a human will come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the column; who still waits although a rule has spoken was given a promise."""
    op.add_column("replies", sa.Column("promise", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE replies SET promise = true WHERE sent_at IS NOT NULL AND message_id IN ("
        "SELECT messages.id FROM conversations JOIN messages ON messages.conversation_id = conversations.id "
        "WHERE conversations.taken_over IS true AND messages.at >= conversations.waiting_since)"
    )
