"""What happened before a message, as far as the present rules ask for it: one query a batch and kind of fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, func, literal, or_, select, true

from wxdesk.core.likeness import Sentence
from wxdesk.core.model import Conversation
from wxdesk.core.subject import LATELY, Fired, History, Wanted
from wxdesk.desk.ports import Resolution, Undecided
from wxdesk.store.columns import EPOCH, Moment
from wxdesk.store.schema import OF_A_HUMAN, SPOKEN, WRITTEN, conversations, messages, replies, rule_firings


def with_history(
    connection: Connection, undecided: Sequence[Undecided], wanted: Wanted, now: datetime
) -> list[Undecided]:
    """See `desk.ports.Conversations.with_history`."""
    threads = {item.conversation.id for item in undecided}
    found = {item.message.id: History() for item in undecided}
    if wanted.last_written_at or wanted.message_no:
        found = _written(connection, wanted, found)
    fired = _fired(connection, wanted.fired, threads)
    lately = _lately(connection, wanted.lately, {item.conversation.account for item in undecided}, now)
    return [
        replace(
            item,
            history=replace(
                found[item.message.id],
                fired=fired.get(item.conversation.id, {}),
                lately=lately.get(item.conversation.account, {}),
            ),
        )
        for item in undecided
    ]


def so_far(connection: Connection, thread: Conversation, now: datetime) -> History:
    """All that a message would have before it that the contact wrote `now`, whatever the rules ask for."""
    ours = messages.c.conversation_id == thread.id
    by_human = and_(replies.c.conversation_id == thread.id, OF_A_HUMAN)
    answered = select(func.coalesce(func.max(replies.c.sent_at), literal(EPOCH, Moment))).where(by_human)
    written = select(func.max(messages.c.at), func.count().filter(messages.c.at > answered.scalar_subquery()))
    last, earlier = connection.execute(written.where(ours, WRITTEN)).one()
    fired = _fired(connection, None, {thread.id})
    lately = _lately(connection, None, {thread.account}, now)
    return History(last, earlier + 1, fired.get(thread.id, {}), lately.get(thread.account, {}))


_asked = messages.alias("asked")
_before: ColumnElement[bool] = and_(
    WRITTEN,
    messages.c.conversation_id == _asked.c.conversation_id,
    or_(messages.c.at < _asked.c.at, and_(messages.c.at == _asked.c.at, messages.c.id < _asked.c.id)),
)
_answered: ScalarSelect[datetime | None] = (
    select(func.max(replies.c.sent_at))
    .where(
        replies.c.conversation_id == _asked.c.conversation_id,
        OF_A_HUMAN,
        replies.c.sent_at <= _asked.c.at,
    )
    .correlate(_asked)
    .scalar_subquery()
)


def _written(connection: Connection, wanted: Wanted, found: dict[int, History]) -> dict[int, History]:
    """When the contact wrote before each message, and which one it is since a human answered, as far as that is asked.

    A conversation may hold a hundred thousand messages without a human's answer; rules tell the first few apart.
    """
    last = select(func.max(messages.c.at)).where(_before).correlate(_asked).scalar_subquery()
    since = func.coalesce(_answered, literal(EPOCH, Moment))
    earlier = select(messages.c.id).where(_before, messages.c.at > since, messages.c.at <= _asked.c.at)
    few = earlier.limit(wanted.message_no).correlate(_asked).subquery()
    number = select(func.count()).select_from(few).correlate(_asked).scalar_subquery()
    query = select(
        _asked.c.id,
        _asked.c.event,
        (last if wanted.last_written_at else literal(None, Moment)).label("last"),
        (number if wanted.message_no else literal(0)).label("earlier"),
    ).where(_asked.c.id.in_(found))
    return {
        # An event is no message: it comes after so many.
        row.id: History(last_written_at=row.last, message_no=row.earlier + (row.event is None))
        for row in connection.execute(query)
    }


def _of(rule_ids: Collection[int] | None) -> ColumnElement[bool]:
    """The firings of these rules, of all for None."""
    return true() if rule_ids is None else rule_firings.c.rule_id.in_(rule_ids)


def _fired(
    connection: Connection, rule_ids: Collection[int] | None, threads: Collection[int]
) -> dict[int, dict[int, Fired]]:
    found: defaultdict[int, dict[int, Fired]] = defaultdict(dict)
    if rule_ids is None or rule_ids:
        thread, rule_id = rule_firings.c.conversation_id, rule_firings.c.rule_id
        query = (
            select(thread, rule_id, func.max(rule_firings.c.at).label("last"), func.count().label("times"))
            .where(thread.in_(threads), _of(rule_ids), SPOKEN)
            .group_by(thread, rule_id)
        )
        for row in connection.execute(query):
            found[row.conversation_id][row.rule_id] = Fired(row.last, row.times)
    return found


def when_written(connection: Connection, sentences: Collection[Sentence], wanted: Wanted) -> dict[int, History]:
    """See `desk.past.Past.histories`."""
    found = {sentence.message_id: History() for sentence in sentences}
    if found and (wanted.last_written_at or wanted.message_no):
        found = _written(connection, wanted, found)
    firings = _firings(connection, wanted.fired, {sentence.conversation_id for sentence in sentences})
    for sentence in sentences:
        for rule_id, at in firings.get(sentence.conversation_id, ()):
            if at < sentence.at:
                found[sentence.message_id] = found[sentence.message_id].after(rule_id, at)
    return found


def _firings(
    connection: Connection, rule_ids: Collection[int], threads: Collection[int]
) -> dict[int, list[tuple[int, datetime]]]:
    """Each time that these rules spoke in these conversations, in order."""
    found: defaultdict[int, list[tuple[int, datetime]]] = defaultdict(list)
    if rule_ids and threads:
        thread, rule_id, at = rule_firings.c.conversation_id, rule_firings.c.rule_id, rule_firings.c.at
        spoke = and_(thread.in_(threads), rule_id.in_(rule_ids), SPOKEN)
        for row in connection.execute(select(thread, rule_id, at).where(spoke).order_by(at)):
            found[row.conversation_id].append((row.rule_id, row.at))
    return found


def _lately(
    connection: Connection, rule_ids: Collection[int] | None, accounts: Collection[str], now: datetime
) -> dict[str, dict[int, int]]:
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    if rule_ids is None or rule_ids:
        account, rule_id, at = rule_firings.c.account, rule_firings.c.rule_id, rule_firings.c.at
        query = (
            select(account, rule_id, func.count().label("times"))
            .where(at > now - LATELY, _of(rule_ids), account.in_(accounts), SPOKEN)
            .group_by(account, rule_id)
        )
        for row in connection.execute(query):
            found[row.account][row.rule_id] = row.times
    return found


def insert_firings(connection: Connection, resolutions: Sequence[Resolution]) -> None:
    """Keep which rules matched."""
    threads = {one.decision.conversation_id for one in resolutions if one.firings}
    if not threads:
        return
    query = select(conversations.c.id, conversations.c.account).where(conversations.c.id.in_(threads))
    accounts = {row.id: row.account for row in connection.execute(query)}
    rows = [
        {
            "rule_id": firing.rule_id,
            "message_id": one.decision.message_id,
            "conversation_id": one.decision.conversation_id,
            "account": accounts[one.decision.conversation_id],
            "at": one.decision.decided_at,
            "shadow": firing.shadow,
        }
        for one in resolutions
        for firing in one.firings
    ]
    connection.execute(rule_firings.insert(), rows)
