"""Revisions of a team: set-up, a shared database, operators."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from wxdesk.core.search_words import spaced
from wxdesk.store.migrations.shapes import (
    add,
    count,
    create,
    flag,
    foreign_key,
    identity,
    index_words,
    moment,
    partial_index,
    text,
    unique,
)

if TYPE_CHECKING:
    from alembic.operations import Operations


def to_0024(op: Operations) -> None:
    """Add times in which WeChat could not reach the desk."""
    create(op, "outages", identity("id"), moment("began"), moment("ended", nullable=True), text("verdict"))
    op.create_index("ix_outages_began", "outages", ["began"])


def to_0025(op: Operations) -> None:
    """Add the last attempts of each account."""
    create(
        op,
        "setup_attempts",
        identity("id"),
        text("account", "subject", "verdict", "details"),
        count("times"),
        moment("first_at", "last_at"),
        unique("setup_attempts", "account", "subject", "verdict", "details"),
    )
    op.create_index("ix_setup_attempts_account_last_at", "setup_attempts", ["account", "last_at"])


def to_0026(op: Operations) -> None:
    """Add bytes of pictures that a team shares; empty on SQLite."""
    create(
        op,
        "picture_chunks",
        text("digest"),
        count("number"),
        [sa.Column("bytes", sa.LargeBinary(), nullable=False)],
        key=("digest", "number"),
    )
    if op.get_bind().dialect.name == "postgresql":  # pictures are compressed already
        op.execute("ALTER TABLE picture_chunks ALTER COLUMN bytes SET STORAGE EXTERNAL")


HINT = """
CREATE FUNCTION wxdesk_hint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('wxdesk', TG_ARGV[0]);
    RETURN NULL;
END $$
"""


def _hint(op: Operations, name: str, event: str, table: str, topic: str) -> None:
    """Let the server tell of what changes in a table."""
    each = f"FOR EACH STATEMENT EXECUTE FUNCTION wxdesk_hint('{topic}')"
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} {each}")


def to_0027(op: Operations) -> None:
    """Add the right to work on a shared database, and a hint when something arrives."""
    create(
        op,
        "leases",
        text("name"),
        moment("epoch"),
        text("holder"),
        moment("until"),
        unique("leases", "name", "epoch"),
        key=("name",),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(HINT)
        _hint(op, "hint", "INSERT", "raw_pushes", "push")


def to_0028(op: Operations) -> None:
    """Add events relayed to desks on other machines, and the calls of those desks."""
    create(op, "relayed_events", identity("id"), moment("at"), text("events"))
    op.create_index("ix_relayed_events_at", "relayed_events", ["at"])
    create(
        op, "commands", identity("id"), moment("at"), text("call", "arguments", "state"), text("result", nullable=True)
    )
    op.create_index("ix_commands_state", "commands", ["state"])
    if op.get_bind().dialect.name == "postgresql":
        _hint(op, "hint_events", "INSERT", "relayed_events", "events")
        _hint(op, "hint_command", "INSERT", "commands", "command")
        _hint(op, "hint_answer", "UPDATE", "commands", "answer")


def to_0029(op: Operations) -> None:
    """Add the rule that handed a conversation over, and the place of a late reply."""
    add(op, "conversations", text("taken_over_by", default=""))
    add(op, "replies", moment("placed_at", nullable=True))
    op.drop_index("ix_replies_timeline", "replies")
    op.create_index("ix_replies_made", "replies", ["conversation_id", "created_at", "id"])
    place = sa.text("coalesce(placed_at, created_at)")
    op.create_index("ix_replies_timeline", "replies", ["conversation_id", place, "id"])


def to_0030(op: Operations) -> None:
    """Add operators, their actions, and their names where something is kept."""
    create(
        op,
        "operators",
        identity("id"),
        text("name", "role"),
        flag("active"),
        text("password_hash"),
        moment("created_at", "changed_at"),
        count("failures"),
        moment("wait_until", nullable=True),
        unique("operators", "name"),
        sqlite_autoincrement=True,
    )
    create(op, "operator_actions", identity("id"), moment("at"), text("operator", "action", "about"))
    add(op, "commands", identity("operator_id", nullable=True))
    for table, column in (("replies", "operator"), ("rule_revisions", "by"), ("template_revisions", "by")):
        add(op, table, text(column, default=""))


def to_0031(op: Operations) -> None:
    """Add the drafts of operators."""
    create(
        op,
        "operator_drafts",
        identity("conversation_id"),
        text("operator", "drafts"),
        foreign_key("operator_drafts", "conversation_id", "conversations"),
        key=("conversation_id", "operator"),
    )


def to_0032(op: Operations) -> None:
    """Add who of a team has a conversation."""
    add(op, "conversations", text("claimed_by", default=""), moment("claimed_at", "claim_until", nullable=True))
    partial_index(op, "ix_conversations_claimed", "conversations", ["claimed_by", "last_at"], "claimed_by != ''")


def to_0033(op: Operations) -> None:
    """Add conversations that stay on top of the list."""
    add(op, "conversations", flag("pinned", default=sa.false()))
    partial_index(op, "ix_conversations_pinned", "conversations", ["id"], "pinned IS 1", "pinned IS true")


def to_0034(op: Operations) -> None:
    """Give no id of a deleted conversation or reply again on SQLite."""
    # Only the text of the schema changes: the rows are stored the same way.
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    for table in ("conversations", "replies"):
        found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).scalar_one()
        sql = found.replace("id INTEGER NOT NULL,", "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,", 1)
        sql = sql.replace(f"CONSTRAINT pk_{table} PRIMARY KEY (id), ", "", 1)
        connection.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, table))
        newest = f"SELECT '{table}', coalesce(max(id), 0) FROM {table}"  # noqa: S608
        connection.exec_driver_sql(f"INSERT INTO sqlite_sequence (name, seq) {newest}")
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")


def to_0035(op: Operations) -> None:
    """Add words of contacts, by which they are found, and their index."""
    add(op, "contacts", text("words", default=""))
    connection = op.get_bind()
    for one in connection.execute(sa.text("SELECT id, alias, note, tags, openid FROM contacts")).all():
        said = " ".join((one.alias, *json.loads(one.tags), one.note, one.openid, one.openid[-3:]))
        change = sa.text("UPDATE contacts SET words = :words WHERE id = :id")
        connection.execute(change, {"words": spaced(said), "id": one.id})
    index_words(op, "contacts", "search_index_of_contacts")
    if connection.dialect.name == "sqlite":
        op.execute("INSERT INTO search_index_of_contacts (search_index_of_contacts) VALUES ('rebuild')")
