"""Messages that await their decision, with the known facts of their conversations."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, literal, select, true

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.rules.ruling import ConversationContext, UndecidedMessage
from wxdesk.store.conversations.conversations import get_conversation
from wxdesk.store.decisions import rule_facts
from wxdesk.store.decisions.superseding import pending_in
from wxdesk.store.replies.quota_counts import UnsentCount, unsent_counts
from wxdesk.store.schema.messaging import UNDECIDED, UNDERIVED, messages
from wxdesk.store.schema.records import conversations_by_id, message_of


def undecided_of(
    connection: Connection, found: Sequence[Message], by_id: Mapping[int, Conversation]
) -> list[UndecidedMessage]:
    """Build the `UndecidedMessage` of each message, in order."""
    known = unsent_counts(connection, by_id)
    waiting = pending_in(connection, [conversation_id for conversation_id, one in known.items() if one.waits])
    return [
        UndecidedMessage(
            message,
            by_id[message.conversation_id],
            known.get(message.conversation_id, UnsentCount()).promised,
            waiting=waiting.get(message.conversation_id, ()),
        )
        for message in found
    ]


def undecided(connection: Connection, limit: int, among: ColumnElement[bool] | None = None) -> list[UndecidedMessage]:
    """Return messages without a decision, or those `among` them, oldest first."""
    query = select(messages).where(UNDECIDED, true() if among is None else among).order_by(messages.c.id).limit(limit)
    waiting = [message_of(row) for row in connection.execute(query)]
    by_id = conversations_by_id(connection, {message.conversation_id for message in waiting})
    return undecided_of(connection, waiting, by_id)


def backlog(connection: Connection) -> int:
    """Count pushes of which no message was made yet, and messages without a decision."""
    counts = (select(func.count()).where(waiting).scalar_subquery() for waiting in (UNDERIVED, UNDECIDED))
    return connection.scalar(select(sum(counts, literal(0)))) or 0


def load_for_trial(connection: Connection, conversation_id: int, now: datetime) -> ConversationContext:
    """Return a conversation as its next message would meet it; raises `NotFound`."""
    conversation = get_conversation(connection, conversation_id)
    left = unsent_counts(connection, [conversation_id]).get(conversation_id, UnsentCount())
    waiting = pending_in(connection, [conversation_id]) if left.waits else {}
    history = rule_facts.history_so_far(connection, conversation, now)
    return ConversationContext(conversation, history, left.promised, waiting.get(conversation_id, ()))
