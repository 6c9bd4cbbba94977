"""Revisions of a desk of one operator: pictures, transfers, supervision, statuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from wxdesk.store.migrations.shapes import add, count, create, flag, foreign_key, identity, moment, partial_index, text

if TYPE_CHECKING:
    from alembic.operations import Operations


def to_0002(op: Operations) -> None:
    """Add each match of a rule, and past lists of rules."""
    create(
        op,
        "rule_firings",
        identity("id", "rule_id", "message_id", "conversation_id"),
        text("account"),
        moment("at"),
        flag("shadow"),
        foreign_key("rule_firings", "message_id", "messages"),
        foreign_key("rule_firings", "conversation_id", "conversations"),
    )
    columns = ["conversation_id", "rule_id", "at"]
    op.create_index("ix_rule_firings_conversation_id_rule_id_at", "rule_firings", columns)
    op.create_index("ix_rule_firings_at_rule_id", "rule_firings", ["at", "rule_id"])
    op.execute(
        "INSERT INTO rule_firings (rule_id, message_id, conversation_id, account, at, shadow)"
        " SELECT d.rule_id, d.message_id, d.conversation_id, c.account, d.decided_at, false"
        " FROM decisions d JOIN conversations c ON c.id = d.conversation_id"
        " WHERE d.rule_id IS NOT NULL AND d.outcome IN ('replied', 'silent', 'handed_over') ORDER BY d.id"
    )
    create(op, "rule_lists", identity("id"), moment("since"), text("rules"))
    op.create_index("ix_rule_lists_since_id", "rule_lists", ["since", "id"])


def to_0003(op: Operations) -> None:
    """Add kept pictures, their uploads, and the state of those that messages name."""
    create(
        op, "pictures", text("digest", "format"), count("width", "height", "size"), moment("added_at"), key=("digest",)
    )
    create(op, "uploads", text("account", "digest", "media_id"), moment("uploaded_at"), key=("account", "digest"))
    add(op, "messages", text("picture", default=""), text("picture_state", nullable=True))
    add(op, "messages", text("picture_problem", default=""))
    partial_index(op, "ix_messages_awaited", "messages", ["id"], "picture_state = 'awaited'")


def to_0004(op: Operations) -> None:
    """Add transfers to WeChat's own tool, and the page that contacts came from last."""
    add(op, "conversations", flag("transfer_armed", default=sa.false()), moment("transferred_until", nullable=True))
    add(op, "conversations", text("session_from", default=""))
    partial_index(
        op, "ix_conversations_armed", "conversations", ["id"], "transfer_armed IS 1", "transfer_armed IS true"
    )


def to_0005(op: Operations) -> None:
    """Keep templates as records with revisions and counted uses; old ones get new ids."""
    # Nothing named a template by its id before.
    old = op.get_bind().execute(sa.text("SELECT title, body, shortcut, updated_at FROM templates ORDER BY id")).all()
    op.drop_table("templates")
    templates = create(
        op,
        "templates",
        identity("id"),
        count("revision"),
        text("template"),
        moment("updated_at"),
        count("uses"),
        moment("last_used_at", nullable=True),
        sqlite_autoincrement=True,
    )
    revisions = create(
        op,
        "template_revisions",
        identity("template_id"),
        count("revision"),
        text("template"),
        moment("saved_at"),
        key=("template_id", "revision"),
    )
    for title, body, shortcut, at in old:
        said = json.dumps({"id": 0, "title": title, "body": body, "shortcut": shortcut}, ensure_ascii=False)
        row = {"revision": 1, "template": said, "updated_at": at, "uses": 0}
        new = op.get_bind().execute(templates.insert().values(row).returning(templates.c.id)).scalar_one()
        op.execute(revisions.insert().values(template_id=new, revision=1, template=said, saved_at=at))


def to_0006(op: Operations) -> None:
    """Add which replies were no answer but the promise that a human will come."""
    # Who still waits although a rule has spoken was given a promise.
    add(op, "replies", flag("promise", default=sa.false()))
    op.execute(
        "UPDATE replies SET promise = true WHERE sent_at IS NOT NULL AND message_id IN ("
        "SELECT messages.id FROM conversations JOIN messages ON messages.conversation_id = conversations.id "
        "WHERE conversations.taken_over IS true AND messages.at >= conversations.waiting_since)"
    )


def to_0007(op: Operations) -> None:
    """Index the pushes that could not be read."""
    partial_index(op, "ix_raw_pushes_unreadable", "raw_pushes", ["id"], "note != ''")


