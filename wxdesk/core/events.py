"""What the desk tells whoever listens: past-tense facts, published on `desk.bus` after they are stored.

An event carries ids and the few values a listener needs to decide whether to look; the listener reads the
row again for the rest, so that a late event can never show an old state.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.core.conversations.attention import Cause
from wxdesk.core.model.picture import PictureState
from wxdesk.core.model.reply import ReplyState


@dataclass(frozen=True, slots=True)
class Event:
    """Root of all events."""


@dataclass(frozen=True, slots=True)
class MessageKept(Event):
    """A contact's message stands in a conversation now."""

    conversation_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class PictureChanged(Event):
    """The picture that a contact's message names is awaited now, is kept, or will never come."""

    conversation_id: int
    message_id: int
    state: PictureState


@dataclass(frozen=True, slots=True)
class DecisionMade(Event):
    """Intake decided what to do about a message (perhaps nothing)."""

    conversation_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class OperatorCalled(Event):
    """A rule wants somebody at the desk to look at a conversation."""

    conversation_id: int
    rule_name: str


@dataclass(frozen=True, slots=True)
class CallRaised(Event):
    """A conversation calls for its human, for a cause that it did not have or with something new behind it."""

    conversation_id: int
    cause: Cause


@dataclass(frozen=True, slots=True)
class CallsChanged(Event):
    """Calls of a conversation have ended, or somebody has looked at them."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class TypingAsked(Event):
    """A rule wants a contact to see that somebody is typing, because its next message takes a moment."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class OperatorWrites(Event):
    """The operator began to write in a conversation, or stopped; what is held there waits for him."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class ReplyChanged(Event):
    """A reply was made or moved to another state."""

    conversation_id: int
    reply_id: int
    state: ReplyState


@dataclass(frozen=True, slots=True)
class ConversationChanged(Event):
    """Something about a conversation changed: unread, takeover, mode, alias, reply window."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class TakeoverChanged(Event):
    """A human took a conversation over, until `until` or until he hands it back, or has handed it back (None too)."""

    conversation_id: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RepliesRecalled(Event):
    """Nothing automatic may leave any more in a conversation, also what the outbox has in hand already."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class ModeChanged(Event):
    """Another mode applies in a conversation: its own has been set, or taken away."""

    conversation_id: int


@dataclass(frozen=True, slots=True)
class TakeoverEnding(Event):
    """Automatic replies return to a conversation at `until`, unless its human keeps it."""

    conversation_id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class TakeoverEnded(Event):
    """The time of a takeover was over `at`: automatic replies have returned. `waiting`: nobody answered yet."""

    conversation_id: int
    at: datetime
    waiting: bool


@dataclass(frozen=True, slots=True)
class RulesChanged(Event):
    """The list of rules is another one now."""


@dataclass(frozen=True, slots=True)
class TemplatesChanged(Event):
    """The list of templates is another one now."""


@dataclass(frozen=True, slots=True)
class PauseChanged(Event):
    """All automatic replies were paused or resumed, or a pause that lasts has another end.

    `until` is when they go on by themselves, None for never; `since` when the pause began, None where it is not known.
    """

    paused: bool
    until: datetime | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class PreferencesChanged(Event):
    """The operator set how the desk works with him; the new ones are in `desk.preferences`."""


@dataclass(frozen=True, slots=True)
class AccountChanged(Event):
    """The operator set how an account answers; how it does so now is in `desk.accounts`."""

    account: str


@dataclass(frozen=True, slots=True)
class PresenceChanged(Event):
    """The operator has left the desk or come back to it, or is away for another reason: see `desk.presence`."""


@dataclass(frozen=True, slots=True)
class ListenerChanged(Event):
    """The listener started (`url` is set) or stopped (`url` is empty)."""

    url: str


@dataclass(frozen=True, slots=True)
class TokenChanged(Event):
    """An account's access_token was renewed, or could not be: then `error` says why.

    The account has one until `expires_at`, also after a failure; None means that it has none.
    """

    account: str
    expires_at: datetime | None
    error: str = ""


TIMELY = timedelta(minutes=10)
"""WeChat tries a push again within seconds, and sets no bound; what is farther off is worth a look."""


@dataclass(frozen=True, slots=True)
class PushSeen(Event):
    """A request reached the listener, for traffic and counters. `outcome`: kept, checked, duplicate or a refusal.

    `kind` is the push's MsgType, for an event `event:` and its Event; empty when no push could be read. `key` finds
    the kept push, also that of a duplicate; empty when none was verified. `signed_at` is the time in its signature,
    by WeChat's clock; None when none was verified.
    """

    account: str
    outcome: str
    at: datetime
    milliseconds: float
    kind: str = ""
    key: str = ""
    signed_at: datetime | None = None

    @property
    def age(self) -> timedelta:
        """How old the signature was by this machine's clock; below zero if that is behind WeChat's."""
        return timedelta() if self.signed_at is None else self.at - self.signed_at

    @property
    def is_untimely(self) -> bool:
        """Whether it is an old push sent once more, or one of the clocks is wrong; it is taken anyway."""
        return abs(self.age) > TIMELY


@dataclass(frozen=True, slots=True)
class ApiCalled(Event):
    """A call to WeChat's API ended. `outcome` is `0 ok`, an errcode with its word, or what broke the connection.

    `errmsg` and `rid` are what WeChat said beside an errcode other than 0.
    """

    account: str
    call: str
    outcome: str
    at: datetime
    milliseconds: float
    reply_id: int | None = None
    errmsg: str = ""
    rid: str = ""


@dataclass(frozen=True, slots=True)
class TroubleRaised(Event):
    """Something needs the operator; `key` is stable, so that the same trouble is shown once. Empty text clears it.

    `passing` is one that happened and is over; nothing will clear it but the operator who has read it. `copy` is what
    the remedy asks to put elsewhere, such as an address. `account` is set where that account waits for the trouble's
    end: the operator can let it try at once.
    """

    key: str
    text: str
    passing: bool = False
    copy: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class QuarantineChanged(Event):
    """A signed push could not be read, or some that could not are read now."""


@dataclass(frozen=True, slots=True)
class AccountFreed(Event):
    """An account that rested after a refusal may send again, one reply at first."""

    account: str
