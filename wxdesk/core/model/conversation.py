"""Contacts, the conversation with each of them, and its status.

A snoozed or resolved conversation is in no list but its own, in no figure, and asks for no attention. So it
must hide nothing that the operator still has to settle: it opens again as soon as one of its replies
becomes a draft, asks the operator, fails or is unknown, or its contact writes.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from wxdesk.core.model.account import ReplyMode


class ConversationStatus(StrEnum):
    """Status of a conversation."""

    OPEN = "open"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


LAST_CALL = timedelta(hours=2)
"""Time before a reply window closes at which a snooze ends, if the contact waits."""


class StatusChange(Struct, frozen=True):
    """Status change after a rule's replies have arrived: snooze `minutes`, 0 resolves."""

    minutes: int = 0

    def until(self, now: datetime) -> datetime | None:
        """Return the end of a snooze that begins at `now`; None for one that resolves."""
        return now + timedelta(minutes=self.minutes) if self.minutes else None


def snooze_end_before_closing(until: datetime, closes: datetime | None, now: datetime) -> datetime:
    """Bring a snooze of a waiting contact to its end before the reply window `closes`.

    After that, nobody could answer. Where it closes too soon, or is closed, `until` stays as it is.
    """
    return until if closes is None or closes - LAST_CALL <= now else min(until, closes - LAST_CALL)


def combined_status_change(wanted: list[StatusChange], *, handed_over: bool) -> StatusChange | None:
    """Combine the status changes of several rules: the shortest snooze wins.

    None after handing over to an operator, for whom the conversation waits.
    """
    if handed_over or not wanted:
        return None
    return min(wanted, key=lambda change: (not change.minutes, change.minutes))


class Author(StrEnum):
    """Author of a message or reply in a conversation."""

    CONTACT = "contact"
    RULE = "rule"
    OPERATOR = "operator"


class Contact(Struct, frozen=True):
    """A person who writes to an account. `alias` is the operator's: WeChat tells none."""

    id: int
    account: str
    openid: str
    first_seen_at: datetime
    alias: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    blocked: bool = False


class ReplyWindow(Struct, frozen=True):
    """Allowance to one contact (下发条数, 下发时限): `left` replies until `until`.

    `refused` is the errcode by which WeChat ended it before, 0 if it did not.
    """

    left: int = 0
    until: datetime | None = None
    refused: int = 0


class Conversation(Struct, frozen=True):
    """Everything with one contact, and its present state.

    `mode` None inherits the account's. `taken_over` pauses automatic replies, until `taken_over_until` if that
    is set, else until handed back. `waiting_since` is the time of the oldest message that nobody answered yet,
    None when there is none. `preview` is the text of the last message or reply, by `preview_author`;
    `preview_kind` is its MessageType or ReplyKind, for one without text.

    `takeover_silence`: the takeover ends after so many seconds in which nobody wrote; every message and reply
    moves `taken_over_until`. `takeover_by_writing`: it began by writing a reply, and each further reply puts
    its end off. `taken_over_by` is the rule that handed over to the operator, empty if no rule did. `called_at`
    is since when a rule, `called_by`, asks for an operator; None when none does.

    `transfer_armed`: the contact's next message is answered with a transfer to WeChat's own tool.
    `transferred_until` is when the contact comes back from there at the latest (see
    `core.conversations.transfer`), None while not there. `session_from` is the contact's last entry, as the
    mini program told it.

    `resolved_at` and `snoozed_until` are set while it is resolved or snoozed, by the rule
    `aside_by`, empty for an operator. `back_at` is when a snooze ended by itself, until somebody has looked.
    `pinned` keeps it on top of the list of open ones.

    `claimed_by` is the name of the operator of a team who has had it since `claimed_at`, empty for nobody. At
    `claim_until` it goes back because they are away; None while they are at their desk.
    """

    id: int
    account: str
    contact: Contact
    mode: ReplyMode | None = None
    taken_over: bool = False
    taken_over_until: datetime | None = None
    unread: int = 0
    preview: str = ""
    preview_kind: str = "text"
    preview_author: Author = Author.CONTACT
    last_at: datetime | None = None
    waiting_since: datetime | None = None
    window: ReplyWindow = ReplyWindow()
    transfer_armed: bool = False
    transferred_until: datetime | None = None
    session_from: str = ""
    takeover_silence: int | None = None
    takeover_by_writing: bool = False
    called_at: datetime | None = None
    called_by: str = ""
    resolved_at: datetime | None = None
    snoozed_until: datetime | None = None
    aside_by: str = ""
    back_at: datetime | None = None
    taken_over_by: str = ""
    claimed_by: str = ""
    claimed_at: datetime | None = None
    claim_until: datetime | None = None
    pinned: bool = False

    @property
    def status(self) -> ConversationStatus:
        """Open, snoozed or resolved."""
        if self.resolved_at is not None:
            return ConversationStatus.RESOLVED
        return ConversationStatus.OPEN if self.snoozed_until is None else ConversationStatus.SNOOZED

    @property
    def awaits_answer(self) -> bool:
        """True while it is open and its contact waits for an answer here."""
        open_here = self.status is ConversationStatus.OPEN and self.transferred_until is None
        return open_here and self.waiting_since is not None

    def is_a_colleagues(self, me: str) -> bool:
        """Return True if somebody else of a team has it than the operator named `me`."""
        return me != "" and self.claimed_by not in ("", me)


class Narrowing(Struct, frozen=True):
    """Conversations to which a list is narrowed; an empty field narrows nothing.

    `author` said the last word, `page` is the one from which the customer came, and in the last `days` something was
    said.
    """

    account: str = ""
    tag: str = ""
    author: Author | None = None
    page: str = ""
    days: int = 0
    blocked: bool = False

    def since(self, now: datetime) -> datetime | None:
        """Return the time after which something must have been said, None for any."""
        return now - timedelta(days=self.days) if self.days else None

    def admits(self, one: Conversation, now: datetime) -> bool:
        """Tell if a conversation belongs in the list."""
        since = self.since(now)
        return (
            self.account in ("", one.account)
            and (not self.tag or self.tag in one.contact.tags)
            and self.author in (None, one.preview_author)
            and self.page in ("", one.session_from)
            and (since is None or (one.last_at is not None and one.last_at >= since))
            and (not self.blocked or one.contact.blocked)
        )


EVERYTHING = Narrowing()


class SavedView(Struct, frozen=True):
    """A filter of the list, by its value, and a narrowing, under a name."""

    name: str
    chosen: str
    narrowing: Narrowing
