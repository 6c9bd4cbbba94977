"""What became of a request or a call: the stored rows behind a line of the traffic page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wxdesk.core.model.conversation import Contact
from wxdesk.core.model.message import Message
from wxdesk.core.model.push import KeptPush
from wxdesk.core.model.reply import Reply
from wxdesk.core.model.rule import Decision


@dataclass(frozen=True, slots=True)
class PushTrace:
    """A kept push in a list: who it came from, once its message has been made.

    `message` and `contact` are None before that, and for ever if it belongs in no conversation.
    """

    push_id: int
    account: str
    key: str
    derived: bool
    note: str = ""
    message: Message | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class ReplyTrace:
    """A reply in a list of calls, with whom it went to."""

    reply: Reply
    contact: Contact


@dataclass(frozen=True, slots=True)
class PushPath:
    """A kept push's whole way: the raw row, its message, why it got its answer, and the replies, oldest first.

    `closes_at` is when the contact's reply window closes, as it is known now.
    """

    push: KeptPush
    message: Message | None = None
    contact: Contact | None = None
    decision: Decision | None = None
    replies: tuple[Reply, ...] = ()
    closes_at: datetime | None = None
