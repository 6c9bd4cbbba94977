"""The first schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from wxdesk.store.migrations.shapes import (
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


def to_0001(op: Operations) -> None:
    """Make the first schema, without the program's own code, which will change."""
    _create_pushes(op)
    _create_conversations(op)
    _create_messages(op)
    _create_decisions(op)
    _create_replies(op)
    _create_rules(op)
    _create_search(op)


def _create_pushes(op: Operations) -> None:
    create(
        op,
        "accounts",
        text("name", "app_id", "original_id", "push_mode", "reply_mode"),
        count("hold_seconds"),
        key=("name",),
    )
    create(
        op,
        "raw_pushes",
        identity("id"),
        text("account", "key"),
        [sa.Column("body", sa.LargeBinary(), nullable=False)],
        text("format", nullable=True),
        moment("received_at"),
        flag("derived"),
        text("note"),
        unique("raw_pushes", "account", "key"),
    )
    partial_index(op, "ix_raw_pushes_underived", "raw_pushes", ["id"], "derived IS 0", "derived IS false")


def _create_conversations(op: Operations) -> None:
    create(
        op,
        "contacts",
        identity("id"),
        text("account", "openid"),
        moment("first_seen_at"),
        text("alias", "note", "tags"),
        flag("blocked"),
        unique("contacts", "account", "openid"),
    )
    create(
        op,
        "conversations",
        identity("id"),
        text("account"),
        identity("contact_id"),
        text("mode", nullable=True),
        flag("taken_over"),
        moment("taken_over_until", nullable=True),
        count("unread"),
        text("preview", "preview_kind", "preview_author"),
        moment("last_at", "waiting_since", nullable=True),
        count("window_left"),
        moment("window_until", nullable=True),
        unique("conversations", "contact_id"),
        foreign_key("conversations", "contact_id", "contacts"),
    )
    op.create_index("ix_conversations_last_at_id", "conversations", ["last_at", "id"])
    partial_index(op, "ix_conversations_unread", "conversations", ["last_at"], "unread > 0")
    partial_index(op, "ix_conversations_waiting", "conversations", ["waiting_since"], "waiting_since IS NOT NULL")


def _create_messages(op: Operations) -> None:
    create(
        op,
        "messages",
        identity("id", "conversation_id", "push_id"),
        text("type"),
        moment("created_at", "received_at", "at"),
        text("text", "msg_type"),
        text("msg_id", "event", "session_from", "media_id", "pic_url", nullable=True),
        text("fields"),
        flag("decided"),
        unique("messages", "push_id"),
        foreign_key("messages", "conversation_id", "conversations"),
        foreign_key("messages", "push_id", "raw_pushes"),
    )
    op.create_index("ix_messages_timeline", "messages", ["conversation_id", "at", "id"])
    partial_index(op, "ix_messages_undecided", "messages", ["id"], "decided IS 0", "decided IS false")
    partial_index(op, "ix_messages_written", "messages", ["at"], "event IS NULL")


def _create_decisions(op: Operations) -> None:
    create(
        op,
        "decisions",
        identity("id", "message_id", "conversation_id"),
        text("outcome"),
        moment("decided_at"),
        identity("rule_id", nullable=True),
        text("rule_name"),
        count("rule_revision"),
        text("verdicts"),
        count("rules_left"),
        text("problem"),
        unique("decisions", "message_id"),
        foreign_key("decisions", "message_id", "messages"),
        foreign_key("decisions", "conversation_id", "conversations"),
    )
    op.create_index("ix_decisions_conversation_id_id", "decisions", ["conversation_id", "id"])
    op.create_index("ix_decisions_decided_at_rule_id", "decisions", ["decided_at", "rule_id"])


def _create_replies(op: Operations) -> None:
    create(
        op,
        "replies",
        identity("id", "conversation_id"),
        text("author", "content", "state"),
        moment("created_at", "updated_at"),
        identity("message_id", "decision_id", "rule_id", nullable=True),
        text("rule_name"),
        count("rule_revision"),
        moment("due_at", "not_before", nullable=True),
        count("attempts"),
        moment("sent_at", nullable=True),
        flag("edited"),
        text("by"),
        count("errcode", nullable=True),
        text("error", "rid"),
        foreign_key("replies", "conversation_id", "conversations"),
        foreign_key("replies", "message_id", "messages"),
        foreign_key("replies", "decision_id", "decisions"),
    )
    op.create_index("ix_replies_state_id", "replies", ["state", "id"])
    op.create_index("ix_replies_conversation_id_state_id", "replies", ["conversation_id", "state", "id"])
    op.create_index("ix_replies_timeline", "replies", ["conversation_id", "created_at", "id"])
    op.create_index("ix_replies_sent_at_author", "replies", ["sent_at", "author"])
    op.create_index("ix_replies_conversation_id_sent_at_id", "replies", ["conversation_id", "sent_at", "id"])


def _create_rules(op: Operations) -> None:
    create(
        op,
        "rules",
        identity("id"),
        count("position", "revision"),
        flag("enabled"),
        text("rule"),
        moment("updated_at"),
        sqlite_autoincrement=True,
    )
    create(
        op,
        "rule_revisions",
        identity("rule_id"),
        count("revision"),
        text("rule"),
        moment("saved_at"),
        key=("rule_id", "revision"),
    )
    create(op, "templates", identity("id"), text("title", "body", "shortcut"), moment("updated_at"))
    create(op, "settings", text("key", "value"), key=("key",))


def _create_search(op: Operations) -> None:
    create(
        op,
        "search_texts",
        identity("id"),
        identity("message_id", "reply_id", nullable=True),
        text("words"),
        unique("search_texts", "message_id"),
        unique("search_texts", "reply_id"),
        foreign_key("search_texts", "message_id", "messages"),
        foreign_key("search_texts", "reply_id", "replies"),
    )
    index_words(op, "search_texts", "search_index")
