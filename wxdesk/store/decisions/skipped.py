"""Unanswered messages that a pause or a delay kept from the rules."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, or_, select, update

from wxdesk.core.conversations.listing import Waiting
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import AWAITS, WRITTEN, conversations, decisions, messages, replies

_SKIPPED = or_(
    decisions.c.outcome == Outcome.STALE, and_(decisions.c.outcome == Outcome.PAUSED, decisions.c.problem != "")
)
_NEWEST = (
    select(messages.c.id)
    .where(messages.c.conversation_id == conversations.c.id, WRITTEN)
    .order_by(messages.c.at.desc(), messages.c.id.desc())
    .limit(1)
    .correlate(conversations)
    .scalar_subquery()
)
_ON_ITS_WAY = (ReplyState.HELD, ReplyState.QUEUED, ReplyState.SENDING, ReplyState.UNKNOWN)
_BEING_ANSWERED = exists().where(
    replies.c.conversation_id == conversations.c.id,
    replies.c.author == Author.OPERATOR,
    replies.c.state.in_(_ON_ITS_WAY),
)


def waiting(connection: Connection, since: datetime | None, paused: Collection[str] = ()) -> list[Waiting]:
    """Return contacts who wait since a time, or skipped ones, the longest first.

    One whom somebody is answering does not wait. The rules still keep quiet in accounts that are `paused` now.
    """
    skipped = and_(_SKIPPED, conversations.c.account.not_in(paused))
    wanted = skipped if since is None else or_(skipped, messages.c.at >= since)
    query = (
        select(conversations.c.id, messages.c.id.label("message_id"), skipped.label("skipped"), messages.c.received_at)
        .join(messages, messages.c.id == _NEWEST)
        .join(decisions, decisions.c.message_id == messages.c.id)
        .where(AWAITS, ~_BEING_ANSWERED, wanted)
        .order_by(conversations.c.waiting_since, conversations.c.id)
    )
    return [Waiting(row.id, row.message_id, bool(row.skipped), row.received_at) for row in connection.execute(query)]


def reopen_skipped(connection: Connection, paused: Collection[str] = ()) -> Sequence[int]:
    """Leave the newest messages that the rules skipped undecided; return their ids."""
    ids = [one.message_id for one in waiting(connection, None, paused)]
    connection.execute(delete(decisions).where(Among(decisions.c.message_id, ids)))
    connection.execute(update(messages).where(Among(messages.c.id, ids)).values(decided=False))
    return ids
