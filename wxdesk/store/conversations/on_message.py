"""Column updates for a conversation when a reply is added or has arrived.

Preview, end of the takeover and waiting since: columns by name, for an UPDATE with the parameters of
`message_values`. Each is built once: every reply needs them, and building takes longer than running.
"""

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

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content
from wxdesk.store.conversations.unanswered import oldest_unanswered
from wxdesk.store.schema.columns import EPOCH, MICROSECOND, Moment
from wxdesk.store.schema.messaging import conversations, messages

_AT, _WRITTEN_AT = bindparam("said_at", type_=Moment), bindparam("written_at", type_=Moment)
_SHOWN = ("preview", "preview_kind", "preview_author")


def message_values(author: Author, content: Content, at: datetime, written_at: datetime) -> dict[str, Any]:
    """Return the update parameters for a message at `at`, written at `written_at`."""
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
"""New preview, unless something written later is shown already."""


def _prolonged_takeover() -> dict[str, ColumnElement[Any]]:
    until, silence = conversations.c.taken_over_until, cast(conversations.c.takeover_silence, BigInteger)
    later = bindparam("said_since", type_=BigInteger) + silence * 1_000_000
    goes_on = and_(silence.is_not(None), until > _AT)
    return {"taken_over_until": case((goes_on, type_coerce(later, Moment)), else_=until)}


PROLONGED_TAKEOVER = _prolonged_takeover()
"""New end of a takeover that ends after silence."""

WAITING_SINCE_LATEST: dict[str, ColumnElement[Any]] = {
    "waiting_since": oldest_unanswered(messages.c.id > bindparam("heard_id"))
}
"""Waiting since, after an operator's reply: it answers messages up to `heard_id`."""


def _waiting_for_later() -> dict[str, ColumnElement[Any]]:
    answered = messages.alias("answered")
    place = select(answered.c.at).where(answered.c.id == bindparam("answered_id")).scalar_subquery()
    at = func.coalesce(place, literal(EPOCH, Moment))
    beside = and_(messages.c.at == at, messages.c.id > bindparam("answered_id"))
    return {"waiting_since": oldest_unanswered(or_(messages.c.at > at, beside))}


WAITING_FOR_LATER = _waiting_for_later()
"""Waiting since, after a rule's reply to `answered_id`: later messages still wait."""
