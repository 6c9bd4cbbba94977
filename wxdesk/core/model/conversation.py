"""Contacts, and the conversation with each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.status import Status


class Author(StrEnum):
    """Who wrote something that stands in a conversation."""

    CONTACT = "contact"
    RULE = "rule"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Contact:
    """A person who writes to an account. WeChat tells no name, so `alias` is the operator's own."""

    id: int
    account: str
    openid: str
    first_seen_at: datetime
    alias: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class ReplyWindow:
    """What WeChat still allows to one contact (下发条数, 下发时限): `left` replies until `until`."""

    left: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The thread with one contact and its present state.

    `mode` None means: as the account says. `taken_over` pauses automatic replies, until `taken_over_until`
    if that is set, else until handed back. `waiting_since` is the time of the oldest message that nobody
    answered yet, None when nothing waits. `preview` is the text of the last thing said, by `preview_author`;
    `preview_kind` is its MessageType or ReplyKind, for what has no text.

    `takeover_silence`: the takeover ends after so many seconds in which nobody wrote; whatever is written moves
    `taken_over_until`. `takeover_by_writing`: a human began it by writing, and each of his words puts its end off.
    `called_at` is since when a rule, `called_by`, asks for a human; None when none does.

    `transfer_armed`: the contact's next message is answered with a transfer to WeChat's own tool. `transferred_until`
    is when he comes back from there at the latest (see `core.transfer`), None while he is not there. `session_from`
    is where he came from last, as the mini program told it.

    `resolved_at` and `snoozed_until` are set while it is set aside (`core.aside`), by the rule `aside_by`, empty for a
    human. `back_at` is when a snooze ended by itself, until somebody has looked.
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

    @property
    def status(self) -> Status:
        """Whether it is in work, or set aside."""
        if self.resolved_at is not None:
            return Status.RESOLVED
        return Status.OPEN if self.snoozed_until is None else Status.SNOOZED

    @property
    def awaits(self) -> bool:
        """Whether somebody waits for an answer in it, and it is not set aside."""
        return self.waiting_since is not None and self.status is Status.OPEN
