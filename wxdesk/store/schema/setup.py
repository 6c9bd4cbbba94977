"""Tables of the set-up: what arrived for each account, and times without reach."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.store.schema.columns import CleanText, EnumText, Moment, identity, metadata

# One row a finding that was ever made of what arrived, so that a flood of the same makes no rows. The account is empty
# where the request belongs to none.
setup_attempts = Table(
    "setup_attempts",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("account", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("details", CleanText, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", Moment, nullable=False),
    Column("last_at", Moment, nullable=False),
    UniqueConstraint("account", "subject", "verdict", "details"),
)
Index(None, setup_attempts.c.account, setup_attempts.c.last_at)

outages = Table(
    "outages",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("began", Moment, nullable=False),
    Column("ended", Moment),
    Column("verdict", EnumText(CheckVerdict), nullable=False),
)
Index(None, outages.c.began)
