"""The first schema.

Written out by hand and free of the program's own code, which will change while this must not.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _count(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _ref(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, _id(), nullable=nullable)


def _fk(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def _pk(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(columns or ("id",)), name=f"pk_{table}")


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def _where(name: str, table: str, columns: list[str], sqlite: str, postgresql: str | None = None) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(sqlite), postgresql_where=sa.text(postgresql or sqlite))


def upgrade() -> None:
    _create_pushes()
    _create_conversations()
    _create_messages()
    _create_decisions()
    _create_replies()
    _create_rules()
    _create_search()


def _create_pushes() -> None:
    op.create_table(
        "accounts",
        _text("name"),
        _text("app_id"),
        _text("original_id"),
        _text("push_mode"),
        _text("reply_mode"),
        _count("hold_seconds"),
        _pk("accounts", "name"),
    )
    op.create_table(
        "raw_pushes",
        _ref("id"),
        _text("account"),
        _text("key"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _text("format", nullable=True),
        _moment("received_at"),
        _flag("derived"),
        _text("note"),
        _pk("raw_pushes"),
        _unique("raw_pushes", "account", "key"),
    )
    _where("ix_raw_pushes_underived", "raw_pushes", ["id"], "derived IS 0", "derived IS false")


def _create_conversations() -> None:
    op.create_table(
        "contacts",
        _ref("id"),
        _text("account"),
        _text("openid"),
        _moment("first_seen_at"),
        _text("alias"),
        _text("note"),
        _text("tags"),
        _flag("blocked"),
        _pk("contacts"),
        _unique("contacts", "account", "openid"),
    )
    op.create_table(
        "conversations",
        _ref("id"),
        _text("account"),
        _ref("contact_id"),
        _text("mode", nullable=True),
        _flag("taken_over"),
        _moment("taken_over_until", nullable=True),
        _count("unread"),
        _text("preview"),
        _text("preview_kind"),
        _text("preview_author"),
        _moment("last_at", nullable=True),
        _moment("waiting_since", nullable=True),
        _count("window_left"),
        _moment("window_until", nullable=True),
        _pk("conversations"),
        _unique("conversations", "contact_id"),
        _fk("conversations", "contact_id", "contacts"),
    )
    op.create_index("ix_conversations_last_at_id", "conversations", ["last_at", "id"])
    _where("ix_conversations_unread", "conversations", ["last_at"], "unread > 0")
    _where("ix_conversations_waiting", "conversations", ["waiting_since"], "waiting_since IS NOT NULL")


def _create_messages() -> None:
    op.create_table(
        "messages",
        _ref("id"),
        _ref("conversation_id"),
        _ref("push_id"),
        _text("type"),
        _moment("created_at"),
        _moment("received_at"),
        _moment("at"),
        _text("text"),
        _text("msg_type"),
        _text("msg_id", nullable=True),
        _text("event", nullable=True),
        _text("session_from", nullable=True),
        _text("media_id", nullable=True),
        _text("pic_url", nullable=True),
        _text("fields"),
        _flag("decided"),
        _pk("messages"),
        _unique("messages", "push_id"),
        _fk("messages", "conversation_id", "conversations"),
        _fk("messages", "push_id", "raw_pushes"),
    )
    op.create_index("ix_messages_timeline", "messages", ["conversation_id", "at", "id"])
    _where("ix_messages_undecided", "messages", ["id"], "decided IS 0", "decided IS false")
    _where("ix_messages_written", "messages", ["at"], "event IS NULL")


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        _ref("id"),
        _ref("message_id"),
        _ref("conversation_id"),
        _text("outcome"),
        _moment("decided_at"),
        _ref("rule_id", nullable=True),
        _text("rule_name"),
        _count("rule_revision"),
        _text("verdicts"),
        _count("rules_left"),
        _text("problem"),
        _pk("decisions"),
        _unique("decisions", "message_id"),
        _fk("decisions", "message_id", "messages"),
        _fk("decisions", "conversation_id", "conversations"),
    )
    op.create_index("ix_decisions_conversation_id_id", "decisions", ["conversation_id", "id"])
    op.create_index("ix_decisions_decided_at_rule_id", "decisions", ["decided_at", "rule_id"])


def _create_replies() -> None:
    op.create_table(
        "replies",
        _ref("id"),
        _ref("conversation_id"),
        _text("author"),
        _text("content"),
        _text("state"),
        _moment("created_at"),
        _moment("updated_at"),
        _ref("message_id", nullable=True),
        _ref("decision_id", nullable=True),
        _ref("rule_id", nullable=True),
        _text("rule_name"),
        _count("rule_revision"),
        _moment("due_at", nullable=True),
        _moment("not_before", nullable=True),
        _count("attempts"),
        _moment("sent_at", nullable=True),
        _flag("edited"),
        _text("by"),
        _count("errcode", nullable=True),
        _text("error"),
        _text("rid"),
        _pk("replies"),
        _fk("replies", "conversation_id", "conversations"),
        _fk("replies", "message_id", "messages"),
        _fk("replies", "decision_id", "decisions"),
    )
    op.create_index("ix_replies_state_id", "replies", ["state", "id"])
    op.create_index("ix_replies_conversation_id_state_id", "replies", ["conversation_id", "state", "id"])
    op.create_index("ix_replies_timeline", "replies", ["conversation_id", "created_at", "id"])
    op.create_index("ix_replies_sent_at_author", "replies", ["sent_at", "author"])
    op.create_index("ix_replies_conversation_id_sent_at_id", "replies", ["conversation_id", "sent_at", "id"])


def _create_rules() -> None:
    op.create_table(
        "rules",
        _ref("id"),
        _count("position"),
        _count("revision"),
        _flag("enabled"),
        _text("rule"),
        _moment("updated_at"),
        _pk("rules"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rule_revisions",
        sa.Column("rule_id", _id(), nullable=False, autoincrement=False),
        sa.Column("revision", sa.Integer(), nullable=False, autoincrement=False),
        _text("rule"),
        _moment("saved_at"),
        _pk("rule_revisions", "rule_id", "revision"),
    )
    op.create_table(
        "templates",
        _ref("id"),
        _text("title"),
        _text("body"),
        _text("shortcut"),
        _moment("updated_at"),
        _pk("templates"),
    )
    op.create_table("settings", _text("key"), _text("value"), _pk("settings", "key"))


def _create_search() -> None:
    op.create_table(
        "search_texts",
        _ref("id"),
        _ref("message_id", nullable=True),
        _ref("reply_id", nullable=True),
        _text("words"),
        _pk("search_texts"),
        _unique("search_texts", "message_id"),
        _unique("search_texts", "reply_id"),
        _fk("search_texts", "message_id", "messages"),
        _fk("search_texts", "reply_id", "replies"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_search_texts_words ON search_texts USING gin (to_tsvector('simple'::regconfig, words))"
        )
        return
    # The index holds no text of its own; it reads search_texts, and must be told the old words when they change.
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5"
        "(words, content = 'search_texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 0')"
    )
    add = "INSERT INTO search_index (rowid, words) VALUES (new.id, new.words);"
    remove = "INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.id, old.words);"
    for name, when, steps in (
        ("search_texts_added", "INSERT", add),
        ("search_texts_removed", "DELETE", remove),
        ("search_texts_changed", "UPDATE OF words", f"{remove} {add}"),
    ):
        op.execute(f"CREATE TRIGGER {name} AFTER {when} ON search_texts BEGIN {steps} END")
