"""Builds the core's records from rows, and the selects for their columns."""

from collections.abc import Collection
from datetime import datetime
from operator import attrgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, and_, exists, select

from wxdesk.core.conversations.attention import Attention
from wxdesk.core.errors import required
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import StepKind
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import contacts, conversations, messages, replies, reply_steps

CONTACT = [column for column in contacts.c if column.name != "words"]
_LABELLED = [column.label(f"contact_{column.name}") for column in CONTACT if column.name != "id"]

SELECT_CONVERSATIONS: Select[Any] = select(*conversations.c, *_LABELLED).join_from(conversations, contacts)
"""Query of all conversations with their contacts, for `conversation_of`."""

_CONFIRMED = and_(
    replies.c.state == ReplyState.SENT,
    exists().where(reply_steps.c.reply_id == replies.c.id, reply_steps.c.kind == StepKind.CONFIRM),
)
SELECT_REPLIES: Select[Any] = (
    select(*replies.c, conversations.c.account, contacts.c.openid, _CONFIRMED.label("confirmed"))
    .join_from(replies, conversations)
    .join(contacts, contacts.c.id == conversations.c.contact_id)
)
"""Query of all replies with account and openid of their contact, for `reply_of`."""


def _names(record: type[Struct], *without: str) -> list[str]:
    return [name for name in record.__struct_fields__ if name not in without]


# The records' fields are named as the columns: each is read in one call, because each message and reply needs it.
_CONVERSATION_NAMES = _names(Conversation, "contact", "window")
_conversation_values = attrgetter(*_CONVERSATION_NAMES)
_contact_values = attrgetter(*(f"contact_{name}" for name in _names(Contact)))
_WINDOW_NAMES = _names(ReplyWindow)
WINDOW_COLUMNS = [conversations.c[f"window_{name}"] for name in _WINDOW_NAMES]
"""Columns that `window_of` reads."""

_window_values = attrgetter(*(column.name for column in WINDOW_COLUMNS))
_message_values = attrgetter(*_names(Message))
_reply_values = attrgetter(*_names(Reply))


def conversation_of(row: Row[Any]) -> Conversation:
    """Build a conversation from a row of `SELECT_CONVERSATIONS`."""
    values = dict(zip(_CONVERSATION_NAMES, _conversation_values(row), strict=True))
    return Conversation(contact=Contact(*_contact_values(row)), window=window_of(row), **values)


def window_of(row: Row[Any]) -> ReplyWindow:
    """Build a reply window from a row with `WINDOW_COLUMNS`."""
    return ReplyWindow(*_window_values(row))


def window_values(window: ReplyWindow) -> dict[str, Any]:
    """Return values for `WINDOW_COLUMNS`, named as these with `new_` before."""
    return {f"new_window_{name}": getattr(window, name) for name in _WINDOW_NAMES}


def load_conversations(connection: Connection, query: Select[Any]) -> list[Conversation]:
    """Return the conversations of a query of `SELECT_CONVERSATIONS`."""
    return [conversation_of(row) for row in connection.execute(query)]


def conversations_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Conversation]:
    """Return these conversations by id; unknown ones are left out."""
    query = SELECT_CONVERSATIONS.where(conversations.c.id.in_(ids))
    return {one.id: one for one in load_conversations(connection, query)}


def person_in(connection: Connection, conversation_id: int) -> tuple[str, str]:
    """Return account and openid of the person in a conversation; raises `NotFound`."""
    query = select(contacts.c.account, contacts.c.openid).join_from(conversations, contacts)
    query = query.where(conversations.c.id == conversation_id)
    account, openid = required(connection.execute(query).one_or_none(), "conversation")
    return account, openid


def message_of(row: Row[Any]) -> Message:
    """Build a message from a row with all columns of messages."""
    return Message(*_message_values(row))


def load_messages(connection: Connection, ids: Collection[int]) -> list[Message]:
    """Return these messages, unordered; unknown ids are left out."""
    return [message_of(row) for row in connection.execute(_MESSAGES, {"ids": list(ids)})] if ids else []


# A busy window asks it all the time: put together once.
_MESSAGES = select(messages).where(Among(messages.c.id, "ids"))


def attention_of(row: Row[Any]) -> Attention:
    """Build an attention record from a row with all columns of calls."""
    return Attention(row.conversation_id, row.cause, row.at, row.seen)


def reply_of(row: Row[Any]) -> Reply:
    """Build a reply from a row of `SELECT_REPLIES`."""
    return Reply(*_reply_values(row))


def moment_of(connection: Connection, query: Select[Any]) -> datetime | None:
    """Return the one time that `query` selects, None if there is none."""
    at: datetime | None = connection.scalar(query)
    return at
