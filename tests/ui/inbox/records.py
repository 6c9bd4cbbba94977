"""Records for tests that need no store."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.model.conversation import Author, Contact, Conversation, ReplyWindow
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, Reply, ReplyState

NOW = datetime(2026, 10, 2, 2, 58, 8, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


async def no_file(_digest: str) -> Path | None:
    """A desk that keeps no pictures."""
    return None


def ask_at_once[T](
    work: Coroutine[Any, Any, T], done: Callable[[T], None], _failed: Callable[[Exception], None]
) -> None:
    """A bridge that waits for the answer."""
    done(asyncio.run(work))


def clock() -> datetime:
    return NOW


def conversation(number: int, *, last: float = 0, waiting: float | None = None, **fields: Any) -> Conversation:
    """`last` and `waiting` in minutes before NOW."""
    contact = Contact(number, "shop", f"oPerson{number:020}", NOW, alias=str(fields.pop("alias", f"Person {number}")))
    known: dict[str, Any] = {"preview": "hello", "window": ReplyWindow(5, NOW + timedelta(hours=47, minutes=5))}
    return Conversation(
        number,
        "shop",
        contact,
        last_at=ago(minutes=last),
        waiting_since=None if waiting is None else ago(minutes=waiting),
        **(known | fields),
    )


def row(number: int, *, last: float = 0, waiting: float | None = None, **fields: Any) -> InboxRow:
    of_row = {
        name: fields.pop(name)
        for name in ("due_at", "held", "drafts", "failed", "last_reply", "calls")
        if name in fields
    }
    return InboxRow(conversation(number, last=last, waiting=waiting, **fields), **of_row)


def message(number: int, *, minutes: float = 0, text: str = "hello", **fields: Any) -> Message:
    at = ago(minutes=minutes)
    return Message(number, 1, number, MessageType.TEXT, at, at, text=text, **fields)


def reply(number: int, state: ReplyState, *, minutes: float = 0, text: str = "an answer", **fields: Any) -> Reply:
    known: dict[str, Any] = {"author": Author.RULE, "rule_name": "Hours", "content": Content(text=text)}
    at = ago(minutes=minutes)
    return Reply(
        number,
        1,
        "shop",
        "oPerson",
        state=state,
        created_at=at,
        updated_at=at,
        **(known | fields),
    )
