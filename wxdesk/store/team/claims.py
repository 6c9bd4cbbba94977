"""Claims of conversations: who of a team's operators has which, by name."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, and_, case, exists, func, literal, not_, or_, select, update

from wxdesk.core.errors import required
from wxdesk.core.model.reply import ON_ITS_WAY, ReplyState
from wxdesk.store.engine.database import StorePart, reading, write_by, writing
from wxdesk.store.schema.columns import Moment
from wxdesk.store.schema.messaging import AWAITS, CLAIMED, NOBODYS, OPEN, UNDECIDED, conversations, messages, replies

_by, _until = conversations.c.claimed_by, conversations.c.claim_until
_LEAVES = or_(replies.c.state.in_(ON_ITS_WAY), and_(replies.c.state == ReplyState.HELD, replies.c.due_at.is_not(None)))


def claim(
    connection: Connection, conversation_id: int, name: str, at: datetime, *, of: str = "", anyway: bool = False
) -> tuple[str, datetime]:
    """Give `name` a conversation that nobody has, or one `of` a colleague.

    `anyway` does so whoever has it. Return who has it now, and since when: somebody else where it was not given.
    Raises `NotFound`.
    """
    its = conversations.c.id == conversation_id
    free = or_(not_(CLAIMED), _by.in_((name, of)))
    since = case((_by == name, conversations.c.claimed_at), else_=literal(at, Moment))
    change = update(conversations).where(its, *(() if anyway else (free,)))
    values = {"claimed_by": name, "claimed_at": since, "claim_until": None}
    row = connection.execute(change.values(values).returning(_by, conversations.c.claimed_at)).one_or_none()
    if row is None:
        query = select(_by, conversations.c.claimed_at).where(its)
        row = required(connection.execute(query).one_or_none(), "conversation")
    if not row.claimed_by:  # given back just now
        return claim(connection, conversation_id, name, at, of=of, anyway=anyway)
    return row.claimed_by, row.claimed_at


class ClaimStore(StorePart):
    """Claims; each change is one statement, so that of two at once one wins."""

    claim = write_by(claim)

    @writing
    def give_back(self, connection: Connection, conversation_id: int, name: str) -> bool:
        """End the claim of `name`; False if they have none."""
        change = update(conversations).where(conversations.c.id == conversation_id, _by == name, CLAIMED)
        return connection.execute(change.values(NOBODYS)).rowcount > 0

    @writing
    def follow(self, connection: Connection, present: Collection[str], now: datetime, until: datetime) -> list[int]:
        """End claims that are due; return the ids of changed ones.

        Claims of those who are `present` have no end, others get one at `until`.
        """
        there = _by.in_(present)
        changed: list[int] = []
        for which, values in (
            (and_(CLAIMED, _until <= now, not_(there)), NOBODYS),
            (and_(CLAIMED, _until.is_not(None), there), {"claim_until": None}),
            (and_(CLAIMED, _until.is_(None), not_(there)), {"claim_until": until}),
        ):
            change = update(conversations).where(which).values(values)
            changed += connection.scalars(change.returning(conversations.c.id))
        return changed

    @reading
    def busy(self, connection: Connection) -> dict[str, int]:
        """Count the open conversations that each operator has."""
        query = select(_by, func.count().label("number")).where(CLAIMED, OPEN).group_by(_by)
        return {row.claimed_by: row.number for row in connection.execute(query)}

    @reading
    def unclaimed(self, connection: Connection) -> list[int]:
        """Return what waits for an operator and nobody has, the longest first."""
        leaves = exists().where(replies.c.conversation_id == conversations.c.id, _LEAVES)
        undecided = exists().where(messages.c.conversation_id == conversations.c.id, UNDECIDED)
        query = select(conversations.c.id).where(AWAITS, not_(CLAIMED), not_(leaves), not_(undecided))
        return list(connection.scalars(query.order_by(conversations.c.waiting_since, conversations.c.id)))
