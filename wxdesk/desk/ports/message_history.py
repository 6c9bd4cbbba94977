"""Port for past messages and replies, read by dry runs and the review of rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.rules.conditions.facts import ContactHistory, RequiredHistory
from wxdesk.core.rules.lint.clustering import Sentence

BURST = timedelta(minutes=10)
"""Longest silence within a burst; an operator's reply answers all of it."""


@dataclass(frozen=True, slots=True)
class PastMessage:
    """The part of a stored message that rules look at; `at` is its timeline position."""

    id: int
    conversation_id: int
    type: MessageType
    text: str
    session_from: str | None
    event: str | None
    at: datetime

    @classmethod
    def of(cls, sentence: Sentence) -> PastMessage:
        """Make it from a contact's sentence."""
        return cls(sentence.message_id, sentence.conversation_id, sentence.type, sentence.text, None, None, sentence.at)

    @property
    def message(self) -> Message:
        """The same as a `Message`, for templates."""
        return Message(
            self.id,
            self.conversation_id,
            0,
            self.type,
            self.at,
            self.at,
            text=self.text,
            session_from=self.session_from,
            event=self.event,
        )


@dataclass(frozen=True, slots=True)
class OperatorReply:
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


class MessageHistory(Protocol):
    """Reader of stored messages and replies, in slices."""

    async def extent(self, newest: int) -> tuple[int, int]:
        """Return the number of messages, at most `newest`, and the id before the first."""
        ...

    async def messages(self, after_id: int, limit: int) -> list[PastMessage]:
        """Return messages above `after_id` that rules are asked about, oldest first."""
        ...

    async def written(self, since: datetime) -> list[OperatorReply]:
        """Return operators' replies since `since`, in order.

        A rule's reply that left as it was answers its message and those before it, unless it only promised that an
        operator would come.
        """
        ...

    async def conversations(self, ids: Collection[int]) -> dict[int, Conversation]:
        """Return these conversations as they are now, by id."""
        ...

    async def replies_by_rules(self, messages: Collection[PastMessage]) -> dict[int, str]:
        """Return the texts of rules' replies to these messages, by message id.

        A message is left out where no reply has arrived or still may arrive.
        """
        ...

    async def unmatched(self, since: datetime, limit: int) -> list[Sentence]:
        """Return the newest messages since `since` that no rule answered completely.

        Those that only a rule answered that is a default now are among them.
        """
        ...

    async def histories(self, sentences: Collection[Sentence], wanted: RequiredHistory) -> dict[int, ContactHistory]:
        """Return each message's history when it was written, by message id, as `wanted`.

        `ContactHistory.lately` is left empty: how often rules replied to everybody within a minute is not looked
        up.
        """
        ...
