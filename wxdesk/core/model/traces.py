"""Stored rows behind a line of the traffic page: a push or a sent reply."""

from datetime import datetime

from msgspec import Struct

from wxdesk.core.model.conversation import Contact
from wxdesk.core.model.decision import Decision
from wxdesk.core.model.message import Message
from wxdesk.core.model.push import KeptPush
from wxdesk.core.model.reply import Reply


class PushTrace(Struct, frozen=True):
    """A kept push in a list, with its message and contact once they are known.

    `message` and `contact` are None before that, and for ever if it belongs in no conversation.
    """

    push_id: int
    account: str
    key: str
    derived: bool
    note: str = ""
    message: Message | None = None
    contact: Contact | None = None


class ReplyTrace(Struct, frozen=True):
    """A reply in a list of calls, with the contact it went to."""

    reply: Reply
    contact: Contact


class PushPath(Struct, frozen=True):
    """The whole path of a kept push: raw row, message, decision, replies oldest first.

    `closes_at` is when the contact's reply window closes, as it is known now.
    """

    push: KeptPush
    message: Message | None = None
    contact: Contact | None = None
    decision: Decision | None = None
    replies: tuple[Reply, ...] = ()
    closes_at: datetime | None = None
