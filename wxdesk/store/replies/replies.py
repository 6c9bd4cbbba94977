"""The outbox's table: each reply in one state, each move guarded by the old state."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, bindparam, nulls_first, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from wxdesk.core.conversations.takeover import TakeoverByWriting
from wxdesk.core.errors import NotFound
from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Author, ReplyWindow
from wxdesk.core.model.reply import NewReply, Reply, ReplyState
from wxdesk.core.replies.history import ReplyStep
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.wechat.quota import ClaimedReply
from wxdesk.store.conversations.on_message import PREVIEW, PROLONGED_TAKEOVER, message_values
from wxdesk.store.conversations.status import needing_operator, reopen_conversations
from wxdesk.store.conversations.takeovers import take_over_by_writing
from wxdesk.store.conversations.unanswered import newest_message_id
from wxdesk.store.engine.database import Database
from wxdesk.store.replies import moves as moves
from wxdesk.store.replies.bulk_moves import update_replies
from wxdesk.store.replies.history import steps_of, write_moves
from wxdesk.store.replies.inserting import insert_replies, load_replies, reply_row
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.parts import apply_operator_move, join_parts, waits_for_earlier_part
from wxdesk.store.replies.passed_over_drafts import pass_over_drafts
from wxdesk.store.replies.pending import edit_lock as edit_lock
from wxdesk.store.replies.pending import takeover as takeover
from wxdesk.store.replies.quota_counts import NOTHING_UNSENT, promised_by_hand, unsent_counts
from wxdesk.store.schema import NOT_CALLED, conversations, replies
from wxdesk.store.schema.columns import Moment
from wxdesk.store.schema.records import reply_of, select_replies
from wxdesk.store.schema.reply_predicates import PENDING, by_hand, undoable


@dataclass(frozen=True, slots=True)
class WrittenReplies:
    """Replies that an operator wrote, and all that writing them changed.

    `drafted`: automatic replies that would have left by themselves, drafts now · `passed`: drafts that need no
    decision any more · `takeover`: None if writing takes over nothing.
    """

    written: list[Reply]
    drafted: list[Reply] = field(default_factory=list)
    passed: list[Reply] = field(default_factory=list)
    takeover: TakeoverByWriting | None = None


QUEUED = replies.c.state == ReplyState.QUEUED

INTERRUPTED = "wxdesk ended before WeChat answered"
"""Reason of the state `unknown` after the program ended during a call to WeChat."""


class Replies:
    """The outbox's table: every reply in exactly one state."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, reply: NewReply, at: datetime) -> Reply:
        """Store a reply that no rule made, with a preview if it leaves now; or `NotFound`."""
        [made] = await self._db.write(_add, [reply], at)
        return made

    async def add_parts(self, parts: Sequence[NewReply], at: datetime) -> list[Reply]:
        """Store the parts (one or more) of one answer by no rule; update the preview."""
        return await self._db.write(_add, parts, at)

    async def write(self, parts: Sequence[NewReply], at: datetime, span: timedelta | None = None) -> WrittenReplies:
        """Store what an operator writes; take over for `span`, if there is one.

        That follows `core.conversations.takeover.takeover_after_writing`. Automatic replies that would leave by
        themselves become drafts, so that none is sent after the operator's, and drafts that nobody is editing are
        passed over. Raises `NotFound`; nothing was stored then.
        """
        return await self._db.write(_write, parts, at, span)

    async def promised(self, conversation_id: int, *, only_by_hand: bool) -> int:
        """Count a conversation's promised replies (see `UndecidedMessage`).

        `only_by_hand` leaves out those that `cancel_automatic` would stop.
        """
        if only_by_hand:
            return await self._db.read(promised_by_hand, conversation_id)
        return (await self._db.read(unsent_counts, [conversation_id])).get(conversation_id, NOTHING_UNSENT).promised

    async def get(self, reply_id: int) -> Reply:
        """Return one reply; raises `NotFound`."""
        found = await self._db.read(load_replies, [reply_id])
        if not found:
            raise NotFound("reply")
        return found[0]

    async def parts(self, firsts: Collection[int]) -> list[Reply]:
        """Return all parts of the answers whose first parts have these ids, in order."""
        which = replies.c.id.in_(firsts) | replies.c.part_of.in_(firsts)
        return await self._db.read(_list, select_replies().where(which).order_by(replies.c.id))

    async def claim(
        self,
        now: datetime,
        *,
        busy: Collection[int],
        limit: int,
        only_by_hand: bool,
        without: Collection[str] = (),
    ) -> list[ClaimedReply]:
        """Move queued replies to `sending` and commit; one a conversation, oldest first.

        Left out: conversations in `busy`, conversations with a reply in `sending`, accounts in `without`, replies
        whose `not_before` is later than `now`, parts behind one that needs the operator (`core.replies.parts`),
        and, if `only_by_hand`, those that no operator wrote or released. A reply is never claimed before an older
        queued one of its conversation, also if that waits for another try (paused ones do not block written ones,
        parts that wait for the operator block nothing).
        """
        given = {"now": now, "busy": tuple(busy), "limit": limit, "without": tuple(without)}
        return await self._db.write(_claim, _CLAIM_BY_HAND if only_by_hand else _CLAIM, given)

    async def move(self, reply_id: int, move: Move, at: datetime, changes: ReplyChanges = ReplyChanges()) -> Reply:  # noqa: B008  # frozen
        """Make one move of `core.replies.lifecycle`'s table, with further changes.

        CLAIM and a RETRY's way out count an attempt. ACCEPT updates the preview and ends the waiting in the same
        transaction: of all messages by an operator's reply, of the answered message by a rule's, of none by a
        rule's during a takeover.

        Raises:
            NotFound, MoveNotAllowed: nothing was changed.
        """
        return await self._db.write(moves.move, reply_id, move, at, changes)

    async def settle(self, reply_id: int, move: Move, at: datetime, by: str, *, whole: bool = False) -> list[Reply]:
        """Make the operator's move, and what follows for the other parts of the answer.

        CANCEL cancels the later parts that have not left. RELEASE, RETRY and CONFIRM let later parts go on that
        wait, as though `by` had released them too; a RELEASE of the `whole` answer also those that need a decision
        of their own (`core.replies.parts`). A RELEASE releases also the earlier parts that are held or drafts,
        unless locked for editing. Returns the reply and then the other parts that may have changed; raises like
        `move`.
        """
        return await self._db.write(partial(apply_operator_move, whole=whole), reply_id, move, at, by)

    async def lock_for_edit(self, reply_id: int, at: datetime, by: str) -> Reply:
        """Lock a held reply or a draft for editing by `by`, so that nothing replaces it.

        A held one becomes a draft, and its step records which deadline was stopped. One that is locked already gets
        no step. Raises like `move`.
        """
        return await self._db.write(edit_lock.lock_for_edit, reply_id, at, by)

    async def put_back(self, before: Reply, at: datetime, by: str, *, may_leave: bool) -> Reply:
        """Release an edit lock, so that the reply waits as it did `before`.

        It is held with the rest of its time, but a few seconds at least; without a deadline if the contact has
        written meanwhile. It stays a draft where it was one, if it may not leave by itself any more (`may_leave`),
        or if the reply window has closed; one whose content has been changed stays as it is.

        Raises:
            NotFound, MoveNotAllowed: it is no draft any more.
        """
        return await self._db.write(partial(edit_lock.unlock_unchanged, may_leave=may_leave), before, at, by)

    async def edit(self, reply_id: int, content: Content, at: datetime, by: str = "") -> Reply:
        """Change a draft, held or failed reply and mark it edited; else `MoveNotAllowed`."""
        return await self._db.write(moves.edit, reply_id, content, at, by)

    async def steps(self, reply_id: int) -> list[ReplyStep]:
        """Return a reply's history, oldest first; each step is stored with its move."""
        return await self._db.read(steps_of, reply_id)

    async def cancel_automatic(
        self, conversation_id: int, by: str, at: datetime, *, but_answer: int | None = None
    ) -> list[Reply]:
        """Cancel a conversation's automatic replies that have not left; return those.

        The answer whose first part is `but_answer` is not touched. Replies that an operator released or sends again
        stay, and so do drafts that an operator edited or kept. What was edited and would have left by itself
        becomes a draft.
        """
        return await self._db.write(partial(takeover.cancel_automatic, but_answer=but_answer), conversation_id, by, at)

    async def cancel_leaving(self, conversation_id: int, by: str, at: datetime) -> list[Reply]:
        """Cancel like `cancel_automatic`, but only replies that would leave by themselves."""
        return await self._db.write(takeover.cancel_leaving, conversation_id, by, at)

    async def pending(self) -> list[Reply]:
        """Return held replies by deadline, those without one first; then drafts by age."""
        query = select_replies().where(replies.c.state.in_(PENDING))
        held_first, asking_first = replies.c.state != ReplyState.HELD, nulls_first(replies.c.due_at)
        return await self._db.read(_list, query.order_by(held_first, asking_first, replies.c.id))

    async def recover(self, at: datetime) -> list[Reply]:
        """Move `sending` replies to `unknown` after a crash; these count as sent."""
        return await self._db.write(_recover, at)