def to_0008(op: Operations) -> None:
    """Add parts of answers, a takeover's silence, calls for a person, and steps."""
    add(op, "replies", identity("part_of", nullable=True))
    partial_index(op, "ix_replies_part_of", "replies", ["part_of"], "part_of IS NOT NULL")
    add(op, "conversations", count("takeover_silence", nullable=True), moment("called_at", nullable=True))
    add(op, "conversations", text("called_by", default=""))
    partial_index(op, "ix_conversations_called", "conversations", ["called_at"], "called_at IS NOT NULL")
    create(
        op,
        "reply_steps",
        identity("id", "reply_id"),
        moment("at"),
        text("kind", "by"),
        text("before", nullable=True),
        text("reason"),
        foreign_key("reply_steps", "reply_id", "replies"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reply_steps_reply_id_id", "reply_steps", ["reply_id", "id"])


def to_0009(op: Operations) -> None:
    """Index each rule's matches, and replies that an operator corrected."""
    op.create_index("ix_rule_firings_rule_id_at", "rule_firings", ["rule_id", "at"])
    stopped = "state = 'cancelled' AND \"by\" NOT IN ('', 'WeChat') AND error = ''"
    corrected = f"author = 'rule' AND (edited IS true OR ({stopped}))"
    partial_index(op, "ix_replies_corrected", "replies", ["created_at", "rule_id"], corrected)


def to_0010(op: Operations) -> None:
    """Add calls of conversations for a human, and index the windows that close."""
    create(
        op,
        "calls",
        identity("conversation_id"),
        text("cause"),
        moment("at"),
        flag("seen"),
        foreign_key("calls", "conversation_id", "conversations"),
        key=("conversation_id", "cause"),
    )
    op.create_index("ix_calls_cause_conversation_id", "calls", ["cause", "conversation_id"])
    partial_index(op, "ix_conversations_closing", "conversations", ["window_until"], "waiting_since IS NOT NULL")


def to_0011(op: Operations) -> None:
    """Add deadlines and errcodes of steps."""
    add(op, "reply_steps", moment("until", nullable=True), count("errcode", nullable=True))


def to_0012(op: Operations) -> None:
    """Add the mode of automatic replies; that of older ones is unknown."""
    add(op, "replies", text("mode", "mode_from", nullable=True))


def to_0013(op: Operations) -> None:
    """Add resolved and snoozed conversations, and replies after which that is done."""
    add(op, "conversations", moment("resolved_at", "snoozed_until", nullable=True), text("aside_by", default=""))
    add(op, "conversations", moment("back_at", "settled_at", nullable=True))
    add(op, "replies", text("aside", nullable=True))
    is_open = "resolved_at IS NULL AND snoozed_until IS NULL"
    partial_index(op, "ix_conversations_open", "conversations", ["last_at", "id"], is_open)
    partial_index(op, "ix_conversations_snoozed", "conversations", ["snoozed_until"], "snoozed_until IS NOT NULL")
    partial_index(op, "ix_conversations_back", "conversations", ["back_at"], "back_at IS NOT NULL")


def to_0014(op: Operations) -> None:
    """Index what is looked up with every message, also in long conversations."""
    unfinished, its_time = "outcome IN ('incomplete', 'not_rendered')", ["conversation_id", "decided_at"]
    partial_index(op, "ix_decisions_unfinished", "decisions", its_time, unfinished)
    by_human = "author = 'operator'"
    partial_index(op, "ix_replies_of_a_human", "replies", ["conversation_id", "sent_at"], by_human)
    op.drop_index("ix_rule_firings_conversation_id_rule_id_at", "rule_firings")
    columns = ["conversation_id", "rule_id", "at"]
    partial_index(op, "ix_rule_firings_spoken", "rule_firings", columns, "shadow IS 0", "shadow IS false")


def to_0015(op: Operations) -> None:
    """Drop accounts: config.toml has them, and nobody read the copy."""
    op.drop_table("accounts")


def to_0016(op: Operations) -> None:
    """Add which takeovers were begun by writing."""
    add(op, "conversations", flag("takeover_by_writing", default=sa.false()))


def to_0017(op: Operations) -> None:
    """Add drafts passed over; what gave way to a newer answer corrects no rule."""
    add(op, "replies", identity("passed_by", nullable=True))
    partial_index(op, "ix_replies_passed_by", "replies", ["passed_by"], "passed_by IS NOT NULL")
    op.drop_index("ix_replies_corrected", "replies")
    corrected = (
        "author = 'rule' AND (edited IS true"
        " OR (state = 'cancelled' AND \"by\" NOT IN ('', 'WeChat', 'contact') AND error = '')"
        " OR (passed_by IS NOT NULL AND state IN ('draft', 'cancelled')))"
    )
    partial_index(op, "ix_replies_corrected", "replies", ["created_at", "rule_id"], corrected)


def to_0018(op: Operations) -> None:
    """Add the newest message that an operator knew when they wrote."""
    add(op, "replies", identity("heard_id", nullable=True))
