"""Builds the core's records from rows, and the selects for their columns."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, select

from wxdesk.core.conversations.attention import Attention
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.history import StepKind
from wxdesk.store.schema.messaging import contacts, conversations, replies, reply_steps

CONTACT_COLUMNS = [column.label(f"contact_{column.name}") for column in contacts.c if column.name != "id"]


# Statements never change once made, so these two are put together once.
_CONVERSATIONS: Select[Any] = select(*conversations.c, *CONTACT_COLUMNS).join_from(conversations, contacts)
_CONFIRMED = and_(
    replies.c.state == ReplyState.SENT,
    exists().where(reply_steps.c.reply_id == replies.c.id, reply_steps.c.kind == StepKind.CONFIRM),
)
_REPLIES: Select[Any] = (
    select(*replies.c, conversations.c.account, contacts.c.openid, _CONFIRMED.label("confirmed"))
    .join_from(replies, conversations)
    .join(contacts, contacts.c.id == conversations.c.contact_id)
)


def select_conversations() -> Select[Any]:
    """Select conversations with their contacts, for `conversation_of`."""
    return _CONVERSATIONS


def select_replies() -> Select[Any]:
    """Select replies with account and openid of their contact, for `reply_of`."""
    return _REPLIES


def conversation_of(row: Row[Any]) -> Conversation:
    """Build a conversation from a row of `select_conversations`."""
    return Conversation(
        id=row.id,
        account=row.account,
        contact=Contact(
            id=row.contact_id,
            account=row.contact_account,
            openid=row.contact_openid,
            first_seen_at=row.contact_first_seen_at,
            alias=row.contact_alias,
            note=row.contact_note,
            tags=row.contact_tags,
            blocked=row.contact_blocked,
        ),
        mode=row.mode,
        taken_over=row.taken_over,
        taken_over_until=row.taken_over_until,
        unread=row.unread,
        preview=row.preview,
        preview_kind=row.preview_kind,
        preview_author=row.preview_author,
        last_at=row.last_at,
        waiting_since=row.waiting_since,
        window=ReplyWindow(left=row.window_left, until=row.window_until),
        transfer_armed=row.transfer_armed,
        transferred_until=row.transferred_until,
        session_from=row.session_from,
        takeover_silence=row.takeover_silence,
        takeover_by_writing=row.takeover_by_writing,
        called_at=row.called_at,
        called_by=row.called_by,
        resolved_at=row.resolved_at,
        snoozed_until=row.snoozed_until,
        aside_by=row.aside_by,
        back_at=row.back_at,
    )


def message_of(row: Row[Any]) -> Message:
    """Build a message from a row with all columns of messages."""
    return Message(
        id=row.id,
        conversation_id=row.conversation_id,
        push_id=row.push_id,
        type=row.type,
        created_at=row.created_at,
        received_at=row.received_at,
        text=row.text,
        msg_type=row.msg_type,
        msg_id=row.msg_id,
        event=row.event,
        session_from=row.session_from,
        media_id=row.media_id,
        pic_url=row.pic_url,
        fields=row.fields,
        decided=row.decided,
        picture=row.picture,
        picture_state=row.picture_state,
        picture_problem=row.picture_problem,
    )


def attention_of(row: Row[Any]) -> Attention:
    """Build an attention record from a row with all columns of calls."""
    return Attention(row.conversation_id, row.cause, row.at, row.seen)


def reply_of(row: Row[Any]) -> Reply:
    """Build a reply from a row of `select_replies`."""
    return Reply(
        id=row.id,
        conversation_id=row.conversation_id,
        account=row.account,
        openid=row.openid,
        author=row.author,
        content=row.content,
        state=row.state,
        created_at=row.created_at,
        updated_at=row.updated_at,
        message_id=row.message_id,
        decision_id=row.decision_id,
        rule_id=row.rule_id,
        rule_name=row.rule_name,
        rule_revision=row.rule_revision,
        due_at=row.due_at,
        not_before=row.not_before,
        attempts=row.attempts,
        sent_at=row.sent_at,
        edited=row.edited,
        by=row.by,
        errcode=row.errcode,
        error=row.error,
        rid=row.rid,
        part_of=row.part_of,
        mode=row.mode,
        mode_from=row.mode_from,
        aside=row.aside,
        confirmed=row.confirmed,
        passed_by=row.passed_by,
    )


def moment_of(connection: Connection, query: Select[Any]) -> datetime | None:
    """Return the one time that `query` selects, None if there is none."""
    at: datetime | None = connection.scalar(query)
    return at
