"""Messages that are still unanswered, and the time since which a contact waits.

A reply written or edited by an operator stores in `heard_id` the last message seen; it answers that and all
before. Clocks are not enough: the desk's own may be set back, and a message can come late.
"""

from sqlalchemy import ColumnElement, Connection, ScalarSelect, false, func, or_, select

from wxdesk.core.model.decision import OWES_NO_ANSWER
from wxdesk.core.model.reply import ReplyState
from wxdesk.store.schema.messaging import WRITTEN, conversations, decisions, messages, replies

# Not by IN, whose list is put in at each execution, and so cannot be executed for several rows at once.
_OWES_NONE = or_(*(decisions.c.outcome == outcome for outcome in sorted(OWES_NO_ANSWER)))
_NONE_OWED = select(decisions.c.id).where(decisions.c.message_id == messages.c.id, _OWES_NONE).correlate(messages)


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


def oldest_unanswered(*which: ColumnElement[bool]) -> ScalarSelect[object]:
    """Build a subquery for the time of the oldest unanswered message, NULL if none.

    It is correlated to the outer query's conversation and filtered by `which`.
    """
    return (
        select(func.min(messages.c.at))
        .where(
            messages.c.conversation_id == conversations.c.id,
            messages.c.at >= conversations.c.waiting_since,
            WRITTEN,
            ~_NONE_OWED.exists(),
            ~_ANSWERED.exists(),
            *which,
        )
        .correlate(conversations)
        .scalar_subquery()
    )


def newest_message_id(connection: Connection, conversation_id: int) -> int | None:
    """Return the id of the newest message of a conversation; None if there is none."""
    query = select(func.max(messages.c.id)).where(messages.c.conversation_id == conversation_id)
    newest: int | None = connection.scalar(query)
    return newest
