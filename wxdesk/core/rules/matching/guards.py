"""Guards: checks before any rule is asked, which can keep rules from answering."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.rule import Outcome
from wxdesk.core.replies.lifecycle import is_taken_over, mode_of
from wxdesk.core.wechat.quota import left_for_rules

STALE_AFTER = timedelta(minutes=5)
"""Age at its decision (outage, restart) from which a message is the operator's."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Input of the guards: a message, its conversation and account, the desk's state.

    `promised` is how many replies to its contact wait to be sent; `events` are those of WeChat's own that a
    rule asks for, in lower case.
    """

    message: Message
    conversation: Conversation
    account: Account
    paused: bool
    now: datetime
    promised: int = 0
    events: frozenset[str] = frozenset()

    @property
    def left_for_rules(self) -> int:
        """The number of replies that a rule may send."""
        return self.left_for_rules_with(self.promised)

    def left_for_rules_with(self, promised: int) -> int:
        """Return that number for another count of `promised` replies."""
        return left_for_rules(self.conversation.window, self.now, self.account.reserve, promised)


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

    The order is fixed: not a customer → stale → account paused → taken over → in WeChat's own tool → blocked →
    no quota. Duplicates never come here: the store keeps a push only once.
    """
    for outcome, holds in _guards(situation):
        if holds:
            return outcome
    return None


def _guards(at: Situation) -> tuple[tuple[Outcome, bool], ...]:
    message, conversation = at.message, at.conversation
    is_service_event = (
        message.event is not None
        and message.type is not MessageType.ENTER_SESSION
        and message.event.casefold() not in at.events
    )
    return (
        (Outcome.NOT_A_CUSTOMER, is_service_event),
        (Outcome.STALE, at.now - message.at > STALE_AFTER),
        (Outcome.PAUSED, at.paused or mode_of(conversation, at.account) is ReplyMode.OFF),
        (Outcome.TAKEN_OVER, is_taken_over(conversation, at.now)),
        (Outcome.IN_TOOL, in_tool(conversation, at.now)),
        (Outcome.BLOCKED, conversation.contact.blocked),
        (Outcome.NO_QUOTA, at.left_for_rules == 0),
    )
