"""The steps of replies: each is written in the transaction that changes its reply, so that neither is ever alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from itertools import batched
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.history import Step, StepKind, step_kind
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.replies.on_new_message import WROTE_INSTEAD
from wxdesk.store.engine.database import AT_ONCE
from wxdesk.store.schema import reply_steps

_FIELDS = tuple(field.name for field in fields(Step))
_STEPS = select(*(reply_steps.c[name] for name in _FIELDS)).order_by(reply_steps.c.id)
_SAID = select(*(reply_steps.c[name] for name in ("reply_id", "id", "kind", "by", "reason")))


def write_steps(connection: Connection, steps: Iterable[Step]) -> None:
    """Write these behind all others of their replies.

    What is held again for the reason for which it is held already only moves its deadline: an operator who writes on,
    or a customer, would else fill the history.
    """
    for some in batched(steps, AT_ONCE):
        prolonged = _prolonged(connection, [step for step in some if step.kind is StepKind.HOLD and step.reason])
        rows = [{name: getattr(step, name) for name in _FIELDS} for step in some if step.reply_id not in prolonged]
        if rows:
            connection.execute(reply_steps.insert(), rows)


def _prolonged(connection: Connection, holds: Sequence[Step]) -> set[int]:
    """Move the deadlines of those whose last step says the same; the replies of these."""
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
    """The newest step of each of these replies that has one."""
    if not ids:
        return {}
    columns = reply_steps.c
    newest = select(func.max(columns.id)).where(columns.reply_id.in_(ids)).group_by(columns.reply_id)
    return {row.reply_id: row for row in connection.execute(_SAID.where(columns.id.in_(newest)))}


def write_passed_over(connection: Connection, passed: Sequence[Reply], at: datetime) -> None:
    """Write that a human wrote something instead of these, but for those whose last step says that already."""
    for some in batched(passed, AT_ONCE):
        last = _newest(connection, [one.id for one in some])
        told = {row.reply_id for row in last.values() if (row.kind, row.reason) == (StepKind.KEEP, WROTE_INSTEAD)}
        write_steps(connection, [Step(one.id, at, StepKind.INSTEAD) for one in some if one.id not in told])


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
    """Write that `moved` made `move`; nothing for the moves of the plain way out.

    They are as they are now; but of a KEEP as they were, if it shall tell which deadline it has stopped.
    """
    kind = step_kind(move)
    if kind is not None:
        write_steps(connection, [Step(one.id, at, kind, by, None, reason, _until(one, kind), errcode) for one in moved])


def steps_of(connection: Connection, reply_id: int) -> list[Step]:
    """The steps of one reply, oldest first."""
    return [Step(*row) for row in connection.execute(_STEPS.where(reply_steps.c.reply_id == reply_id))]


def _until(reply: Reply, kind: StepKind) -> datetime | None:
    times = {StepKind.HOLD: reply.due_at, StepKind.KEEP: reply.due_at, StepKind.POSTPONE: reply.not_before}
    return times.get(kind)
