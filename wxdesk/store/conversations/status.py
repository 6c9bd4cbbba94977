"""Resolved and snoozed conversations, what reopens them, and who comes back.

No conversation with a reply that needs an operator is set aside: see `reopen_conversations`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, literal_column, or_, select, update

from wxdesk.core.errors import UnsettledReply, required
from wxdesk.core.model.conversation import StatusChange, snooze_end_before_closing
from wxdesk.core.model.reply import UNSETTLED, WAITS, Reply, ReplyState
from wxdesk.core.replies.lifecycle import can_be_undone, is_passed_over
from wxdesk.store.conversations.conversations import change_conversation
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import NOBODYS, NOT_CALLED, OPEN, WAITING, WRITTEN, conversations, messages, replies
from wxdesk.store.schema.reply_predicates import PASSED_OVER, UNDOABLE

REOPENED = {"resolved_at": None, "snoozed_until": None, "aside_by": "", "back_at": None}

NEEDS_OPERATOR = WAITS | UNSETTLED
"""States of replies that need an operator, unless passed over or still undoable."""


def set_aside_by_operator(
    connection: Connection, conversation_id: int, at: datetime, until: datetime | None
) -> datetime | None:
    """Resolve a conversation, or snooze it until `until`; return the end of that.

    Unanswered messages do not matter. Where the contact waits, a snooze ends before the reply window closes.

    Raises:
        UnsettledReply: a draft, held, failed or unknown reply is left to the operator; nothing was changed.
    """
    row = _locked(connection, conversation_id)
    if connection.scalar(select(exists().where(_needs_operator(conversation_id), ~UNDOABLE))):
        raise UnsettledReply
    waits = row.waiting_since is not None
    if until is not None and waits:
        until = snooze_end_before_closing(until, row.window_until, at)
    values = _values(at, until, "")
    if until is None and waits:
        values["settled_at"] = at
    change_conversation(connection, conversation_id, values)
    if until is not None:
        unsettle(connection, [conversation_id])
    return until


_ROW: Select[Any] = select(conversations.c.waiting_since, conversations.c.window_until)


def _locked(connection: Connection, conversation_id: int) -> Row[Any]:
    query = _ROW.where(conversations.c.id == conversation_id).with_for_update()
    return required(connection.execute(query).one_or_none(), "conversation")


def _needs_operator(conversation_id: int) -> ColumnElement[bool]:
    return and_(replies.c.conversation_id == conversation_id, replies.c.state.in_(NEEDS_OPERATOR), ~PASSED_OVER)


def _values(at: datetime, until: datetime | None, by: str) -> dict[str, Any]:
    aside = {"resolved_at": at} | NOBODYS if until is None else {"snoozed_until": until}
    return REOPENED | NOT_CALLED | aside | {"aside_by": by}


def reopen(connection: Connection, conversation_id: int) -> None:
    """Reopen a conversation; its unanswered messages wait again."""
    required(change_conversation(connection, conversation_id, REOPENED), "conversation")
    unsettle(connection, [conversation_id])


def unsettle(connection: Connection, ids: Collection[int]) -> None:
    """Count what waits in these conversations as unanswered, unless they are resolved."""
    again = and_(conversations.c.resolved_at.is_(None), conversations.c.settled_at >= conversations.c.waiting_since)
    change = update(conversations).where(Among(conversations.c.id, ids), again)
    connection.execute(change.values(settled_at=literal_column("waiting_since - 1")))


def set_aside_by_rule(connection: Connection, conversation_id: int, aside: StatusChange, at: datetime, by: str) -> None:
    """Resolve or snooze a conversation for the rule `by`, unless it needs an operator.

    What an operator has resolved or snoozed stays as it is. One with unanswered messages is not resolved.
    """
    chosen = and_(conversations.c.id == conversation_id, OPEN, ~exists().where(_needs_operator(conversation_id)))
    if not aside.minutes:
        chosen &= ~WAITING
    row = _locked(connection, conversation_id)
    until = aside.until(at)
    if until is not None and row.waiting_since is not None:
        until = snooze_end_before_closing(until, row.window_until, at)
    connection.execute(update(conversations).where(chosen).values(_values(at, until, by)))


def set_aside_when_answered(connection: Connection, arrived: Reply, at: datetime) -> None:
    """Apply the status that a rule asked for, once its whole answer has been sent.

    Not if the contact has written since or an operator edited a part.
    """
    if arrived.aside is None:
        return
    missing = exists().where(
        replies.c.conversation_id == arrived.conversation_id,  # there is an index of these
        replies.c.decision_id == arrived.decision_id,
        or_(replies.c.state != ReplyState.SENT, replies.c.aside.is_(None)),
    )
    since = exists().where(
        messages.c.conversation_id == arrived.conversation_id, messages.c.id > arrived.message_id, WRITTEN
    )
    if not connection.scalar(select(or_(missing, since))):
        set_aside_by_rule(connection, arrived.conversation_id, arrived.aside, at, arrived.rule_name)


def reopen_conversations(connection: Connection, ids: Collection[int]) -> None:
    """Reopen these conversations, because something in them needs an operator."""
    if ids:
        change = update(conversations).where(Among(conversations.c.id, ids), ~OPEN)
        if connection.execute(change.values(REOPENED)).rowcount:
            unsettle(connection, ids)


def needing_operator(some: Iterable[Reply]) -> set[int]:
    """Return the conversations of those replies that need an operator."""
    to_settle = (reply for reply in some if reply.state in NEEDS_OPERATOR)
    return {one.conversation_id for one in to_settle if not (can_be_undone(one) or is_passed_over(one))}


def bring_back(connection: Connection, now: datetime) -> list[int]:
    """End snoozes and transfers that are over by `now`; return the conversations' ids.

    Of a snooze the time is noted.
    """
    snoozed, transferred = conversations.c.snoozed_until, conversations.c.transferred_until
    values = (snoozed, REOPENED | {"back_at": snoozed}), (transferred, {"transferred_until": None})
    over = (update(conversations).where(until <= now).values(back) for until, back in values)
    return [one for change in over for one in connection.scalars(change.returning(conversations.c.id))]
