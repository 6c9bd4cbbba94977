"""Re-applies changed modes and rules to pending automatic replies.

Each function runs in the given transaction; see `store.replies.pending.pending`.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    select,
    type_coerce,
)

from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import CHANGED_BY, RULE_SILENT, TOO_LATE, Move
from wxdesk.core.replies.on_new_message import LAST_MOMENT
from wxdesk.store.replies.bulk_moves import HELD, QUEUED, move_all
from wxdesk.store.replies.parts import waits_for_earlier_part
from wxdesk.store.schema.authored import rules
from wxdesk.store.schema.columns import EPOCH, MICROSECOND, Moment
from wxdesk.store.schema.messaging import conversations, replies
from wxdesk.store.schema.reply_predicates import by_hand


class NewMode(Struct, frozen=True):
    """A mode that applies from now on, and its consequence for pending replies.

    With HOLD, replies that have never been held are held for `hold_seconds`. Replies that were due before
    `stale_before` ask.
    """

    mode: ReplyMode
    hold_seconds: int
    stale_before: datetime


_LEAVES_BY_ITSELF = (HELD | QUEUED) & ~by_hand(replies)
_NEVER_HELD = replies.c.mode.is_distinct_from(ReplyMode.HOLD)
_BY_ITS_RULE = replies.c.mode_from.is_not_distinct_from(ModeSource.RULE)


def withhold_in_conversation(
    connection: Connection, conversation_id: int, new: NewMode, by: str, at: datetime
) -> list[Reply]:
    """Apply a conversation's `new` mode to its pending automatic replies.

    With DRAFT, held and queued replies become drafts; with OFF they are cancelled, but for those that an
    operator has edited. With HOLD, queued ones are held, their parts at their distance, but for those that have
    been held before, and parts that wait for the operator anyhow (`core.replies.parts`); stale ones ask.
    AUTO changes nothing. DRAFT and HOLD of the account leave replies alone whose rule has its own mode.
    """
    own = connection.scalar(select(conversations.c.mode).where(conversations.c.id == conversation_id))
    source = ModeSource.ACCOUNT if own is None else ModeSource.CONVERSATION
    return _withhold(connection, replies.c.conversation_id == conversation_id, source, new, by, at)


def withhold_in_account(
    connection: Connection, account: str, new: NewMode, by: str, at: datetime, *, everywhere: bool = False
) -> list[Reply]:
    """Apply an account's mode in conversations without their own.

    It does there what `withhold_in_conversation` does; with `everywhere` in those with their own, too.
    """
    its = select(conversations.c.id).where(conversations.c.account == account)
    if not everywhere:
        its = its.where(conversations.c.mode.is_(None))
    return _withhold(connection, replies.c.conversation_id.in_(its), ModeSource.ACCOUNT, new, by, at)


def withhold_without_rule(connection: Connection, at: datetime) -> list[Reply]:
    """Make drafts of pending replies whose rule is switched off or deleted."""
    speaks = exists().where(rules.c.id == replies.c.rule_id, rules.c.enabled)
    which = _LEAVES_BY_ITSELF & replies.c.rule_id.is_not(None) & ~speaks
    return move_all(connection, Move.KEEP, which, at, error=RULE_SILENT, errcode=None, rid="")


def _withhold(
    connection: Connection, where: ColumnElement[bool], source: ModeSource, new: NewMode, by: str, at: datetime
) -> list[Reply]:
    here, its = _LEAVES_BY_ITSELF & where, {"mode": new.mode, "mode_from": source}
    if source is ModeSource.ACCOUNT and new.mode is not ReplyMode.OFF:
        here &= ~_BY_ITS_RULE
    match new.mode:
        case ReplyMode.OFF:
            cancelled = move_all(connection, Move.CANCEL, here & replies.c.edited.is_(false()), at, by=by)
            return cancelled + move_all(connection, Move.KEEP, here, at, CHANGED_BY[source], **its)
        case ReplyMode.DRAFT:
            return move_all(connection, Move.KEEP, here, at, CHANGED_BY[source], **its)
        case ReplyMode.HOLD:
            unheld = here & QUEUED & _NEVER_HELD & ~waits_for_earlier_part(replies)
            due_at = _due_at(at, new.hold_seconds)
            late = unheld & _is_stale(new.stale_before)
            asking = move_all(connection, Move.HOLD, late, at, due_at=None, error=TOO_LATE, **its)
            return asking + move_all(connection, Move.HOLD, unheld, at, CHANGED_BY[source], due_at=due_at, **its)
        case ReplyMode.AUTO:
            return []


def _is_stale(before: datetime) -> ColumnElement[bool]:
    """Match automatic replies that are stale: `core.replies.lifecycle` in SQL."""
    times = (func.coalesce(replies.c[name], replies.c.created_at) for name in ("created_at", "due_at", "not_before"))
    return and_(*(time < before for time in times))


def _due_at(at: datetime, seconds: int) -> ColumnElement[datetime]:
    """Build deadlines of replies held from `at`: after typing, before the window ends."""
    micros = (at - EPOCH) // MICROSECOND
    pause_ends = type_coerce(replies.c.not_before, BigInteger)
    first_try = and_(replies.c.attempts == 0, pause_ends > micros)
    due_at = case((first_try, pause_ends), else_=literal(micros, BigInteger)) + literal(seconds * 1_000_000, BigInteger)
    closing = select(type_coerce(conversations.c.window_until, BigInteger) - LAST_MOMENT // MICROSECOND)
    last = closing.where(conversations.c.id == replies.c.conversation_id).scalar_subquery()
    return type_coerce(case((last < due_at, last), else_=due_at), Moment)
