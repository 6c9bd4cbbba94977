"""What waits and may not leave by itself any more, because a mode or the rules have changed: drafts, or cancelled.

Each in the transaction that it is given; see `desk.waiting_ports.WaitingReplies`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, false, select

from wxdesk.core.lifecycle import CHANGED_BY, RULE_SILENT, Move
from wxdesk.core.model import ModeSource, Reply, ReplyMode
from wxdesk.store.many_replies import HELD, QUEUED, by_hand, move_all
from wxdesk.store.schema import conversations, replies, rules

_LEAVES_BY_ITSELF = (HELD | QUEUED) & ~by_hand(replies)
_BY_ITS_RULE = replies.c.mode_from.is_not_distinct_from(ModeSource.RULE)


def in_conversation(
    connection: Connection, conversation_id: int, mode: ReplyMode, by: str, at: datetime
) -> list[Reply]:
    """Where `mode` applies now: the conversation's own or, if it has none, its account's."""
    own = connection.scalar(select(conversations.c.mode).where(conversations.c.id == conversation_id))
    source = ModeSource.ACCOUNT if own is None else ModeSource.CONVERSATION
    return _withhold(connection, replies.c.conversation_id == conversation_id, source, mode, by, at)


def in_account(connection: Connection, account: str, mode: ReplyMode, by: str, at: datetime) -> list[Reply]:
    """Wherever no conversation has a mode of its own."""
    its = select(conversations.c.id).where(conversations.c.account == account, conversations.c.mode.is_(None))
    return _withhold(connection, replies.c.conversation_id.in_(its), ModeSource.ACCOUNT, mode, by, at)


def without_rule(connection: Connection, at: datetime) -> list[Reply]:
    """What a rule said that is switched off or removed."""
    speaks = exists().where(rules.c.id == replies.c.rule_id, rules.c.enabled)
    which = _LEAVES_BY_ITSELF & replies.c.rule_id.is_not(None) & ~speaks
    return move_all(connection, Move.KEEP, which, at, error=RULE_SILENT, errcode=None, rid="")


def _withhold(
    connection: Connection, where: ColumnElement[bool], source: ModeSource, mode: ReplyMode, by: str, at: datetime
) -> list[Reply]:
    here = _LEAVES_BY_ITSELF & where
    cancelled: list[Reply] = []
    if mode is ReplyMode.OFF:
        cancelled = move_all(connection, Move.CANCEL, here & replies.c.edited.is_(false()), at, by=by)
    elif source is ModeSource.ACCOUNT:
        here &= ~_BY_ITS_RULE
    kept = move_all(connection, Move.KEEP, here, at, CHANGED_BY[source], mode=mode, mode_from=source)
    return cancelled + kept
