"""Guards: checks before any rule is asked, which can keep rules from answering."""

from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.replies.lifecycle import is_taken_over, mode_of
from wxdesk.core.replies.on_new_message import PendingReply, superseded_count
from wxdesk.core.wechat.quota import left_for_rules

STALE_AFTER = timedelta(minutes=5)
"""Age at its decision (outage, restart) from which a message is the operator's.

How late a reply may leave is another time, the preference `stale_minutes`.
"""


class Situation(Struct, frozen=True):
    """Input of the guards: a message, its conversation and account, the desk's state.

    `promised` is how many replies to its contact wait to be sent; `events` are those of WeChat's own that a
    rule asks for, in lower case; `waiting` are the automatic replies that are still pending. `clock_ahead`:
    our clock compared with WeChat's, as far as it is known. It `can_be_stale` unless the operator wants it answered,
    however old it is.
    """

    message: Message
    conversation: Conversation
    account: Account
    paused: bool
    now: datetime
    promised: int = 0
    events: frozenset[str] = frozenset()
    waiting: tuple[PendingReply, ...] = ()
    clock_ahead: timedelta = timedelta()
    can_be_stale: bool = True

    @property
    def age(self) -> timedelta:
        """Time since the contact wrote, by WeChat's clock, or since it came, if longer."""
        return max(self.now - self.clock_ahead - self.message.created_at, self.now - self.message.received_at)

    @property
    def left_for_rules(self) -> int:
        """The number of replies that a rule may send if its answer supersedes others."""
        freed = superseded_count(self.waiting) if self.message.event is None else 0
        return self._left(self.promised - freed)

    @property
    def left_beside_pending(self) -> int:
        """The number of replies that a rule may send if all pending ones are sent too."""
        return self._left(self.promised)

    def _left(self, promised: int) -> int:
        return left_for_rules(self.conversation.window, self.now, self.account.reserve, promised)

    @property
    def is_answer_pending(self) -> bool:
        """True if an answer to an earlier message is still pending."""
        waiting = any(one.to_message and not one.passed_over for one in self.waiting)
        return waiting and self.message.event is None


def operator_decisions(conversation: Conversation) -> tuple[object, ...]:
    """Return the operators' settings of `conversation` that affect automatic replies.

    A decision made under other settings is not stored: it must be made again.
    """
    return (
        conversation.mode,
        conversation.taken_over,
        conversation.taken_over_until,
        conversation.transfer_armed,
        conversation.transferred_until,
        conversation.contact.blocked,
    )


def stopped_by(situation: Situation) -> Outcome | None:
    """Return the first guard that keeps the rules from answering, or None.

    Duplicates never come here: the store keeps a push only once.
    """
    return next((outcome for outcome, holds in _guards(situation) if holds), None)


def _guards(at: Situation) -> tuple[tuple[Outcome, bool], ...]:
    message, conversation = at.message, at.conversation
    is_service_event = (
        message.event is not None
        and message.type is not MessageType.ENTER_SESSION
        and message.event.casefold() not in at.events
    )
    return (
        (Outcome.TRANSFERRED, conversation.transfer_armed and message.event is None),
        (Outcome.NOT_A_CUSTOMER, is_service_event),
        (Outcome.STALE, at.can_be_stale and at.age > STALE_AFTER),
        (Outcome.PAUSED, at.paused or mode_of(conversation, at.account) is ReplyMode.OFF),
        (Outcome.TAKEN_OVER, is_taken_over(conversation, at.now)),
        (Outcome.IN_TOOL, in_tool(conversation, at.now)),
        (Outcome.BLOCKED, conversation.contact.blocked),
        (Outcome.NO_QUOTA, at.left_for_rules == 0),
    )
