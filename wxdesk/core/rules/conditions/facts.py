"""Input of a decision by the rules: one message, and the facts around it.

Everything is handed in, so that the same question always has the same answer: a message of last year can be
asked about again, and a test needs no clock.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from types import MappingProxyType

from msgspec import Struct, field

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Presence

LATELY = timedelta(minutes=1)
"""Time in which a rule's replies to all contacts of an account are counted."""


class FiringCount(Struct, frozen=True):
    """Number of times that a rule answered one contact, and the last time."""

    at: datetime
    times: int = 1


class ContactHistory(Struct, frozen=True):
    """Facts about earlier messages and replies that rules can test.

    last_written_at: when the contact wrote before this message, None if never · message_no: which written
    message this is since an operator last answered · fired: rules that answered this contact, by id, as
    cool-downs count it: also replies that an operator stopped, not failed ones · lately: how often rules
    answered anybody of the account within the last minute, by id · said: when each rule last sent anything to
    this contact that arrived or still may, by id.
    """

    last_written_at: datetime | None = None
    message_no: int = 1
    fired: Mapping[int, FiringCount] = field(default_factory=lambda: MappingProxyType({}))
    lately: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    said: Mapping[int, datetime] = field(default_factory=lambda: MappingProxyType({}))

    def after(self, rule_id: int, at: datetime, *, said: bool = True, failed: bool = False) -> "ContactHistory":
        """Return the history after a rule answered; without `said`, nothing will arrive."""
        before = self.fired.get(rule_id)
        fired = self.fired if failed else {**self.fired, rule_id: FiringCount(at, 1 + (before.times if before else 0))}
        arrives = {**self.said, rule_id: at} if said else self.said
        return ContactHistory(self.last_written_at, self.message_no, fired, self.lately, arrives)


NO_HISTORY = ContactHistory()
"""Empty history."""


class RequiredHistory(Struct, frozen=True):
    """The parts of a `ContactHistory` that the present rules test.

    message_no: how far it is counted, 0 if nobody asks · `fired`, `said` and `lately` name the rules whose
    firings count, `said` within so long before the message.
    """

    last_written_at: bool = False
    message_no: int = 0
    fired: frozenset[int] = frozenset()
    lately: frozenset[int] = frozenset()
    said: frozenset[int] = frozenset()
    said_within: timedelta = timedelta()

    def __bool__(self) -> bool:
        return bool(self.last_written_at or self.message_no or self.fired or self.said or self.lately)


class MatchInput(Struct, frozen=True):
    """A message with the facts around it; `at` is the time of the decision, aware.

    `session_from` is None unless the contact entered by a button; `event` is WeChat's name of an event. `zone`
    is the account's, None for the machine's.
    """

    type: MessageType
    text: str
    at: datetime
    session_from: str | None = None
    event: str | None = None
    tags: tuple[str, ...] = ()
    operator: Presence = Presence.PRESENT
    history: ContactHistory = NO_HISTORY
    zone: tzinfo | None = None
    account: str = ""
