"""Counts of pending and sent replies, to compare with WeChat's quota."""

from collections.abc import Collection
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, and_, func, or_, select

from wxdesk.core.model.reply import ON_ITS_WAY, WAITS, ReplyState
from wxdesk.store.replies.parts import waits_for_operator
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import replies
from wxdesk.store.schema.reply_predicates import by_hand

_PROMISED = ON_ITS_WAY | {ReplyState.HELD}


class UnsentCount(Struct, frozen=True):
    """Number of a conversation's replies to be sent, and if any is held or a draft.

    A part that waits behind one left to an operator is not counted, like a draft.
    """

    promised: int = 0
    waits: bool = False


NOTHING_UNSENT = UnsentCount()


def unsent_counts(connection: Connection, ids: Collection[int]) -> dict[int, UnsentCount]:
    """Count the unsent replies of each conversation; those without any are left out."""
    if not ids:
        return {}
    return {row[0]: UnsentCount(row[1], row[2] > 0) for row in connection.execute(_UNSENT, {"ids": tuple(ids)})}


# Asked for each message, and put together once: making it takes longer than asking it.
_UNSENT = (
    select(
        replies.c.conversation_id,
        func.count().filter(replies.c.state.in_(_PROMISED), ~waits_for_operator(replies)),
        func.count().filter(replies.c.state.in_(WAITS)),
    )
    .where(Among(replies.c.conversation_id, "ids"), replies.c.state.in_(_PROMISED | WAITS))
    .group_by(replies.c.conversation_id)
)


def promised_by_hand(connection: Connection, conversation_id: int) -> int:
    """Count a conversation's replies to be sent, once automatic ones are cancelled."""
    ours, state = replies.c.conversation_id == conversation_id, replies.c.state
    stays = or_(by_hand(replies), state == ReplyState.SENDING)
    query = select(func.count()).where(ours, state.in_(_PROMISED), stays, ~waits_for_operator(replies))
    return connection.scalar(query) or 0


def sent_since(connection: Connection, conversation_id: int, since: datetime) -> int:
    """Count the replies that WeChat has accepted since `since`, or may have accepted."""
    ours = replies.c.conversation_id == conversation_id
    earlier = or_(replies.c.sent_at.is_(None), replies.c.sent_at < since)
    lost = and_(replies.c.state == ReplyState.UNKNOWN, replies.c.updated_at >= since, earlier)
    # Two counts, so that each can follow its index.
    accepted, perhaps = (
        select(func.count()).where(ours, which).scalar_subquery() for which in (replies.c.sent_at >= since, lost)
    )
    return connection.scalar(select(accepted + perhaps)) or 0
