"""Tables of the set-up: times in which WeChat could not reach the desk."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.store.schema.base import metadata
from wxdesk.store.schema.columns import EnumText, Moment, identity

outages = Table(
    "outages",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("began", Moment, nullable=False),
    Column("ended", Moment),
    Column("verdict", EnumText(CheckVerdict), nullable=False),
)
Index(None, outages.c.began)
