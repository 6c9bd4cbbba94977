"""The steps of replies: each is written in the transaction that changes its reply, so that neither is ever alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from wxdesk.core.lifecycle import Move
from wxdesk.core.model import Reply
from wxdesk.core.steps import Step, StepKind, step_kind
from wxdesk.store.schema import reply_steps

_FIELDS = tuple(field.name for field in fields(Step))
_STEPS = select(*(reply_steps.c[name] for name in _FIELDS)).order_by(reply_steps.c.id)


def write_steps(connection: Connection, steps: Iterable[Step]) -> None:
    """Write these behind all others of their replies.

    What is held again for the reason for which it is held already only moves its deadline: an operator who writes on,
    or a customer, would else fill the history.
    """
    rows = [{name: getattr(step, name) for name in _FIELDS} for step in steps if not _prolonged(connection, step)]
    if rows:
        connection.execute(reply_steps.insert(), rows)


def _prolonged(connection: Connection, step: Step) -> bool:
    if step.kind is not StepKind.HOLD or not step.reason:
        return False
    columns = reply_steps.c
    last = select(func.max(columns.id)).where(columns.reply_id == step.reply_id).scalar_subquery()
    same = (columns.kind == step.kind, columns.by == step.by, columns.reason == step.reason)
    change = update(reply_steps).where(columns.id == last, *same)
    return connection.execute(change.values(until=step.until)).rowcount > 0


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
