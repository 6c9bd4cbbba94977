"""The right to work on a shared database, and a hint to who has it that something has arrived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

HINT = """
CREATE FUNCTION wxdesk_hint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('wxdesk', TG_ARGV[0]);
    RETURN NULL;
END $$
"""

ON_PUSHES = """
CREATE TRIGGER hint AFTER INSERT ON raw_pushes FOR EACH STATEMENT EXECUTE FUNCTION wxdesk_hint('push')
"""


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
        sa.UniqueConstraint("name", "epoch", name="uq_leases_name_epoch"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(HINT)
        op.execute(ON_PUSHES)
