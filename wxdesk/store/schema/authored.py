"""Tables of what the operator writes in advance: rules, templates, settings."""

from sqlalchemy import Boolean, Column, Index, Integer, Table, Text

from wxdesk.core.model.operator import acting_name
from wxdesk.core.model.rule import Rule
from wxdesk.core.templates import Template
from wxdesk.store.schema.columns import CleanText, JsonText, Moment, identity, metadata

# An id that a deleted rule had must never be given again: decisions name it.
rules = Table(
    "rules",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("rule", JsonText(Rule), nullable=False),
    Column("updated_at", Moment, nullable=False),
    sqlite_autoincrement=True,
)

rule_revisions = Table(
    "rule_revisions",
    metadata,
    Column("rule_id", identity(), primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("rule", JsonText(Rule), nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("by", CleanText, nullable=False, server_default="", default=acting_name),
)

# The switched-on rules (id and revision) in their order, each time that they became others.
rule_lists = Table(
    "rule_lists",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("rules", JsonText(tuple[tuple[int, int], ...]), nullable=False),
)
Index(None, rule_lists.c.since, rule_lists.c.id)

# As with rules: what a revision or an undone deletion names must not be another template's.
templates = Table(
    "templates",
    metadata,
    Column("id", identity(), primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("template", JsonText(Template), nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("last_used_at", Moment),
    sqlite_autoincrement=True,
)

template_revisions = Table(
    "template_revisions",
    metadata,
    Column("template_id", identity(), primary_key=True, autoincrement=False),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("template", JsonText(Template), nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("by", CleanText, nullable=False, server_default="", default=acting_name),
)

settings = Table(
    "settings", metadata, Column("key", Text, primary_key=True), Column("value", CleanText, nullable=False)
)
