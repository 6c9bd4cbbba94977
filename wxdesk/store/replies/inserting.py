"""Inserts new replies of any author, and loads replies by id."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import BORN_BY, ReplyStep, StepKind
from wxdesk.store.conversations.status import NEEDS_OPERATOR, reopen_conversations
from wxdesk.store.replies.history import write_steps
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import replies
from wxdesk.store.schema.records import SELECT_REPLIES, reply_of
from wxdesk.store.search import index_replies


def reply_row(reply: NewReply, at: datetime) -> dict[str, Any]:
    """Return the values of a new reply's row, made at `at`."""
    unsent = {"created_at": at, "updated_at": at, "attempts": 0, "edited": False, "by": "", "rid": ""}
    return unsent | {name: getattr(reply, name) for name in _NEW}


_NEW = NewReply.__struct_fields__


def insert_replies(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """Insert replies so that their ids grow in the given order; return the ids."""
    if not rows:
        return []
    ids = list(connection.scalars(_INSERT, rows))
    made = list(zip(ids, rows, strict=True))
    index_replies(connection, [(reply_id, row["content"]) for reply_id, row in made])
    write_steps(connection, [step for reply_id, row in made if (step := _first_step(reply_id, row)) is not None])
    wanting = {
        row["conversation_id"] for row in rows if row["author"] is Author.RULE and row["state"] in NEEDS_OPERATOR
    }
    reopen_conversations(connection, wanting)
    return ids


_INSERT = replies.insert().returning(replies.c.id, sort_by_parameter_order=True)

_BORN = {ReplyState.HELD: StepKind.HOLD, ReplyState.DRAFT: StepKind.KEEP}
"""First step of a new reply by state."""


def _first_step(reply_id: int, row: dict[str, Any]) -> ReplyStep | None:
    kind, source = _BORN.get(row["state"]), row["mode_from"]
    if kind is None or (kind is StepKind.KEEP and source is None):
        return None
    reason = "" if source is None else row["error"] or BORN_BY[source]
    return ReplyStep(reply_id, row["created_at"], kind, by=row["by"], reason=reason, until=row["due_at"])


def load_replies(connection: Connection, ids: Collection[int]) -> list[Reply]:
    """Return the replies with these ids, oldest first."""
    return [reply_of(row) for row in connection.execute(_BY_IDS, {"ids": list(ids)})] if ids else []


# Each message needs it, and making it takes longer than asking it: put together once.
_BY_IDS = SELECT_REPLIES.where(Among(replies.c.id, "ids")).order_by(replies.c.id)
