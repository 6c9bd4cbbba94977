"""Facts from before a message, as far as rules ask for them: a query per kind."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, ScalarSelect, and_, func, literal, or_, select

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.rules.conditions.facts import ContactHistory, RequiredHistory
from wxdesk.core.rules.past_messages import PastMessage
from wxdesk.core.rules.ruling import UndecidedMessage
from wxdesk.store.rules import firings
from wxdesk.store.schema.authored import rules
from wxdesk.store.schema.columns import EPOCH, Moment
from wxdesk.store.schema.messaging import OF_A_HUMAN, WRITTEN, messages, replies


def with_history(
    connection: Connection, undecided: Sequence[UndecidedMessage], wanted: RequiredHistory, now: datetime
) -> list[UndecidedMessage]:
    """Add the history that rules need, as it was when each message was written."""
    conversation_ids = {item.conversation.id for item in undecided}
    found = {item.message.id: ContactHistory() for item in undecided}
    if wanted.last_written_at or wanted.message_no:
        found = _written_before(connection, wanted, found)
    fired = firings.count_firings(connection, wanted.fired, conversation_ids, now)
    said = firings.last_reply_times(connection, wanted.said, conversation_ids, now - wanted.said_within, now)
    lately = firings.count_recent_firings(
        connection, wanted.lately, {item.conversation.account for item in undecided}, now
    )
    return [
        replace(
            item,
            history=replace(
                found[item.message.id],
                fired=fired.get(item.conversation.id, {}),
                said=said.get(item.conversation.id, {}),
                lately=lately.get(item.conversation.account, {}),
            ),
        )
        for item in undecided
    ]


def history_so_far(connection: Connection, conversation: Conversation, now: datetime) -> ContactHistory:
    """Return the full history for a message that the contact would write `now`."""
    its, account = conversation.id, conversation.account
    by_human = and_(replies.c.conversation_id == its, OF_A_HUMAN)
    answered = select(func.coalesce(func.max(replies.c.sent_at), literal(EPOCH, Moment))).where(by_human)
    written = select(func.max(messages.c.at), func.count().filter(messages.c.at > answered.scalar_subquery()))
    last, earlier = connection.execute(written.where(messages.c.conversation_id == its, WRITTEN)).one()
    every = set(connection.scalars(select(rules.c.id)))
    fired = firings.count_firings(connection, every, {its}, now)
    said = firings.last_reply_times(connection, every, {its}, EPOCH, now)
    lately = firings.count_recent_firings(connection, every, {account}, now)
    return ContactHistory(last, earlier + 1, fired.get(its, {}), lately.get(account, {}), said.get(its, {}))


_asked = messages.alias("asked")
_before: ColumnElement[bool] = and_(
    WRITTEN,
    messages.c.conversation_id == _asked.c.conversation_id,
    or_(messages.c.at < _asked.c.at, and_(messages.c.at == _asked.c.at, messages.c.id < _asked.c.id)),
)
_answered: ScalarSelect[datetime | None] = (
    select(func.max(replies.c.sent_at))
    .where(replies.c.conversation_id == _asked.c.conversation_id, OF_A_HUMAN, replies.c.sent_at <= _asked.c.at)
    .correlate(_asked)
    .scalar_subquery()
)


def _written_before(
    connection: Connection, wanted: RequiredHistory, found: dict[int, ContactHistory]
) -> dict[int, ContactHistory]:
    """Look up previous writing times, and message numbers since an operator's reply.

    A conversation may hold 100,000 messages without an operator's reply; rules only tell the first few apart.
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
        row.id: ContactHistory(last_written_at=row.last, message_no=row.earlier + (row.event is None))
        for row in connection.execute(query)
    }


def histories_when_written(
    connection: Connection, sentences: Collection[PastMessage], wanted: RequiredHistory
) -> dict[int, ContactHistory]:
    """Return each message's history when it was written, by message id, as `wanted`.

    `ContactHistory.lately` is left empty: how often rules replied to everybody within a minute is not looked
    up.
    """
    found = {sentence.id: ContactHistory() for sentence in sentences}
    if found and (wanted.last_written_at or wanted.message_no):
        found = _written_before(connection, wanted, found)
    conversation_ids = {sentence.conversation_id for sentence in sentences}
    spoke = firings.list_firings(connection, wanted.fired | wanted.said, conversation_ids)
    for sentence in sentences:
        before = found[sentence.id]
        for one in spoke.get(sentence.conversation_id, ()):
            if one.at < sentence.at:
                before = before.after(one.rule_id, one.at, said=one.said, failed=one.failed)
        found[sentence.id] = before
    return found
