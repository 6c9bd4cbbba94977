"""Undecided messages, and decisions on them with all their effects."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.conversation import Conversation, StatusChange
from wxdesk.core.model.decision import Decision, Firing
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import NewReply
from wxdesk.core.model.rule import Action, ActionKind
from wxdesk.core.replies.on_new_message import NO_HOLD_TIMES, HoldTimes, OnNewMessage, PendingReply
from wxdesk.core.rules.conditions.facts import NO_HISTORY, ContactHistory


class UndecidedMessage(Struct, frozen=True):
    """A stored message that awaits its decision, with its conversation as it is now.

    `promised` counts the conversation's replies that are queued, held or being sent; not drafts, and not later
    parts that are left to the operator. `history` is empty until `Decisions.with_history` fills it.
    `waiting` are the automatic replies that are held or drafts, in the order in which they were made.
    """

    message: Message
    conversation: Conversation
    promised: int = 0
    history: ContactHistory = NO_HISTORY
    waiting: tuple[PendingReply, ...] = ()


class ConversationContext(Struct, frozen=True):
    """A conversation with history and pending replies, as its next message meets it."""

    conversation: Conversation
    history: ContactHistory = NO_HISTORY
    promised: int = 0
    waiting: tuple[PendingReply, ...] = ()


class Effect(Struct, frozen=True):
    """Action of a rule that changes the conversation or its contact, with its name."""

    action: Action
    rule: str


class Ruling(Struct, frozen=True):
    """A decision with everything that follows from it, stored together or not at all.

    `take_over`: the rule that hands over to the operator, empty if none · `transferred_until`: the answer
    transfers the contact to WeChat's own tool · `arm_transfer`: the answer to the next message shall do so.

    `on_pending` is what becomes of pending automatic replies, `hold_times` are for those that are held again. `needs`
    is how many held ones must give way because of the quota. `aside` resolves or snoozes the conversation at
    once; what is to happen after a reply is stored with the reply.

    `based_on` is the conversation before any decision of the batch; None skips the check for what operators did since.
    """

    decision: Decision
    replies: tuple[NewReply, ...] = ()
    take_over: str = ""
    effects: tuple[Effect, ...] = ()
    firings: tuple[Firing, ...] = ()
    transferred_until: datetime | None = None
    arm_transfer: bool = False
    on_pending: OnNewMessage = OnNewMessage.STAY
    hold_times: HoldTimes = NO_HOLD_TIMES
    needs: int = 0
    aside: StatusChange | None = None
    based_on: Conversation | None = None

    @property
    def of_conversation(self) -> dict[str, Any]:
        """The fields of the conversation that it changes, which are columns."""
        changes = Takeover(None, by_rule=self.take_over).fields if self.take_over else {}
        if self.called_by:
            changes |= {"called_at": self.decision.decided_at, "called_by": self.called_by}
        if self.transferred_until is not None:
            changes |= {"transferred_until": self.transferred_until, "transfer_armed": False}
        elif self.arm_transfer:
            changes["transfer_armed"] = True
        return changes

    @property
    def of_contact(self) -> ContactChange:
        """The change of the contact."""
        return ContactChange(add=tuple(tag for effect in self.effects for tag in effect.action.tags))

    @property
    def changes_row(self) -> bool:
        """True if a list of conversations has to show it anew."""
        return bool(self.of_conversation or self.effects) or self.aside is not None

    @property
    def called_by(self) -> str:
        """The first rule that asks for the operator's attention, empty if none does."""
        return next((effect.rule for effect in self.effects if effect.action.kind is ActionKind.NOTIFY), "")
