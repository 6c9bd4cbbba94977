"""Firings: each match of a rule is a row, although its reply may not have arrived.

A match stored by a clock that has been set back since is counted, but its time is ignored: it is yet to come.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, and_, bindparam, exists, func, not_, or_, select

from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import SET_BACK
from wxdesk.core.rules.conditions.facts import LATELY, FiringCount
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store.schema.columns import EPOCH, Among, Moment
from wxdesk.store.schema.messaging import SPOKEN, conversations, replies, rule_firings
from wxdesk.store.schema.reply_predicates import never_arrives

# A reply is made at the very moment of its decision: its place in the timeline's index is known.
_SAID_THEN = and_(
    replies.c.conversation_id == rule_firings.c.conversation_id,
    replies.c.created_at == rule_firings.c.at,
    replies.c.message_id == rule_firings.c.message_id,
    replies.c.rule_id == rule_firings.c.rule_id,
)
_MAY_ARRIVE = exists().where(_SAID_THEN, not_(never_arrives(replies)))
# What only tags, or says nothing on purpose, has no reply that could be kept back.
_SAID = or_(_MAY_ARRIVE, not_(exists().where(_SAID_THEN, never_arrives(replies))))
_FAILED = and_(exists().where(_SAID_THEN, replies.c.state == ReplyState.FAILED), not_(_MAY_ARRIVE))


def _failed_replies() -> Select[Any]:
    other, said = replies.alias("other"), replies.c
    may_arrive = exists().where(
        other.c.conversation_id == said.conversation_id,
        other.c.created_at == said.created_at,
        other.c.message_id == said.message_id,
        other.c.rule_id == said.rule_id,
        not_(never_arrives(other)),
    )
    query = select(said.conversation_id, said.rule_id, said.message_id, said.created_at)
    named = Among(said.conversation_id, "ids"), Among(said.rule_id, "rule_ids")
    return query.where(said.state == ReplyState.FAILED, not_(may_arrive), *named)


def _last_said() -> Select[Any]:
    firing = rule_firings.c
    named = Among(firing.conversation_id, "ids"), Among(firing.rule_id, "rule_ids")
    return (
        select(firing.conversation_id, firing.rule_id, func.max(firing.at).label("last"))
        .where(
            SPOKEN, firing.at.between(bindparam("since", type_=Moment), bindparam("until", type_=Moment)), _SAID, *named
        )
        .group_by(firing.conversation_id, firing.rule_id)
    )


# Statements never change once made, and putting these together takes longer than asking them.
_FAILED_REPLIES, _LAST_SAID = _failed_replies(), _last_said()


class PastFiring(Struct, frozen=True):
    """A past match of a rule; `said` and `failed` are as `History` takes them."""

    rule_id: int
    at: datetime
    said: bool
    failed: bool


def count_firings(
    connection: Connection, rule_ids: Collection[int], conversation_ids: Collection[int], now: datetime
) -> dict[int, dict[int, FiringCount]]:
    """Count the matches of these rules in each of these conversations."""
    found: defaultdict[int, dict[int, FiringCount]] = defaultdict(dict)
    if rule_ids:
        conversation_id, rule_id, at = rule_firings.c.conversation_id, rule_firings.c.rule_id, rule_firings.c.at
        last, times = func.max(at).filter(at <= now + SET_BACK).label("last"), func.count().label("times")
        chosen = conversation_id.in_(conversation_ids), rule_id.in_(rule_ids), SPOKEN
        query = select(conversation_id, rule_id, last, times).where(*chosen).group_by(conversation_id, rule_id)
        for row in connection.execute(query):
            found[row.conversation_id][row.rule_id] = FiringCount(row.last or EPOCH, row.times)
        _subtract_failed(connection, found, {"ids": list(conversation_ids), "rule_ids": list(rule_ids)})
    return found


def _subtract_failed(
    connection: Connection, found: Mapping[int, dict[int, FiringCount]], named: Mapping[str, list[int]]
) -> None:
    """Subtract from the counts the firings of which all replies failed.

    There are few, and no other replies are read; the time of the last that is left is in the index.
    """
    failed: defaultdict[tuple[int, int], dict[int, datetime]] = defaultdict(dict)
    for conversation_id, rule_id, message_id, decided_at in connection.execute(_FAILED_REPLIES, named):
        failed[conversation_id, rule_id][message_id] = decided_at
    firing = rule_firings.c
    for (conversation_id, rule_id), moments in failed.items():
        its, spoke = firing.conversation_id == conversation_id, found[conversation_id].pop(rule_id, None)
        if spoke is not None and spoke.times > len(moments):
            in_turn = select(firing.at).where(its, firing.rule_id == rule_id, SPOKEN)
            newest = in_turn.where(firing.at <= spoke.at).order_by(firing.at.desc()).limit(len(moments) + 1)
            last = max(set(connection.scalars(newest)) - set(moments.values()), default=spoke.at)
            found[conversation_id][rule_id] = FiringCount(last, spoke.times - len(moments))


def last_reply_times(
    connection: Connection, rule_ids: Collection[int], conversation_ids: Collection[int], since: datetime, now: datetime
) -> dict[int, dict[int, datetime]]:
    """Return the times of these rules' last replies since a time, by conversation."""
    found: defaultdict[int, dict[int, datetime]] = defaultdict(dict)
    if rule_ids:
        given = {"ids": list(conversation_ids), "rule_ids": list(rule_ids), "since": since, "until": now + SET_BACK}
        for row in connection.execute(_LAST_SAID, given):
            found[row.conversation_id][row.rule_id] = row.last
    return found


