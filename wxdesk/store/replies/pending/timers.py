"""Timers of pending replies: due, stale, or at the end of their reply window."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field
from sqlalchemy import BigInteger, ColumnElement, Connection, exists, select, type_coerce, update

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import WAITS, Reply
from wxdesk.core.replies.lifecycle import SET_BACK, TOO_LATE, Move
from wxdesk.core.replies.on_new_message import HANDED_OVER, LAST_MOMENT, WINDOW_CLOSED, due_before_closing
from wxdesk.store.replies.bulk_moves import BY_RULE, DRAFT, HELD, QUEUED, by_hand_or_all, move_all, update_replies
from wxdesk.store.replies.parts import cancel_all
from wxdesk.store.schema.columns import EPOCH, MICROSECOND
from wxdesk.store.schema.messaging import contacts, conversations, replies
from wxdesk.store.schema.reply_predicates import scheduled


class TimerTerms(Struct, frozen=True):
    """Conditions under which timers release pending replies.

    `only_by_hand`: automatic replies wait · `hands_over`: at the end of a reply window held replies become
    drafts instead of being sent · `held_until`: by conversation, when automatic replies may leave at the
    earliest · `stale_before`: what was due before does not leave by itself any more, but is held without a deadline.
    """

    only_by_hand: bool = False
    hands_over: bool = False
    held_until: Mapping[int, datetime] = field(default_factory=dict)
    stale_before: datetime = EPOCH


class TimerMoves(Struct, frozen=True):
    """Replies that timers moved; those `handed_over` to the operator need attention."""

    moved: list[Reply] = field(default_factory=list)
    handed_over: list[Reply] = field(default_factory=list)


WRITING = "You were writing in this conversation."
"""Reason noted when a deadline moves because the operator is writing."""

CLOCK_SET_BACK = "The clock of this machine was set back, so the wait began again."
"""Reason noted when a deadline moves because its clock ran ahead."""

_HERE = select(conversations.c.id).where(conversations.c.id == replies.c.conversation_id)
_LAST_MOMENT = LAST_MOMENT // MICROSECOND


def begin_waits_again(connection: Connection, now: datetime) -> list[Reply]:
    """Let waits that began by a clock that has been set back since begin again."""
    began_ahead = ~scheduled(replies) & (replies.c.updated_at > now + SET_BACK)
    ahead = type_coerce(replies.c.updated_at, BigInteger) - (now - EPOCH) // MICROSECOND
    tries = update(replies).where(QUEUED, began_ahead, replies.c.not_before.is_not(None))
    next_try = type_coerce(replies.c.not_before, BigInteger) - ahead
    moved = update_replies(connection, tries.values(updated_at=now, not_before=next_try))
    waits, due_at = HELD & replies.c.due_at.is_not(None), type_coerce(replies.c.due_at, BigInteger) - ahead
    return moved + move_all(connection, Move.HOLD, waits & began_ahead, now, CLOCK_SET_BACK, due_at=due_at)


def run_timers(connection: Connection, now: datetime, terms: TimerTerms) -> TimerMoves:
    """Apply everything that is due at `now`, in this order.

    Operators' replies for a time long past are held; replies whose reply window has closed become drafts that
    say so; automatic replies to blocked contacts are cancelled; where the operator is typing, deadlines are
    postponed; at the last moment of a reply window held replies become drafts, if the terms say so; due replies
    are queued, unless stale. Without a deadline nothing leaves by itself.
    """
    moved = _hold_overdue(connection, now, terms)
    if not connection.scalar(select(exists().where(replies.c.state.in_(WAITS)))):
        return TimerMoves()
    moved += _draft_closed(connection, now) + _cancel_blocked(connection, now)
    due = HELD & (replies.c.due_at <= now) & by_hand_or_all(only_by_hand=terms.only_by_hand)
    handed_over: list[Reply] = []
    if not terms.only_by_hand:
        moved += _delay_for_typing(connection, now, terms.held_until)
        if terms.hands_over:
            last = due & BY_RULE & _due_at_window_end()
            handed_over = move_all(connection, Move.KEEP, last, now, error=HANDED_OVER)
    stale = due & (replies.c.due_at < terms.stale_before)  # the machine slept, or its clock was set
    moved += move_all(connection, Move.HOLD, stale, now, error=TOO_LATE, due_at=None)
    return TimerMoves(moved + move_all(connection, Move.RELEASE, due, now), handed_over)


def _hold_overdue(connection: Connection, now: datetime, terms: TimerTerms) -> list[Reply]:
    """Hold what operators wrote for a time that passed while the machine slept."""
    overdue = scheduled(replies) & (replies.c.not_before < terms.stale_before)
    if not connection.scalar(select(exists().where(overdue))):
        return []
    return move_all(connection, Move.HOLD, overdue, now, error=TOO_LATE, due_at=None, not_before=None)


def _draft_closed(connection: Connection, now: datetime) -> list[Reply]:
    closed = _HERE.where(conversations.c.window_until <= now).exists()
    held = HELD & (BY_RULE | replies.c.due_at.is_(None)) & closed
    kept = move_all(connection, Move.KEEP, held, now, error=WINDOW_CLOSED)
    drafts = update(replies).where(DRAFT, closed, replies.c.error != WINDOW_CLOSED)
    return kept + update_replies(connection, drafts.values(error=WINDOW_CLOSED))


def _cancel_blocked(connection: Connection, now: datetime) -> list[Reply]:
    theirs = _HERE.join(contacts, contacts.c.id == conversations.c.contact_id).where(contacts.c.blocked)
    return cancel_all(connection, HELD & BY_RULE & theirs.exists(), now, Author.OPERATOR)


def _delay_for_typing(connection: Connection, now: datetime, held_until: Mapping[int, datetime]) -> list[Reply]:
    """Move deadlines behind the typing operator, but not past the reply window's end."""
    moved: list[Reply] = []
    for conversation_id, until in held_until.items():
        window = select(conversations.c.window_until).where(conversations.c.id == conversation_id)
        due_at = due_before_closing(until, connection.scalar(window))
        sooner = HELD & BY_RULE & (replies.c.conversation_id == conversation_id) & (replies.c.due_at < due_at)
        moved += move_all(connection, Move.HOLD, sooner, now, WRITING, due_at=due_at)
    return moved


def _due_at_window_end() -> ColumnElement[bool]:
    until = type_coerce(conversations.c.window_until, BigInteger)
    return _HERE.where(type_coerce(replies.c.due_at, BigInteger) >= until - _LAST_MOMENT).exists()
