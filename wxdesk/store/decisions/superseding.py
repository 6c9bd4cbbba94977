"""Effect of a decision on the pending answers in its conversation.

`core.replies.on_new_message` decides it. The decision's transaction applies it to what is pending by then:
an operator may have begun to edit, or a deadline passed, since the decision was computed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Row, exists, not_, select, update

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import WAITS
from wxdesk.core.replies.lifecycle import Move, ReplyStep, StepKind, next_state
from wxdesk.core.replies.on_new_message import (
    ASKS_SINCE,
    WINDOW_CLOSED,
    WROTE_BEFORE,
    HoldTimes,
    OnNewMessage,
    PendingReply,
    superseded_count,
)
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store.replies.bulk_moves import QUEUED, move_all
from wxdesk.store.replies.history import write_steps
from wxdesk.store.replies.parts import later_parts
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import WRITTEN, decisions, messages, replies
from wxdesk.store.schema.reply_predicates import PASSED_OVER, UNTOUCHED, by_hand, scheduled

CONTACT = Author.CONTACT.value
"""Name in `by` of an answer that was cancelled because the contact wrote again."""

WROTE_AGAIN = "The customer wrote again."
"""Reason noted when a new message cancels a pending answer or restarts its hold."""

_TOUCHED = not_(UNTOUCHED).label("touched")
_WAITING = (
    select(replies.c.id, replies.c.conversation_id, replies.c.state, replies.c.rule_id, replies.c.due_at, _TOUCHED)
    .add_columns(replies.c.error, messages.c.event, PASSED_OVER.label("passed_over"))
    .outerjoin(messages, messages.c.id == replies.c.message_id)
    .where(replies.c.author == Author.RULE, replies.c.state.in_(WAITS))
    .order_by(replies.c.id)
)


def pending_in(connection: Connection, ids: Collection[int]) -> dict[int, tuple[PendingReply, ...]]:
    """Return the automatic replies that are held or drafts, by conversation."""
    found: defaultdict[int, list[PendingReply]] = defaultdict(list)
    if ids:
        for row in connection.execute(_WAITING.where(replies.c.conversation_id.in_(ids))):
            found[row.conversation_id].append(_pending_of(row))
    return {conversation_id: tuple(waiting) for conversation_id, waiting in found.items()}


def _pending_of(row: Row[Any]) -> PendingReply:
    return PendingReply(row.state, row.rule_id, row.event is None, row.touched, row.passed_over)


class PendingAnswers:
    """Pending answers in the conversations of rulings, of which each has one."""

    def __init__(self, connection: Connection, rulings: Iterable[Ruling]) -> None:
        self._connection = connection
        self._waiting: defaultdict[int, list[Row[Any]]] = defaultdict(list)
        self.moved: set[int] = set()
        concerned = {one.decision.conversation_id for one in rulings if one.on_pending is not OnNewMessage.STAY}
        if concerned:
            query = _WAITING.where(replies.c.conversation_id.in_(concerned)).with_for_update(of=replies)
            for row in connection.execute(query):
                self._waiting[row.conversation_id].append(row)

    def take(self, ruling: Ruling) -> bool:
        """Apply a ruling to the pending answers; True if its replies may be inserted."""
        waiting, at = self._waiting[ruling.decision.conversation_id], ruling.decision.decided_at
        if ruling.on_pending is not OnNewMessage.STAY:
            # The contact wrote, so they can be sent again.
            self._write([one for one in waiting if one.error == WINDOW_CLOSED], at, error="")
        match ruling.on_pending:
            case OnNewMessage.SUPERSEDE:
                return self._give_way(ruling, waiting)
            case OnNewMessage.HOLD_AGAIN:
                self._hold_again(waiting, ruling.hold_times, at)
            case OnNewMessage.ASK:
                self._ask(waiting, at)
            case OnNewMessage.STAY:
                pass
        return True

    def _give_way(self, ruling: Ruling, waiting: Sequence[Row[Any]]) -> bool:
        at = ruling.decision.decided_at
        if ruling.replies and any(one.touched for one in waiting):
            self._hold_again(waiting, ruling.hold_times, at)
            self._decided(ruling, Outcome.YIELDED)
            return False
        if ruling.replies and superseded_count([_pending_of(one) for one in waiting]) < ruling.needs:
            self._ask(waiting, at)
            self._decided(ruling, Outcome.NO_QUOTA)
            return False
        gone = [one for one in waiting if not one.touched]
        [after] = {next_state(state, Move.CANCEL) for state in WAITS}
        self._write(gone, at, StepKind.CANCEL, state=after, by=CONTACT)
        self._cancel_behind([one.id for one in gone], at)
        return True

    def _cancel_behind(self, ids: Collection[int], at: datetime) -> None:
        """Cancel queued later parts of these answers, unless an operator released them."""
        behind = QUEUED & ~by_hand(replies) & replies.c.id.in_(later_parts(self._connection, ids))
        gone = move_all(self._connection, Move.CANCEL, behind, at, WROTE_AGAIN, by=CONTACT)
        self.moved.update(reply.id for reply in gone)

    def _hold_again(self, waiting: Sequence[Row[Any]], hold_times: HoldTimes, at: datetime) -> None:
        """Set fresh deadlines for those that have one, keeping their order and distance."""
        clocked = [(one, one.due_at) for one in waiting if one.due_at is not None]
        first = min((due_at for _, due_at in clocked), default=at)
        for one, due_at in clocked:
            self._write([one], at, StepKind.HOLD, due_at=hold_times.due_at(at, one.rule_id, due_at - first))

    def _ask(self, waiting: Sequence[Row[Any]], at: datetime) -> None:
        asks = [one for one in waiting if one.due_at is not None]
        self._write(asks, at, StepKind.HOLD, due_at=None, error=ASKS_SINCE)

    def _write(
        self,
        which: Sequence[Row[Any]],
        at: datetime,
        kind: StepKind | None = None,
        **values: Any,  # noqa: ANN401
    ) -> None:
        ids = [one.id for one in which]
        if ids:
            change = update(replies).where(replies.c.id.in_(ids))
            self._connection.execute(change.values(updated_at=at, **values))
            self.moved.update(ids)
            if kind is not None:
                step = ReplyStep(0, at, kind, values.get("by", ""), reason=WROTE_AGAIN, until=values.get("due_at"))
                write_steps(self._connection, [replace(step, reply_id=one) for one in ids])

    def _decided(self, ruling: Ruling, outcome: Outcome) -> None:
        change = update(decisions).where(decisions.c.message_id == ruling.decision.message_id)
        self._connection.execute(change.values(outcome=outcome))


_WROTE = select(messages.c.conversation_id).where(Among(messages.c.id, "new"), WRITTEN)
_SOME_WAITS = select(exists().where(scheduled(replies) & replies.c.conversation_id.in_(_WROTE)))


def hold_scheduled(connection: Connection, new: Mapping[int, Ruling]) -> list[int]:
    """Hold what an operator wrote for later where the contact has written first."""
    if not new or not connection.scalar(_SOME_WAITS, {"new": list(new)}):
        return []
    waits = scheduled(replies) & replies.c.conversation_id.in_(_WROTE.params(new=list(new)))
    at = max(one.decision.decided_at for one in new.values())
    values = {"due_at": None, "not_before": None, "error": WROTE_BEFORE}
    return [reply.id for reply in move_all(connection, Move.HOLD, waits, at, **values)]
