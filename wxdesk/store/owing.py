"""Which messages this desk still owes an answer, and since when somebody therefore waits."""

from __future__ import annotations

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from wxdesk.core.rules import SETTLED
from wxdesk.store.schema import WRITTEN, conversations, decisions, messages

_SETTLED = (
    select(decisions.c.id)
    .where(decisions.c.message_id == messages.c.id, decisions.c.outcome.in_(SETTLED))
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
            *which,
        )
        .correlate(conversations)
        .scalar_subquery()
    )
