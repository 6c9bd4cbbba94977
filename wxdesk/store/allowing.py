"""What the outbox's table knows about how much WeChat still allows: replies that wait, and those sent since a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from wxdesk.core.model import ReplyState
from wxdesk.store.schema import replies

_PROMISED = (ReplyState.HELD, ReplyState.QUEUED, ReplyState.SENDING)


def promised(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """How many replies of each of these conversations are to be sent or under way; those without any are left out."""
    if not ids:
        return {}
    ours = replies.c.conversation_id
    query = select(ours, func.count()).where(ours.in_(ids), replies.c.state.in_(_PROMISED)).group_by(ours)
    return {row[0]: row[1] for row in connection.execute(query)}


def sent_since(connection: Connection, conversation_id: int, since: datetime) -> int:
    """How many replies WeChat has accepted since, or may have accepted."""
    ours = replies.c.conversation_id == conversation_id
    lost = and_(replies.c.state == ReplyState.UNKNOWN, replies.c.updated_at >= since)
    query = select(func.count()).where(ours, or_(replies.c.sent_at >= since, lost))
    return connection.scalar(query) or 0
