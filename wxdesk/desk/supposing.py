"""What is supposed to surround a sentence that nobody sent, so that rules can be tried on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.core.model import Contact, Conversation, Message, MessageType
from wxdesk.core.rules import Presence
from wxdesk.core.subject import History


@dataclass(frozen=True, slots=True)
class Supposed:
    """Who writes, when, and what went before. Nothing given: a new customer, now, and somebody at the desk.

    at: when it is decided on, aware; None is now · quiet_days: since the customer last wrote, None if he never did ·
    message_no: which message it is since a human last answered · tags: those that the customer carries.
    """

    at: datetime | None = None
    event: str | None = None
    tags: tuple[str, ...] = ()
    operator: Presence = Presence.PRESENT
    quiet_days: int | None = None
    message_no: int = 1

    def conversation(self, alias: str, now: datetime) -> Conversation:
        """That of a customer of this name, with nothing in it yet."""
        return Conversation(0, "", Contact(0, "", "", now, alias=alias, tags=self.tags))

    def history(self, now: datetime) -> History:
        """What went before: no rule has answered."""
        last = None if self.quiet_days is None else now - timedelta(days=self.quiet_days)
        return History(last, self.message_no)

    def message(self, text: str, kind: MessageType, session_from: str | None, now: datetime) -> Message:
        """The message itself; only a text has words."""
        words = text if kind is MessageType.TEXT else ""
        return Message(0, 0, 0, kind, now, now, text=words, session_from=session_from, event=self.event)


NOTHING_SUPPOSED = Supposed()
