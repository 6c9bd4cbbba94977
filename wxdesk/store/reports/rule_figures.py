"""Figures of rules over a span of time, for the list of rules and the insights."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from wxdesk.core.model.reply import ReplyState
from wxdesk.store.schema.messaging import CORRECTED, replies, rule_firings

_MESSAGES = func.count(replies.c.message_id.distinct())


def hits(connection: Connection, since: datetime, until: datetime | None = None) -> dict[int, int]:
    """Count each rule's matches, in the shadow too, by rule id."""
    of_rule = rule_firings.c.rule_id
    query = select(of_rule, func.count()).where(*_within(rule_firings.c.at, since, until))
    return _by_rule(connection, query.group_by(of_rule))


def corrected(connection: Connection, since: datetime, until: datetime | None = None) -> dict[int, int]:
    """Count by rule the messages whose prepared replies an operator corrected."""
    query = select(replies.c.rule_id, _MESSAGES).where(*_within(replies.c.created_at, since, until), CORRECTED)
    return _by_rule(connection, query.group_by(replies.c.rule_id))


def answered(connection: Connection, since: datetime, until: datetime | None = None) -> dict[int, int]:
    """Count by rule the messages to which a reply of it was sent."""
    sent = replies.c.state == ReplyState.SENT
    query = select(replies.c.rule_id, _MESSAGES).where(*_within(replies.c.created_at, since, until), sent)
    return _by_rule(connection, query.where(replies.c.rule_id.is_not(None)).group_by(replies.c.rule_id))


def _within(at: ColumnElement[Any], since: datetime, until: datetime | None) -> list[ColumnElement[bool]]:
    return [at >= since] if until is None else [at >= since, at < until]


def _by_rule(connection: Connection, query: Select[Any]) -> dict[int, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
