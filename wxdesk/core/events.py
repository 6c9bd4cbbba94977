"""Events: past-tense facts, and two wishes, published on `desk.runtime.bus`.

A fact about stored rows is published after they are stored. It carries ids and the few values a listener needs to
decide whether to look; the listener reads the row again for the rest, so that a late event can never show an old
state. Only `MessageArrived` carries a row (ADR 0050). Of what is stored nowhere, the event carries the values, or a
part of the desk has them.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.conversations.attention import AttentionReason
from wxdesk.core.errors import Text
from wxdesk.core.model.message import Message
from wxdesk.core.model.picture import PictureState
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.setup.findings import Finding
from wxdesk.core.setup.reach import Reach
from wxdesk.core.setup.tunnel_state import TunnelState
from wxdesk.core.troubles import TroubleArea


class Event(Struct, frozen=True):
    """Root of all events."""


class ConversationEvent(Event, frozen=True):
    """Root of the events of one conversation."""

    conversation_id: int


# -- facts about stored rows


class MessageKept(ConversationEvent, frozen=True):
    """A contact's message was stored in a conversation."""

    message_id: int


class MessageArrived(Event, frozen=True):
    """A new message itself, for a window that shows it before it reads anything.

    It follows `MessageKept`, and stays in this process. Of a message only picture and decision ever change.
    """

    message: Message


class PictureChanged(ConversationEvent, frozen=True):
    """The picture of a contact's message is awaited, kept, or will never come."""

    message_id: int
    state: PictureState


class DecisionMade(ConversationEvent, frozen=True):
    """A decision about a message was stored (perhaps to do nothing)."""

    message_id: int


class OperatorCalled(ConversationEvent, frozen=True):
    """A rule calls for an operator to look at a conversation."""

    rule_name: str


class AttentionRaised(ConversationEvent, frozen=True):
    """A conversation needs attention, for a new reason or anew for a known one."""

    cause: AttentionReason


class AttentionChanged(ConversationEvent, frozen=True):
    """Attention in a conversation has ended or was seen."""


class DraftKept(ConversationEvent, frozen=True):
    """An operator's draft was stored, or is not there any more."""


class ReplyChanged(ConversationEvent, frozen=True):
    """A reply was made or moved to another state.

    `at_once`: it is queued, and for no later time.
    """

    reply_id: int
    state: ReplyState
    at_once: bool = False


class ConversationChanged(ConversationEvent, frozen=True):
    """A conversation changed: unread, takeover, mode, alias or reply window."""


class ContactErased(ConversationChanged, frozen=True):
    """A conversation is gone, with its contact and everything that was kept of them."""


class TakeoverChanged(ConversationEvent, frozen=True):
    """A takeover began or ended; `until` is None without an end, or if handed back."""

    until: datetime | None


class ColleagueCalled(ConversationEvent, frozen=True):
    """The operator `name` is called to a conversation, with a `text` or without.

    `by` a colleague, who hands it over or names them in a note; empty where it was handed out by itself. If `taken`,
    the colleague has it from now on instead.
    """

    name: str
    by: str = ""
    text: str = ""
    taken: bool = False


ROW_CHANGES = (MessageKept, DecisionMade, ReplyChanged, ConversationChanged, AttentionRaised, AttentionChanged)
"""Events after which a conversation's row or a figure may be another."""


class RepliesRecalled(ConversationEvent, frozen=True):
    """No automatic reply of a conversation may leave, not even from the outbox."""


class ModeChanged(ConversationEvent, frozen=True):
    """Another mode applies in a conversation: its own was set, or removed."""


class TakeoverEnding(ConversationEvent, frozen=True):
    """A takeover ends at `until` unless the operator extends it."""

    until: datetime


class TakeoverEnded(ConversationEvent, frozen=True):
    """A takeover ended by itself `at`; `waiting`: its contact waits for an answer."""

    at: datetime
    waiting: bool


class RulesChanged(Event, frozen=True):
    """The list of rules changed."""


class TemplatesChanged(Event, frozen=True):
    """The list of templates changed."""


class PauseChanged(Event, frozen=True):
    """Automatic replies were paused or resumed, or the end of a pause changed.

    `until` is when they resume by themselves, None for never; `since` the pause's start, None if unknown.
    """

    paused: bool
    until: datetime | None = None
    since: datetime | None = None


class PreferencesChanged(Event, frozen=True):
    """The operator's preferences changed; see `desk.settings.preferences`."""


class AccountChanged(Event, frozen=True):
    """The reply settings of an account changed; see `desk.settings.accounts`."""

    account: str


class QuarantineChanged(Event, frozen=True):
    """A signed push could not be read, or some of those can be read now."""


# -- facts that are stored nowhere


