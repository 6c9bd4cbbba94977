"""Operators' replies, each with the messages it answered."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, false, func, or_, select, true, type_coerce

from wxdesk.core.model.conversation import Author
from wxdesk.core.rules.past_messages import BURST, OperatorReply
from wxdesk.store.schema.columns import MICROSECOND
from wxdesk.store.schema.messaging import OF_A_HUMAN, WRITTEN, messages, replies

_OF_A_RULE = replies.c.author == Author.RULE
_BY_OPERATOR = or_(OF_A_HUMAN, replies.c.edited.is_(true()))
# The promise that a human will come is no answer: the contact waits for the human's.
_UNCHANGED_BY_RULE = and_(_OF_A_RULE, replies.c.edited.is_(false()), replies.c.promise.is_(false()))


def operator_replies_since(connection: Connection, since: datetime) -> list[OperatorReply]:
    """Return operators' replies since `since`, each with the messages it answered.

    A rule's reply that left as it was answers its message and those before it, unless it only promised that an
    operator would come.
    """
    query = (
        select(replies.c.conversation_id, replies.c.sent_at, replies.c.content, replies.c.author)
        .where(_BY_OPERATOR, replies.c.sent_at >= since)
        .order_by(replies.c.sent_at, replies.c.id)
    )
    rows = connection.execute(query).all()
    answered = _answered(connection, since) if rows else {}
    begun = _burst_starts(connection, since) if rows else {}
    return [
        OperatorReply(
            row.conversation_id,
            row.sent_at,
            row.content.summary,
            edited=row.author is Author.RULE,
            burst=_last_before(begun.get(row.conversation_id, ()), row.sent_at, since),
            answered=_last_before(answered.get(row.conversation_id, ()), row.sent_at, 0),
        )
        for row in rows
    ]


def _last_before[T](known: Sequence[tuple[datetime, T]], at: datetime, otherwise: T) -> T:
    place = bisect_right(known, at, key=lambda one: one[0])
    return known[place - 1][1] if place else otherwise


def _answered(connection: Connection, since: datetime) -> Mapping[int, Sequence[tuple[datetime, int]]]:
    """Return by conversation the times of rules' replies and the newest answered id."""
    query = (
        select(replies.c.conversation_id, replies.c.sent_at, replies.c.message_id)
        .where(_UNCHANGED_BY_RULE, replies.c.sent_at >= since, _with_operator_reply(replies.c.conversation_id, since))
        .order_by(replies.c.sent_at)
    )
    found: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for conversation_id, sent_at, message_id in connection.execute(query):
        earlier = found[conversation_id]
        earlier.append((sent_at, max(message_id, earlier[-1][1] if earlier else 0)))
    return found


def _burst_starts(connection: Connection, since: datetime) -> Mapping[int, Sequence[tuple[datetime, datetime]]]:
    """Return by conversation when the contact began each burst, as key and as value.

    `_last_before` looks for the key and returns the value.
    """
    at = type_coerce(messages.c.at, BigInteger)
    before = func.lag(at).over(partition_by=messages.c.conversation_id, order_by=(messages.c.at, messages.c.id))
    silences = (
        select(messages.c.conversation_id, messages.c.at, (at - before).label("silence"))
        .where(WRITTEN, messages.c.at >= since, _with_operator_reply(messages.c.conversation_id, since))
        .subquery()
    )
    first = or_(silences.c.silence.is_(None), silences.c.silence > BURST // MICROSECOND)
    query = select(silences.c.conversation_id, silences.c.at).where(first).order_by(silences.c.at)
    found: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for conversation_id, began in connection.execute(query):
        found[conversation_id].append((began, began))
    return found


def _with_operator_reply(conversation_id: ColumnElement[int], since: datetime) -> ColumnElement[bool]:
    return conversation_id.in_(select(replies.c.conversation_id).where(_BY_OPERATOR, replies.c.sent_at >= since))
