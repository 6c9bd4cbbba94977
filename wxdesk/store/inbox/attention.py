"""Conversations that need an operator's attention, and if one has looked at them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec.structs import asdict
from sqlalchemy import Connection, delete, func, not_, or_, select, tuple_, union, union_all, update

from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import UNSETTLED, WAITS
from wxdesk.store.conversations import status
from wxdesk.store.engine.database import StorePart, put_rows, reading, write_by, writing
from wxdesk.store.inbox import rows as inbox_rows
from wxdesk.store.schema.figures import A_COLLEAGUES
from wxdesk.store.schema.messaging import (
    AWAITS,
    BACK,
    CALLED,
    NOT_CALLED,
    UNSEEN,
    WAITING,
    calls,
    conversations,
    replies,
)
from wxdesk.store.schema.records import SELECT_CONVERSATIONS, attention_of, conversation_of, moment_of

CANDIDATES = 500
"""Most conversations per query of those that might need attention."""


class AttentionList(StorePart):
    """Conversations that need attention, why, and whether somebody has looked."""

    @reading
    def unseen(self, connection: Connection, me: str = "") -> list[Attention]:
        """Return what no operator has looked at yet, without what a colleague of `me` has."""
        query = select(calls).join(conversations).where(UNSEEN, not_(A_COLLEAGUES))
        return [attention_of(row) for row in connection.execute(query, {"me": me})]

    async def rows_to_judge(self, ids: Collection[int]) -> list[InboxRow]:
        """Return those of these conversations that have, or might need, attention."""
        return await self._db.read(inbox_rows.load_rows, _ROWS_TO_JUDGE, ids)

    @reading
    def candidates(self, connection: Connection, after: int, now: datetime) -> list[int]:
        """Return the next ids above `after` that have or may need attention; none at last."""
        waiting = select(conversations.c.id).where(AWAITS, conversations.c.window_until > now)
        called, back = select(conversations.c.id).where(CALLED), select(conversations.c.id).where(BACK)
        every = union(waiting, called, back, _WITH_OPEN_REPLIES, select(calls.c.conversation_id)).subquery()
        query = select(every.c.id).where(every.c.id > after).order_by(every.c.id).limit(CANDIDATES)
        return list(connection.scalars(query))

    @reading
    def closing(self, connection: Connection, now: datetime, until: datetime) -> list[int]:
        """Return waiting conversations whose window closes by `until`, and flagged ones."""
        soon = conversations.c.window_until
        waiting = select(conversations.c.id).where(AWAITS, soon > now, soon <= until)
        calling = select(calls.c.conversation_id).where(calls.c.cause == AttentionReason.CLOSING)
        return list(connection.scalars(union(waiting, calling)))

    async def next_close(self, after: datetime) -> datetime | None:
        """Return when the first reply window of a waiting contact closes after `after`."""
        query = select(func.min(conversations.c.window_until)).where(AWAITS, conversations.c.window_until > after)
        return await self._db.read(moment_of, query)

    bring_back = write_by(status.bring_back)

    async def next_return(self) -> datetime | None:
        """Return the end of the next snooze or transfer, or None."""
        ends = (
            select(func.min(until).label("at"))
            for until in (conversations.c.snoozed_until, conversations.c.transferred_until)
        )
        return await self._db.read(moment_of, select(func.min(union_all(*ends).subquery().c.at)))

    @writing
    def change(self, connection: Connection, put: Sequence[Attention], ended: Sequence[Attention]) -> None:
        """Store new and changed attention, and remove what has ended."""
        if ended:
            keys = [(call.conversation_id, call.cause) for call in ended]
            connection.execute(delete(calls).where(tuple_(calls.c.conversation_id, calls.c.cause).in_(keys)))
        if put:
            put_rows(connection, calls, [asdict(call) for call in put])

    @writing
    def look(self, connection: Connection, conversation_id: int) -> bool:
        """Mark a conversation's attention as seen; False if none was unseen."""
        own = calls.c.conversation_id == conversation_id
        # What a rule asked for was that somebody look; and what came back has then been seen.
        told = update(conversations).where(conversations.c.id == conversation_id, or_(CALLED, BACK))
        fulfilled = told.values(NOT_CALLED | {"back_at": None})
        ended = delete(calls).where(own, calls.c.cause.in_((AttentionReason.CALLED, AttentionReason.BACK)))
        seen = update(calls).where(own, UNSEEN).values(seen=True)
        return sum(connection.execute(change).rowcount for change in (fulfilled, ended, seen)) > 0

    @reading
    def longest_waiting(self, connection: Connection, now: datetime) -> Conversation | None:
        """Return the longest waiting conversation that can still be answered."""
        query = (
            SELECT_CONVERSATIONS.where(AWAITS, conversations.c.window_until > now, conversations.c.window_left > 0)
            .order_by(conversations.c.waiting_since, conversations.c.id)
            .limit(1)
        )
        row = connection.execute(query).one_or_none()
        return None if row is None else conversation_of(row)


_CALLING = conversations.c.id.in_(select(calls.c.conversation_id))
_WITH_OPEN_REPLIES = select(replies.c.conversation_id).where(replies.c.state.in_(WAITS | UNSETTLED))
_ROWS_TO_JUDGE = inbox_rows.rows_query(or_(WAITING, CALLED, BACK, conversations.c.id.in_(_WITH_OPEN_REPLIES), _CALLING))
