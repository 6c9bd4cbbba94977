"""One move of a reply, and what it does to the reply's conversation: all in the transaction it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, null, or_, select, update

from wxdesk.core.errors import MoveNotAllowed, NotFound
from wxdesk.core.lifecycle import Move, next_state
from wxdesk.core.model import Author, Content, Reply, ReplyState, ReplyWindow
from wxdesk.desk.ports import ReplyChanges
from wxdesk.store.columns import EPOCH, Moment
from wxdesk.store.records import reply_of, select_replies
from wxdesk.store.schema import WRITTEN, conversations, messages, replies
from wxdesk.store.search import index_again

ARRIVED = (Move.ACCEPT, Move.CONFIRM)
"""Moves after which the contact has the reply."""


_LOCKED = (
    select_replies()
    .add_columns(conversations.c.window_left, conversations.c.window_until)
    .with_for_update(of=[replies, conversations])
)


def locked(connection: Connection, reply_id: int) -> tuple[Reply, ReplyWindow]:
    """The reply and its contact's window as they are, their rows locked until the transaction ends."""
    row = (connection.execute(_LOCKED.where(replies.c.id == reply_id))).one_or_none()
    if row is None:
        raise NotFound("reply")
    return reply_of(row), ReplyWindow(left=row.window_left, until=row.window_until)


def move(connection: Connection, reply_id: int, made: Move, at: datetime, changes: ReplyChanges) -> Reply:
    """See `desk.ports.Replies.move`."""
    before, window = locked(connection, reply_id)
    state = next_state(before.state, made)
    values = _values(before, made, at, changes) | {"state": state, "updated_at": at}
    _guarded(connection, before, made.value, values)
    after = replace(before, **values)
    if changes.content is not None:
        index_again(connection, reply_id, changes.content)
    _update_conversation(connection, after, made, at, changes.window and changes.window(window))
    return after


def _values(before: Reply, made: Move, at: datetime, changes: ReplyChanges) -> dict[str, Any]:
    """What the move changes in the row beside the state. A reply sent again, or sent, keeps no old trouble."""
    values: dict[str, Any] = {}
    if made is Move.CLAIM:
        values["attempts"] = before.attempts + 1
    if made is Move.RETRY or made in ARRIVED:
        values |= {"errcode": None, "error": "", "rid": "", "not_before": None}
    if made in ARRIVED:
        values["sent_at"] = at
    if changes.error is not None:  # WeChat's last answer stands whole or not at all
        values |= {"errcode": None, "rid": ""}
    named = ("content", "edited", "by", "due_at", "not_before", "sent_at", "errcode", "error", "rid")
    return values | {name: value for name in named if (value := getattr(changes, name)) is not None}


def _guarded(connection: Connection, before: Reply, what: str, values: dict[str, Any]) -> None:
    change = update(replies).where(replies.c.id == before.id, replies.c.state == before.state)
    if (connection.execute(change.values(values))).rowcount == 0:
        raise MoveNotAllowed(before.state.value, what)


def edit(connection: Connection, reply_id: int, content: Content, at: datetime) -> Reply:
    """See `desk.ports.Replies.edit`."""
    before, _ = locked(connection, reply_id)
    if before.state not in (ReplyState.DRAFT, ReplyState.HELD, ReplyState.FAILED):
        raise MoveNotAllowed(before.state.value, "edit")
    values = {"content": content, "edited": True, "updated_at": at}
    _guarded(connection, before, "edit", values)
    index_again(connection, reply_id, content)
    return replace(before, content=content, edited=True, updated_at=at)


def _update_conversation(
    connection: Connection, reply: Reply, made: Move, at: datetime, window: ReplyWindow | None
) -> None:
    values: dict[str, Any] = {}
    if window is not None:
        values |= {"window_left": window.left, "window_until": window.until}
    if made in ARRIVED:
        values |= preview(reply.author, reply.content, at)
        values["waiting_since"] = _still_waiting(reply, at)
    if values:
        change = update(conversations).where(conversations.c.id == reply.conversation_id)
        connection.execute(change.values(values))


def preview(author: Author, content: Content, at: datetime) -> dict[str, Any]:
    """The conversation's preview after something was said at `at`, unless something later stands there."""
    last = conversations.c.last_at
    newest = or_(last.is_(None), last <= at)
    said = {"preview": content.summary, "preview_kind": content.kind.value, "preview_author": author, "last_at": at}
    columns = conversations.c
    return {
        name: case((newest, literal(value, columns[name].type)), else_=columns[name]) for name, value in said.items()
    }


def _still_waiting(reply: Reply, at: datetime) -> ColumnElement[Any]:
    """Since when somebody waits once this reply has arrived.

    A rule answers one message: what was written after it still waits. Where a human has the word, a rule's reply is
    but the promise that he will come, and all still wait for him. A human answers all that he has seen.
    """
    if reply.message_id is None:
        return null()
    answered = select(messages.c.at).where(messages.c.id == reply.message_id).scalar_subquery()
    later = (
        select(func.min(messages.c.at))
        .where(
            messages.c.conversation_id == reply.conversation_id,
            messages.c.at > func.coalesce(answered, literal(EPOCH, Moment)),
            WRITTEN,
        )
        .scalar_subquery()
    )
    thread = conversations.c
    promised = and_(thread.taken_over, or_(thread.taken_over_until.is_(None), thread.taken_over_until > at))
    return case((thread.waiting_since.is_(None), null()), (promised, thread.waiting_since), else_=later)
