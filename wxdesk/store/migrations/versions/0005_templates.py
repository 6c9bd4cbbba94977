"""Templates with keywords, variants, prompts and kinds, counted uses, and every revision.

What a template says becomes one record, as with rules. Nothing named a template by its id before, so the old ones
get new ids in their old order.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    old = op.get_bind().execute(sa.text("SELECT title, body, shortcut, updated_at FROM templates ORDER BY id")).all()
    op.drop_table("templates")
    templates = op.create_table(
        "templates",
        sa.Column("id", _id(), nullable=False),
        _count("revision"),
        sa.Column("template", sa.Text(), nullable=False),
        _moment("updated_at"),
        _count("uses"),
        _moment("last_used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_templates"),
        sqlite_autoincrement=True,
    )
    revisions = op.create_table(
        "template_revisions",
        sa.Column("template_id", _id(), autoincrement=False, nullable=False),
        _count("revision"),
        sa.Column("template", sa.Text(), nullable=False),
        _moment("saved_at"),
        sa.PrimaryKeyConstraint("template_id", "revision", name="pk_template_revisions"),
    )
    for title, body, shortcut, at in old:
        said = json.dumps({"id": 0, "title": title, "body": body, "shortcut": shortcut}, ensure_ascii=False)
        row = {"revision": 1, "template": said, "updated_at": at, "uses": 0}
        new = op.get_bind().execute(templates.insert().values(row).returning(templates.c.id)).scalar_one()
        op.execute(revisions.insert().values(template_id=new, revision=1, template=said, saved_at=at))