def _write(connection: Connection, parts: Sequence[NewReply], at: datetime, span: timedelta | None) -> WrittenReplies:
    if span is None:
        return WrittenReplies(_add(connection, parts, at))
    thread = parts[0].conversation_id
    drafted = takeover.draft_leaving(connection, thread, at)  # it locks replies before their conversation
    begun = take_over_by_writing(connection, thread, at, span)
    written = _add(connection, parts, at)
    first = written[0].id
    if begun.after.by_writing:
        connection.execute(update(replies).where(replies.c.id == first).values(takeover=begun))
    return WrittenReplies(written, drafted, pass_over_drafts(connection, thread, first, at), begun)


def _add(connection: Connection, parts: Sequence[NewReply], at: datetime) -> list[Reply]:
    last = parts[-1]
    preview = update(conversations).where(conversations.c.id == last.conversation_id)
    values = PROLONGED_TAKEOVER | NOT_CALLED
    if (
        last.due_at is None or last.author is Author.RULE
    ):  # what can still be taken back is not said before it has arrived
        values |= PREVIEW
    said = connection.execute(preview.values(values), message_values(last.author, last.content, at, at))
    if said.rowcount == 0:
        raise NotFound("conversation")
    heard = {"heard_id": newest_message_id(connection, last.conversation_id)}
    ids = insert_replies(connection, [reply_row(reply, at) | heard for reply in parts])
    join_parts(connection, [ids])
    return load_replies(connection, ids)


