"""Add the drafts of operators."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "operator_drafts",
        sa.Column("conversation_id", number, autoincrement=False, nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("drafts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_operator_drafts_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "operator", name="pk_operator_drafts"),
    )
