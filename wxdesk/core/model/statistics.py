"""Figures of the insights page over a span of time, counted by the store.

A message is counted once, by who answered it first: a rule, the operator, or nobody yet. A rule answers one
message and those before it, an operator all that were there. Messages that a rule left unanswered on
purpose count as the rule's, those that an operator resolved, or of contacts they blocked, as the operator's.
Messages transferred to WeChat's own tool count as that and not as answered, whatever else was sent. Events
(such as entering the session) are not messages.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import astuple

from wxdesk.core.model.reply import ReplyState

HOURS = 24
DAYS = 7


class TimeSpan(Struct, frozen=True):
    """A stretch of time, `since` included and `until` not; both aware."""

    since: datetime
    until: datetime


class HourlyFigure(StrEnum):
    """Figures that are kept as sums by hour, account, rule and operator.

    The first four count messages by who answered them first, in the hour in which they were written. A wait counts in
    the hour in which it ended, by its seconds; a hit when its rule matched, and is answered when the reply left; what
    is corrected or did not arrive counts when the reply was made.
    """

    BY_RULE = "by_rule"
    BY_OPERATOR = "by_operator"
    UNANSWERED = "unanswered"
    HANDED_OVER = "handed_over"
    WAIT_FOR_RULE = "wait_for_rule"
    WAIT_FOR_OPERATOR = "wait_for_operator"
    SENT_BY_RULE = "sent_by_rule"
    SENT_BY_OPERATOR = "sent_by_operator"
    HIT = "hit"
    ANSWERED = "answered"
    CORRECTED = "corrected"
    FAILED = "failed"
    UNKNOWN = "unknown"


MESSAGES = (HourlyFigure.BY_RULE, HourlyFigure.BY_OPERATOR, HourlyFigure.UNANSWERED, HourlyFigure.HANDED_OVER)
"""Figures that count each message once, in the order of `MessageCounts`."""


class FigureFilter(Struct, frozen=True):
    """Bounds of what is counted: an account, and a rule or an operator; any if empty.

    Of a rule or an operator there is what they answered, matched, sent and ended.
    """

    account: str = ""
    rule_id: int = 0
    operator: str = ""

    def admits(self, account: str, rule_id: int, operator: str) -> bool:
        """Tell if a sum of these is counted."""
        wanted = ((self.account, account), (self.rule_id, rule_id), (self.operator, operator))
        return all(own in (0, "", other) for own, other in wanted)


ALL = FigureFilter()
"""Filter that leaves nothing out."""


class MessageCounts(Struct, frozen=True):
    """Messages of an hour, a day or longer, by who was first to answer them.

    `handed_over` are those whose contact was transferred to WeChat's own tool.
    """

    by_rule: int = 0
    by_operator: int = 0
    unanswered: int = 0
    handed_over: int = 0

    @property
    def total(self) -> int:
        """All of these messages."""
        return self.by_rule + self.by_operator + self.unanswered + self.handed_over


class WaitTimes(Struct, frozen=True):
    """Waiting times over `count` waits that ended; None when there were none.

    A wait begins with the first message that nobody has answered and ends when WeChat accepts the next reply.
    `median` is the mean of the middle two of an even number; nine of ten waits were no longer than `ninetieth`.
    Each is rounded down: to seconds below 2 minutes, 10 seconds below 20, minutes below 2 hours, then to 10 minutes,
    and to hours above 2 days.
    """

    count: int = 0
    median: timedelta | None = None
    ninetieth: timedelta | None = None
    longest: timedelta | None = None


class RuleHits(Struct, frozen=True):
    """Messages that a rule matched, those it answered, and those corrected.

    As in `RuleFigures`; a match can come without a reply, and a reply can be stopped.
    """

    rule_id: int
    name: str
    hits: int
    answered: int = 0
    corrected: int = 0


class Undelivered(Struct, frozen=True):
    """Count of replies that failed or may have (`UNKNOWN`), by errcode if any."""

    state: ReplyState
    errcode: int | None
    count: int


class UnmatchedText(Struct, frozen=True):
    """Text that only a default rule answered, or none, and how often it was written."""

    text: str
    count: int


class Figures(Struct, frozen=True):
    """All figures over a span: 24 `hours` from midnight, `week` 7 × 24 from Monday.

    `waiting` are conversations now, of any time; `sent_by_rule` and `sent_by_operator` replies, not messages;
    `operators` have the messages that each of a team answered first. Of unmatched texts only the newest are compared.
    """

    span: TimeSpan
    hours: tuple[MessageCounts, ...]
    week: tuple[tuple[int, ...], ...]
    messages_before: int = 0
    first_response: WaitTimes = WaitTimes()
    human_wait: WaitTimes = WaitTimes()
    rules: tuple[RuleHits, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    unmatched: tuple[UnmatchedText, ...] = ()
    waiting: int = 0
    sent_by_rule: int = 0
    sent_by_operator: int = 0
    operators: tuple[tuple[str, int], ...] = ()

    @property
    def messages(self) -> MessageCounts:
        """Messages that contacts wrote in all of these hours."""
        return MessageCounts(*map(sum, zip(*map(astuple, self.hours), strict=True)))

    @property
    def corrected(self) -> int:
        """Rules' answers that an operator changed, stopped, or replaced by their own."""
        return sum(rule.corrected for rule in self.rules)

    @property
    def is_empty(self) -> bool:
        """True when nothing at all happened."""
        return not (self.messages.total or self.rules or self.undelivered)


RECENT = timedelta(days=7)
"""Time over which a rule's hits and corrections are counted."""


class RuleFigures(Struct, frozen=True):
    """Figures of one rule in the list of rules.

    hits: messages that it matched lately, in the shadow as well · last_at: when it matched the last time,
    however long ago; None if it never did · corrected: of the messages that it answered lately, those where an
    operator changed the prepared reply, stopped it before it left, or wrote instead. A takeover stops the
    pending replies of its conversation, and so corrects them. Replies that the program or WeChat stopped do not
    count, nor those discarded after failing: that says nothing against the rule.
    """

    hits: int = 0
    last_at: datetime | None = None
    corrected: int = 0
