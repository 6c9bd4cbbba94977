"""Steps in the history of replies, written in the transaction of each change."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import Move, ReplyStep, StepKind, step_kind
from wxdesk.core.replies.on_new_message import WROTE_INSTEAD
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import reply_steps

_FIELDS = ReplyStep.__struct_fields__
_STEPS = select(*(reply_steps.c[name] for name in _FIELDS)).order_by(reply_steps.c.id)
_SAID = select(*(reply_steps.c[name] for name in ("reply_id", "id", "kind", "by", "reason")))


def write_steps(connection: Connection, steps: Sequence[ReplyStep]) -> None:
    """Append these steps to the histories of their replies.

    A hold for the same reason as the last step only moves its deadline: someone who goes on writing would
    otherwise fill the history.
    """
    prolonged = _extend_deadlines(connection, [step for step in steps if step.kind is StepKind.HOLD and step.reason])
    rows = [{name: getattr(step, name) for name in _FIELDS} for step in steps if step.reply_id not in prolonged]
    if rows:
        connection.execute(reply_steps.insert(), rows)


def _extend_deadlines(connection: Connection, holds: Sequence[ReplyStep]) -> set[int]:
    """Move the deadlines of holds that repeat the last step; return the reply ids."""
    last = _newest(connection, [step.reply_id for step in holds])
    same = [
        {"step": row.id, "until": step.until}
        for step in holds
        if (row := last.get(step.reply_id)) is not None
        and (row.kind, row.by, row.reason) == (step.kind, step.by, step.reason)
    ]
    if same:
        change = update(reply_steps).where(reply_steps.c.id == bindparam("step")).values(until=bindparam("until"))
        connection.execute(change, same)
    moved = {one["step"] for one in same}
    return {row.reply_id for row in last.values() if row.id in moved}


def _newest(connection: Connection, ids: Sequence[int]) -> dict[int, Row[Any]]:
    if not ids:
        return {}
    columns = reply_steps.c
    newest = select(func.max(columns.id)).where(Among(columns.reply_id, ids)).group_by(columns.reply_id)
    return {row.reply_id: row for row in connection.execute(_SAID.where(columns.id.in_(newest)))}


def write_passed_over(connection: Connection, passed: Sequence[Reply], at: datetime) -> None:
    """Record in these drafts' histories, once, that an operator wrote instead."""
    last = _newest(connection, [one.id for one in passed])
    told = {row.reply_id for row in last.values() if (row.kind, row.reason) == (StepKind.KEEP, WROTE_INSTEAD)}
    write_steps(connection, [ReplyStep(one.id, at, StepKind.INSTEAD) for one in passed if one.id not in told])


def write_moves(  # noqa: PLR0913 - what a step tells, named
    connection: Connection,
    move: Move,
    moved: Iterable[Reply],
    at: datetime,
    *,
    by: str = "",
    reason: str = "",
    errcode: int | None = None,
) -> None:
    """Record that `moved` made `move`; nothing for moves on the plain way out.

    The replies are as they are now; for KEEP, as they were, if the step shall show which deadline it stopped.
    """
    kind = step_kind(move)
    if kind is not None:
        write_steps(
            connection, [ReplyStep(one.id, at, kind, by, None, reason, _until(one, kind), errcode) for one in moved]
        )


def steps_of(connection: Connection, reply_id: int) -> list[ReplyStep]:
    """Return a reply's history, oldest first; each step is stored with its move."""
    return [ReplyStep(*row) for row in connection.execute(_STEPS.where(reply_steps.c.reply_id == reply_id))]


def _until(reply: Reply, kind: StepKind) -> datetime | None:
    times = {StepKind.HOLD: reply.due_at, StepKind.KEEP: reply.due_at, StepKind.POSTPONE: reply.not_before}
    return times.get(kind)
