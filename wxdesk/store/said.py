"""What it does to a conversation that something was said in it: its preview, its takeover, and who still waits there.

Columns by their names, to be set by an UPDATE that gets the values of `saying` beside its own. They are put together
once: it happens to each reply, and making them takes longer than running them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
)

from wxdesk.core.model import Author, Content
from wxdesk.store.columns import EPOCH, MICROSECOND, Moment
from wxdesk.store.schema import WRITTEN, conversations, messages

_AT = bindparam("said_at", type_=Moment)
_SHOWN = ("preview", "preview_kind", "preview_author")


def saying(author: Author, content: Content, at: datetime) -> dict[str, Any]:
    """The values for `PREVIEW` and `STILL_TALKING` when `author` has said `content` at `at`."""
    shown = (content.summary, content.kind.value, author)
    since = (at - EPOCH) // MICROSECOND
    return {"said_at": at, "said_since": since} | {f"said_{name}": it for name, it in zip(_SHOWN, shown, strict=True)}


def _preview() -> dict[str, ColumnElement[Any]]:
    columns = conversations.c
    newest = or_(columns.last_at.is_(None), columns.last_at <= _AT)
    said = {name: bindparam(f"said_{name}", type_=columns[name].type) for name in _SHOWN} | {"last_at": _AT}
    return {name: case((newest, value), else_=columns[name]) for name, value in said.items()}


PREVIEW = _preview()
"""The conversation's preview, unless something later stands there."""


def _still_talking() -> dict[str, ColumnElement[Any]]:
    until, silence = conversations.c.taken_over_until, cast(conversations.c.takeover_silence, BigInteger)
    later = bindparam("said_since", type_=BigInteger) + silence * 1_000_000
    goes_on = and_(silence.is_not(None), until > _AT)
    return {"taken_over_until": case((goes_on, type_coerce(later, Moment)), else_=until)}


STILL_TALKING = _still_talking()
"""A takeover that ends by silence goes on: `core.takeover.moved` in SQL."""

NOBODY_WAITS: dict[str, ColumnElement[Any]] = {"waiting_since": null()}
"""A human answers all that he has seen."""


def _waits_since_later() -> dict[str, ColumnElement[Any]]:
    answered = select(messages.c.at).where(messages.c.id == bindparam("answered_id")).scalar_subquery()
    later = (
        select(func.min(messages.c.at))
        .where(
            messages.c.conversation_id == conversations.c.id,
            messages.c.at > func.coalesce(answered, literal(EPOCH, Moment)),
            WRITTEN,
        )
        .correlate(conversations)
        .scalar_subquery()
    )
    return {"waiting_since": case((conversations.c.waiting_since.is_(None), null()), else_=later)}


WAITS_SINCE_LATER = _waits_since_later()
"""A rule answers one message, with the id `answered_id`: what was written after it still waits."""