def list_firings(
    connection: Connection, rule_ids: Collection[int], conversation_ids: Collection[int]
) -> dict[int, list[PastFiring]]:
    """Return each match of these rules in these conversations, in order."""
    found: defaultdict[int, list[PastFiring]] = defaultdict(list)
    if rule_ids and conversation_ids:
        firing = rule_firings.c
        query = (
            select(firing.conversation_id, firing.rule_id, firing.at, _SAID.label("said"), _FAILED.label("failed"))
            .where(firing.conversation_id.in_(conversation_ids), firing.rule_id.in_(rule_ids), SPOKEN)
            .order_by(firing.at)
        )
        for row in connection.execute(query):
            found[row.conversation_id].append(PastFiring(row.rule_id, row.at, bool(row.said), bool(row.failed)))
    return found


def count_recent_firings(
    connection: Connection, rule_ids: Collection[int], accounts: Collection[str], now: datetime
) -> dict[str, dict[int, int]]:
    """Count the recent matches of these rules in each of these accounts."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    if rule_ids:
        account, rule_id, at = rule_firings.c.account, rule_firings.c.rule_id, rule_firings.c.at
        chosen = at > now - LATELY, at <= now + SET_BACK, rule_id.in_(rule_ids), account.in_(accounts), SPOKEN
        query = select(account, rule_id, func.count().label("times")).where(*chosen).group_by(account, rule_id)
        for row in connection.execute(query):
            found[row.account][row.rule_id] = row.times
    return found


def insert_firings(connection: Connection, rulings: Sequence[Ruling]) -> None:
    """Store which rules matched."""
    conversation_ids = {one.decision.conversation_id for one in rulings if one.firings}
    if not conversation_ids:
        return
    accounts = {row.id: row.account for row in connection.execute(_ACCOUNTS, {"ids": tuple(conversation_ids)})}
    rows = [
        {
            "rule_id": firing.rule_id,
            "message_id": one.decision.message_id,
            "conversation_id": one.decision.conversation_id,
            "account": accounts[one.decision.conversation_id],
            "at": one.decision.decided_at,
            "shadow": firing.shadow,
        }
        for one in rulings
        for firing in one.firings
    ]
    connection.execute(_INSERT, rows)


# Statements never change once made, and these are asked for each message: put together once.
_ACCOUNTS = select(conversations.c.id, conversations.c.account).where(Among(conversations.c.id, "ids"))
_INSERT = rule_firings.insert()
