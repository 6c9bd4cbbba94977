"""The outbox's table: each reply in one state, each move guarded by the old state."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field
from sqlalchemy import Connection, Select, nulls_first, select, update

from wxdesk.core.conversations.takeover import TakeoverByWriting
from wxdesk.core.errors import required
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import WAITS, NewReply, Reply, ReplyState
from wxdesk.store.conversations.on_message import PREVIEW, PROLONGED_TAKEOVER, message_values
from wxdesk.store.conversations.takeovers import take_over_by_writing
from wxdesk.store.conversations.unanswered import newest_message_id
from wxdesk.store.engine.database import StorePart, read_by, writing
from wxdesk.store.replies.history import steps_of
from wxdesk.store.replies.inserting import insert_replies, load_replies, reply_row
from wxdesk.store.replies.parts import join_parts
from wxdesk.store.replies.passed_over_drafts import pass_over_drafts
from wxdesk.store.replies.pending import takeover
from wxdesk.store.replies.quota_counts import NOTHING_UNSENT, promised_by_hand, unsent_counts
from wxdesk.store.schema.messaging import NOT_CALLED, conversations, messages, replies
from wxdesk.store.schema.records import SELECT_REPLIES, reply_of


class WrittenReplies(Struct, frozen=True):
    """Replies that an operator wrote, and all that writing them changed.

    `drafted`: automatic replies that would have left by themselves, drafts now · `passed`: drafts that need no
    decision any more · `takeover`: None if writing takes over nothing.
    """

    written: list[Reply]
    drafted: list[Reply] = field(default_factory=list)
    passed: list[Reply] = field(default_factory=list)
    takeover: TakeoverByWriting | None = None


class Replies(StorePart):
    """The outbox's table: every reply in exactly one state."""

    @writing
    def write(
        self, connection: Connection, parts: Sequence[NewReply], at: datetime, span: timedelta | None = None
    ) -> WrittenReplies:
        """Store what an operator writes; take over for `span`, if there is one.

        That follows `core.conversations.takeover.takeover_after_writing`. Automatic replies that would leave by
        themselves become drafts, so that none is sent after the operator's, and drafts that nobody is editing are
        passed over. Raises `NotFound`; nothing was stored then.
        """
        if span is None:
            return WrittenReplies(_add(connection, parts, at))
        conversation_id = parts[0].conversation_id
        drafted = takeover.draft_leaving(connection, conversation_id, at)  # it locks replies before their conversation
        begun = take_over_by_writing(connection, conversation_id, at, span)
        written = _add(connection, parts, at)
        first = written[0].id
        if begun.after.by_writing:
            connection.execute(update(replies).where(replies.c.id == first).values(takeover=begun))
        return WrittenReplies(written, drafted, pass_over_drafts(connection, conversation_id, first, at), begun)

    async def promised(self, conversation_id: int, *, only_by_hand: bool) -> int:
        """Count a conversation's promised replies (see `UndecidedMessage`).

        `only_by_hand` leaves out those that `OutboxStore.cancel_automatic` would stop.
        """
        if only_by_hand:
            return await self._db.read(promised_by_hand, conversation_id)
        return (await self._db.read(unsent_counts, [conversation_id])).get(conversation_id, NOTHING_UNSENT).promised

    async def get(self, reply_id: int) -> Reply:
        """Return one reply; raises `NotFound`."""
        return required(await self._db.read(load_replies, [reply_id]), "reply")[0]

    async def parts(self, firsts: Collection[int]) -> list[Reply]:
        """Return all parts of the answers whose first parts have these ids, in order."""
        which = replies.c.id.in_(firsts) | replies.c.part_of.in_(firsts)
        return await self._db.read(_list, SELECT_REPLIES.where(which).order_by(replies.c.id))

    async def to_messages(self, message_ids: Collection[int]) -> list[Reply]:
        """Return the automatic replies to these messages, in order."""
        which = replies.c.conversation_id.in_(select(messages.c.conversation_id).where(messages.c.id.in_(message_ids)))
        query = SELECT_REPLIES.where(which, replies.c.message_id.in_(message_ids)).order_by(replies.c.id)
        return await self._db.read(_list, query)

    steps = read_by(steps_of)

    async def pending(self) -> list[Reply]:
        """Return held replies by deadline, those without one first; then drafts by age."""
        query = SELECT_REPLIES.where(replies.c.state.in_(WAITS))
        held_first, asking_first = replies.c.state != ReplyState.HELD, nulls_first(replies.c.due_at)
        return await self._db.read(_list, query.order_by(held_first, asking_first, replies.c.id))


def _add(connection: Connection, parts: Sequence[NewReply], at: datetime) -> list[Reply]:
    last = parts[-1]
    preview = update(conversations).where(conversations.c.id == last.conversation_id)
    values: dict[str, Any] = dict(NOT_CALLED)
    if last.not_before is None:  # one for later is said when it has arrived
        values |= PROLONGED_TAKEOVER
        if last.due_at is None or last.author is Author.RULE:  # what can still be undone shows when it has arrived
            values |= PREVIEW
    said = connection.execute(preview.values(values), message_values(last.author, last.content, at, at))
    required(said.rowcount, "conversation")
    heard = {"heard_id": newest_message_id(connection, last.conversation_id)}
    ids = insert_replies(connection, [reply_row(reply, at) | heard for reply in parts])
    join_parts(connection, [ids])
    return load_replies(connection, ids)


def _list(connection: Connection, query: Select[Any]) -> list[Reply]:
    return [reply_of(row) for row in connection.execute(query)]
