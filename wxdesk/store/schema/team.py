"""Tables of a team on PostgreSQL; a file has them too, and leaves them empty."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Table, Text, UniqueConstraint

from wxdesk.store.schema.base import metadata

# One row a right that one process has at a time. The epoch counts its holders; a transaction that has seen its own
# keeps the next holder waiting, which takes a unique key. `until` is microseconds of the database's own clock.
leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    UniqueConstraint("name", "epoch", name="uq_leases_name_epoch"),
)
