"""What is supposed to surround a sentence that nobody sent, so that rules can be tried on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from wxdesk.core import quota
from wxdesk.core.model import Account, Contact, Conversation, Message, MessageType, ReplyWindow
from wxdesk.core.rules import Presence
from wxdesk.core.subject import Fired, History
from wxdesk.desk.composing import Occasion

SOMEBODY = "oExampleCustomer00000AbC123"
"""Whom a trial supposes; `{{ contact.short_id }}` is the end of it."""

LATELY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Supposed:
    """Who writes, when, and what went before. Nothing given: a new customer, now, and somebody at the desk.

    at: when it is decided on, aware; None is now · quiet_days: since the customer last wrote, None if he never did ·
    message_no: which message it is since a human last answered · tags: those that the customer carries · account: to
    which he writes, None for the first · thread: the conversation of a known customer in the place of all that is said
    here of a new one · spoke: how long ago rules last spoke to him, by their ids · left: how many replies WeChat still
    allows, None for as many as such a message brings.
    """

    at: datetime | None = None
    event: str | None = None
    tags: tuple[str, ...] = ()
    operator: Presence = Presence.PRESENT
    quiet_days: int | None = None
    message_no: int = 1
    account: Account | None = None
    thread: Conversation | None = None
    spoke: Mapping[int, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    left: int | None = None

    def conversation(self, alias: str, kind: MessageType, account: str, now: datetime) -> Conversation:
        """That of the known customer, or of one of this name with nothing in it yet, after such a message."""
        contact = Contact(0, account, SOMEBODY, now, alias=alias, tags=self.tags)
        thread = self.thread or Conversation(0, account, contact)
        window = quota.opened(thread.window, kind, now)
        left = window.left if self.left is None else self.left
        return replace(thread, window=ReplyWindow(left, window.until))

    def history(self, now: datetime) -> History:
        """What went before."""
        last = None if self.quiet_days is None else now - timedelta(days=self.quiet_days)
        fired = {rule_id: Fired(now - ago) for rule_id, ago in self.spoke.items()}
        lately = {rule_id: 1 for rule_id, ago in self.spoke.items() if ago < LATELY}
        return History(last, self.message_no, fired, lately)

    def message(self, text: str, kind: MessageType, session_from: str | None, now: datetime) -> Message:
        """The message itself; only a text has words."""
        words = text if kind is MessageType.TEXT else ""
        return Message(0, 0, 0, kind, now, now, text=words, session_from=session_from, event=self.event)


NOTHING_SUPPOSED = Supposed()


@dataclass(frozen=True, slots=True)
class Tried:
    """A message that nobody sent, and who would have sent it."""

    sentence: str = ""
    on: MessageType = MessageType.TEXT
    session_from: str | None = None
    alias: str = ""
    around: Supposed = NOTHING_SUPPOSED

    def occasion(self, account: Account, now: datetime) -> Occasion:
        """That on which it is answered; `account` and `now` where nothing else is supposed."""
        around = self.around
        account, now = around.account or account, around.at or now
        message = around.message(self.sentence, self.on, self.session_from, now)
        thread = around.conversation(self.alias, self.on, account.name, now)
        return Occasion(message, thread, account, now, around.history(now), around.operator)
