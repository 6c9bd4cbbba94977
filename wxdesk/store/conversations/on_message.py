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
    not_,
    or_,
    select,
    type_coerce,
)

from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Author
from wxdesk.store.conversations.unanswered import oldest_owed
from wxdesk.store.schema import conversations, messages
from wxdesk.store.schema.columns import EPOCH, MICROSECOND, Moment

_AT, _WRITTEN_AT = bindparam("said_at", type_=Moment), bindparam("written_at", type_=Moment)
_SHOWN = ("preview", "preview_kind", "preview_author")


def saying(author: Author, content: Content, at: datetime, written_at: datetime) -> dict[str, Any]:
    """The values for what follows when `author` has said `content` at `at`, which was written at `written_at`."""
    shown = (content.summary, content.kind.value, author)
    times = {"said_at": at, "said_since": (at - EPOCH) // MICROSECOND, "written_at": written_at}
    return times | {f"said_{name}": it for name, it in zip(_SHOWN, shown, strict=True)}


def _preview() -> dict[str, ColumnElement[Any]]:
    columns = conversations.c
    wrote_since = and_(columns.preview_author == Author.CONTACT, columns.last_at > _WRITTEN_AT)
    newest = or_(columns.last_at.is_(None), and_(columns.last_at <= _AT, not_(wrote_since)))
    said = {name: bindparam(f"said_{name}", type_=columns[name].type) for name in _SHOWN} | {"last_at": _AT}
    return {name: case((newest, value), else_=columns[name]) for name, value in said.items()}


PREVIEW = _preview()
"""The conversation's preview, unless something later stands there, as it does in the chat: by when it was written."""


def _still_talking() -> dict[str, ColumnElement[Any]]:
    until, silence = conversations.c.taken_over_until, cast(conversations.c.takeover_silence, BigInteger)
    later = bindparam("said_since", type_=BigInteger) + silence * 1_000_000
    goes_on = and_(silence.is_not(None), until > _AT)
    return {"taken_over_until": case((goes_on, type_coerce(later, Moment)), else_=until)}


STILL_TALKING = _still_talking()
"""A takeover that ends by silence goes on: `core.takeover.moved` in SQL."""

OTHERS_WAIT: dict[str, ColumnElement[Any]] = {"waiting_since": oldest_owed(messages.c.id > bindparam("heard_id"))}
"""A human answers all that had come when he wrote, up to `heard_id`: what came before that arrived still waits."""


def _later_wait() -> dict[str, ColumnElement[Any]]:
    answered = messages.alias("answered")
    place = select(answered.c.at).where(answered.c.id == bindparam("answered_id")).scalar_subquery()
    at = func.coalesce(place, literal(EPOCH, Moment))
    beside = and_(messages.c.at == at, messages.c.id > bindparam("answered_id"))
    return {"waiting_since": oldest_owed(or_(messages.c.at > at, beside))}


LATER_WAIT = _later_wait()
"""A rule answers one message, with the id `answered_id`: what was written after it still waits."""
