"""Past messages and operators' replies, as dry runs and reviews read them."""

from datetime import datetime, timedelta

from msgspec import Struct

from wxdesk.core.model.message import Message, MessageType

BURST = timedelta(minutes=10)
"""Longest silence within a burst; an operator's reply answers all of it."""


class PastMessage(Struct, frozen=True):
    """The part of a stored message that rules look at; `at` is its timeline position."""

    id: int
    conversation_id: int
    type: MessageType
    text: str
    at: datetime
    session_from: str | None = None
    event: str | None = None
    msg_type: str = "text"

    @property
    def message(self) -> Message:
        """The same as a `Message`, for templates."""
        facts = (self.id, self.conversation_id, 0, self.type, self.at, self.at, self.text, self.msg_type)
        return Message(*facts, session_from=self.session_from, event=self.event)


class OperatorReply(Struct, frozen=True):
    """One reply an operator sent; one line of text. `edited`: a rule had prepared it.

    It answers the contact's last burst before it, which began at `burst`, except for messages that rules had
    answered: `answered` is the id of the newest such message, 0 if there is none.
    """

    conversation_id: int
    sent_at: datetime
    text: str
    burst: datetime
    answered: int = 0
    edited: bool = False

    def answers(self, message: PastMessage) -> bool:
        """Tell whether it answers `message`, an earlier one that no reply answered before."""
        return message.at >= self.burst and message.id > self.answered