def _recover(connection: Connection, at: datetime) -> list[Reply]:
    change = update(replies).where(replies.c.state == ReplyState.SENDING)
    lost = update_replies(connection, change.values(state=ReplyState.UNKNOWN, updated_at=at, aside=None))
    reopen_conversations(connection, needing_operator(lost))
    write_moves(connection, Move.LOSE, lost, at, reason=INTERRUPTED)
    ids, left = {reply.conversation_id for reply in lost}, conversations.c.window_left
    if ids:  # of one conversation, never more than one is under way
        fewer = update(conversations).where(conversations.c.id.in_(ids), left > 0)
        connection.execute(fewer.values(window_left=left - 1))
    return lost


def _claim(connection: Connection, claim: ReturningUpdate[Any], given: dict[str, Any]) -> list[ClaimedReply]:
    ids = list(connection.scalars(claim, given))
    rows = connection.execute(_CLAIMED, {"ids": ids}) if ids else ()
    return [ClaimedReply(reply_of(row), ReplyWindow(row.window_left, row.window_until)) for row in rows]


def _list(connection: Connection, query: Select[Any]) -> list[Reply]:
    return [reply_of(row) for row in connection.execute(query)]


def _claim_statement(*, only_by_hand: bool) -> ReturningUpdate[Any]:
    """Build the statement of `claim`; it takes `now`, `busy`, `limit` and `without`."""
    # A WITH, because PostgreSQL may run a plain subquery again for each row and so exceed the limit.
    first = _first_in_line(only_by_hand=only_by_hand).limit(bindparam("limit", type_=Integer))
    chosen = first.with_for_update(of=replies, skip_locked=True).cte("chosen")
    change = update(replies).where(replies.c.id.in_(select(chosen.c.id)), QUEUED)
    values = {"state": ReplyState.SENDING, "attempts": replies.c.attempts + 1, "updated_at": _NOW}
    return change.values(values).returning(replies.c.id)


_NOW = bindparam("now", type_=Moment)


def _first_in_line(*, only_by_hand: bool) -> Select[Any]:
    """Select queued replies that may leave now, each the next of its conversation."""
    earlier, underway = replies.alias("earlier"), replies.alias("underway")
    queued: ColumnElement[bool] = (earlier.c.state == ReplyState.QUEUED) & ~waits_for_earlier_part(earlier)
    query = select(replies.c.id).join(conversations, conversations.c.id == replies.c.conversation_id).where(QUEUED)
    if only_by_hand:
        queued &= by_hand(earlier)
        query = query.where(by_hand(replies))
    counts_down = undoable(earlier) & (replies.c.author == Author.OPERATOR)
    before = (earlier.c.conversation_id == replies.c.conversation_id) & (earlier.c.id < replies.c.id)
    ahead = before & (queued | counts_down)
    sending = select(underway.c.id).where(
        underway.c.conversation_id == replies.c.conversation_id, underway.c.state == ReplyState.SENDING
    )
    return query.where(
        ~select(earlier.c.id).where(ahead).exists(),
        ~sending.exists(),
        ~waits_for_earlier_part(replies),
        replies.c.not_before.is_(None) | (replies.c.not_before <= _NOW),
        replies.c.conversation_id.not_in(bindparam("busy", expanding=True)),
        conversations.c.account.not_in(bindparam("without", expanding=True)),
    ).order_by(replies.c.id)


# Statements never change once made, and these are asked for each reply: put together once.
_CLAIM, _CLAIM_BY_HAND = _claim_statement(only_by_hand=False), _claim_statement(only_by_hand=True)
_CLAIMED = (
    select_replies()
    .add_columns(conversations.c.window_left, conversations.c.window_until)
    .where(replies.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(replies.c.id)
)
