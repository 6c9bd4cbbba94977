"""Which messages this desk still owes an answer, and since when somebody therefore waits.

A reply that a human wrote, or wrote anew, has in `heard_id` the last message that he had before him then: it answers
that and all before it. No clock tells as much: the desk's own may be set back, and a message can come late.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, ScalarSelect, false, func, or_, select

from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import SETTLED
from wxdesk.store.schema import WRITTEN, conversations, decisions, messages, replies

_SETTLED = (
    select(decisions.c.id)
    .where(decisions.c.message_id == messages.c.id, decisions.c.outcome.in_(SETTLED))
    .correlate(messages)
)


# By the message itself: one that comes late is older than what has been answered since, and stands before it.
_ANSWERED = (
    select(replies.c.id)
    .where(
        replies.c.conversation_id == messages.c.conversation_id,
        replies.c.state == ReplyState.SENT,
        replies.c.promise.is_(false()),
        or_(replies.c.message_id == messages.c.id, replies.c.heard_id >= messages.c.id),
    )
    .correlate(messages)
)


def oldest_owed(*which: ColumnElement[bool]) -> ScalarSelect[object]:
    """When the oldest of those messages was written that wait in the conversation of the outer query and are `which`.

    NULL where none does. Nothing that was written before its `waiting_since` waits any more.
    """
    return (
        select(func.min(messages.c.at))
        .where(
            messages.c.conversation_id == conversations.c.id,
            messages.c.at >= conversations.c.waiting_since,
            WRITTEN,
            ~_SETTLED.exists(),
            ~_ANSWERED.exists(),
            *which,
        )
        .correlate(conversations)
        .scalar_subquery()
    )


def newest_message(connection: Connection, conversation_id: int) -> int | None:
    """The id of the last message that has come in a conversation; None if none has."""
    query = select(func.max(messages.c.id)).where(messages.c.conversation_id == conversation_id)
    newest: int | None = connection.scalar(query)
    return newest
