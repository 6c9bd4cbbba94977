"""Effect of a contact's new message on automatic replies that are still pending."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import ReplyState

LAST_MOMENT = timedelta(seconds=10)
"""Time before closing of a window when a held reply leaves or asks the operator."""

ASKS_SINCE = "The customer wrote again, and no rule may answer that. It leaves only when you say so."
WROTE_MEANWHILE = "The customer wrote again while you had it in hand. It leaves only when you say so."
WROTE_BEFORE = "The customer wrote before it was time. It leaves only when you say so."
SPOKE_MEANWHILE = "You took over or wrote something yourself meanwhile. It leaves only when you say so."
WROTE_INSTEAD = "You wrote something yourself instead."
WORD_TAKEN_BACK = "You took back what you wrote instead. It leaves only when you say so."
LEFT_AS_IT_WAS = "You left it as it was."
WINDOW_CLOSED = "The customer's reply window closed before this left. It can be sent once the customer writes again."
HANDED_OVER = "The customer's reply window is about to close, so this was left to you instead of being sent by itself."


class OnNewMessage(StrEnum):
    """Effect of a decision on pending replies, except those an operator is editing."""

    STAY = "stay"  # the contact wrote nothing
    SUPERSEDE = "supersede"  # the new decision takes their place
    HOLD_AGAIN = "hold_again"  # the contact still waits for them: held from the beginning
    ASK = "ask"  # no rule answers the newer message: an operator decides whether they still fit


class PendingReply(Struct, frozen=True):
    """An automatic reply that is held or a draft; `to_message`: it answers no event.

    `touched`: an operator has edited it or locked it to do so, and nothing may take its place.
    `passed_over`: see `core.replies.lifecycle.is_passed_over`.
    """

    state: ReplyState
    rule_id: int | None
    to_message: bool
    touched: bool = False
    passed_over: bool = False


class HoldTimes(Struct, frozen=True):
    """Hold times for replies that are held again: `seconds`, or `by_rule` by rule id.

    None of them outlives `until`, the end of the contact's reply window.
    """

    seconds: int = 0
    by_rule: Mapping[int, int] = field(default_factory=dict)
    until: datetime | None = None

    def due_at(self, now: datetime, rule_id: int | None, after: timedelta = timedelta()) -> datetime:
        """Return the deadline of a hold from `now`, `after` the first part of its answer."""
        seconds = self.seconds if rule_id is None else self.by_rule.get(rule_id, self.seconds)
        return due_before_closing(now + timedelta(seconds=seconds) + after, self.until)


NO_HOLD_TIMES = HoldTimes()


def due_before_closing(due_at: datetime, until: datetime | None) -> datetime:
    """Bring a deadline before the end of the reply window."""
    return due_at if until is None else min(due_at, until - LAST_MOMENT)


def is_due_at_closing(due_at: datetime | None, until: datetime | None) -> bool:
    """True if a deadline is the one that the end of the reply window sets."""
    return due_at is not None and until is not None and due_at >= until - LAST_MOMENT


def superseded_count(waiting: Sequence[PendingReply]) -> int:
    """Return how many promised replies a new answer would free by superseding them."""
    return sum(one.state is ReplyState.HELD and not one.touched for one in waiting)


def effect_on_pending(waiting: Sequence[PendingReply], message: Message, outcome: Outcome) -> OnNewMessage:
    """Return the effect of the decision on `message` on the pending replies."""
    if not waiting or message.event is not None:
        return OnNewMessage.STAY
    return _EFFECTS.get(outcome, OnNewMessage.ASK)


_EFFECTS = {
    Outcome.REPLIED: OnNewMessage.SUPERSEDE,
    Outcome.INCOMPLETE: OnNewMessage.SUPERSEDE,
    Outcome.SILENT: OnNewMessage.SUPERSEDE,
    Outcome.HANDED_OVER: OnNewMessage.SUPERSEDE,
    Outcome.TRANSFERRED: OnNewMessage.SUPERSEDE,
    Outcome.TRANSFER_ARMED: OnNewMessage.SUPERSEDE,
    Outcome.STILL_HELD: OnNewMessage.HOLD_AGAIN,
    Outcome.UNMATCHED: OnNewMessage.HOLD_AGAIN,
    Outcome.LEFT_OPEN: OnNewMessage.HOLD_AGAIN,
    Outcome.RESOLVED: OnNewMessage.HOLD_AGAIN,
    Outcome.SNOOZED: OnNewMessage.HOLD_AGAIN,
    # A reply left waiting by an operator's takeover is the promise that a human will come.
    Outcome.TAKEN_OVER: OnNewMessage.HOLD_AGAIN,
}