class OperatorWrites(ConversationEvent, frozen=True):
    """An operator began or stopped writing; held replies wait meanwhile."""

    writes: bool


class ColleaguesChanged(Event, frozen=True):
    """Colleagues came or left, looked elsewhere, or began or ended typing."""


class PresenceChanged(Event, frozen=True):
    """Presence at the desk or its reason changed; see `desk.conversations.presence`."""


class OperatorsChanged(Event, frozen=True):
    """Somebody signed in or out at this desk, or has another role now."""


class ListenerChanged(Event, frozen=True):
    """The listener started (`url` is set) or stopped (`url` is empty)."""

    url: str


class WorkChanged(Event, frozen=True):
    """This server of a team began to decide and send, or another one does."""

    works: bool


class EverythingChanged(Event, frozen=True):
    """Anything may have changed unseen, and is to be read again."""


class TunnelChanged(Event, frozen=True):
    """The tunnel's state is another one than before."""

    state: TunnelState


class ReachabilityChanged(Event, frozen=True):
    """WeChat's requests arrive again or no longer, or for another reason."""

    reach: Reach


class NetworkChanged(Event, frozen=True):
    """This machine slept, or goes out with other addresses: connections may be dead."""


class TokenChanged(Event, frozen=True):
    """An account's access_token was renewed, or could not be: then `error` says why.

    The account has one until `expires_at`, also after a failure; None means that it has none.
    """

    account: str
    expires_at: datetime | None
    error: Text = ""


TIMELY = timedelta(minutes=10)
"""Age up to which a push is normal; WeChat repeats within seconds, but unbounded."""


NOT_TIMED = -1.0
"""Stands for an unknown duration; durations are kept in memory only."""


class PushSeen(Event, frozen=True):
    """A request reached the listener: kept, checked, duplicate or a refusal.

    `kind` is the push's MsgType, for an event `event:` and its Event; empty when no push could be read. `key`
    finds the kept push, also that of a duplicate; empty when none was verified. `signed_at` is the time in its
    signature, by WeChat's clock; None when none was verified. `finding` is what the request says about the set-up,
    with the cause of a refusal; None for nothing.
    """

    account: str
    outcome: str
    at: datetime
    milliseconds: float
    kind: str = ""
    key: str = ""
    signed_at: datetime | None = None
    finding: Finding | None = None

    @property
    def age(self) -> timedelta:
        """Age of the signature by our clock; negative if that is behind WeChat's."""
        return timedelta() if self.signed_at is None else self.at - self.signed_at

    @property
    def is_untimely(self) -> bool:
        """True for an old push sent again, or a wrong clock; it is accepted anyway."""
        return abs(self.age) > TIMELY


class ApiCalled(Event, frozen=True):
    """A call to WeChat's API ended.

    `outcome` is `0 ok`, an errcode and its meaning, or a connection failure, not translated yet. `errmsg`
    and `rid` are WeChat's own beside an errcode other than 0.
    """

    account: str
    call: str
    outcome: str
    at: datetime
    milliseconds: float
    reply_id: int | None = None
    errmsg: str = ""
    rid: str = ""

    @property
    def errcode(self) -> int | None:
        """WeChat's errcode, 0 if it took the call; None if WeChat gave none."""
        code = self.outcome.partition(" ")[0]
        return int(code) if code.removeprefix("-").isdecimal() else None


class SetupChanged(Event, frozen=True):
    """A fact of an account's set-up changed; of the whole desk where it is empty."""

    account: str


class TroubleRaised(Event, frozen=True):
    """Something needs the operator; an empty text clears it.

    `text` is translated where it is read. `key` is stable, so that the same trouble is shown once. `passing`: it is
    over, and only the operator who has read it clears it. `copy` is a text that the remedy needs elsewhere, such as an
    address. `account` is set where that account waits for the trouble's end: the operator can let it try at once.
    """

    key: str
    text: Text
    passing: bool = False
    copy: str = ""
    account: str = ""

    @property
    def area(self) -> TroubleArea:
        """The area that its key begins with."""
        return TroubleArea(self.key.partition(":")[0])


class AccountFreed(Event, frozen=True):
    """An account that rested after a refusal may send again, one reply at first."""

    account: str


class ConfigurationChanged(Event, frozen=True):
    """A newly read configuration is in force: config.toml or a secret changed.

    The accounts are named; `changed` ones differ in a line of config.toml or in a secret. `tables` are the others of
    config.toml that changed. `restart_needed`: something of it holds from the next start on.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    restart_needed: bool = False


# -- wishes, which whoever can carry them out hears


class TypingAsked(ConversationEvent, frozen=True):
    """A rule wants the contact to see typing, because its next message takes a moment."""


class TunnelAsked(Event, frozen=True):
    """Somebody wants a tunnel that is down to be tried again at once."""
