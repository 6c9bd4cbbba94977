"""What was said before, as the dry run and the list of the unmatched read it: the port that the store fills."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.rules.lint.clustering import Sentence
from wxdesk.core.rules.matching.facts import History, Wanted

BURST = timedelta(minutes=10)
"""What a contact writes with no longer silence in between is said in one go; an operator's reply answers all of it."""


@dataclass(frozen=True, slots=True)
class PastMessage:
    """As much of a stored message as rules look at. `at` is its place in the timeline."""

    id: int
    conversation_id: int
    type: MessageType
    text: str
    session_from: str | None
    event: str | None
    at: datetime

    @classmethod
    def of(cls, sentence: Sentence) -> PastMessage:
        """What a contact wrote or sent."""
        return cls(sentence.message_id, sentence.conversation_id, sentence.type, sentence.text, None, None, sentence.at)

    @property
    def message(self) -> Message:
        """The same as templates speak of it."""
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
class Written:
    """What an operator said, and when; one line of it. `edited`: a rule had prepared it, and he changed it.

    It answers what the contact wrote in his last burst before it, which began at `burst`, but for what rules had
    answered by then: `answered` is the id of the newest such message, 0 if there is none.
    """

    conversation_id: int
    sent_at: datetime
    text: str
    burst: datetime
    answered: int = 0
    edited: bool = False

    def answers(self, message: PastMessage) -> bool:
        """Whether it answers `message`, which came before it and after whatever an operator said before."""
        return message.at >= self.burst and message.id > self.answered


class Past(Protocol):
    """Reads what is stored, in slices."""

    async def extent(self, newest: int) -> tuple[int, int]:
        """How many messages there are, at most `newest`, and the id before the first of these."""
        ...

    async def messages(self, after_id: int, limit: int) -> list[PastMessage]:
        """The messages that rules are asked about with an id above `after_id`, in the order in which they came."""
        ...

    async def written(self, since: datetime) -> list[Written]:
        """What operators said since `since`, in order, each with the messages that it answered.

        A rule's reply that left as it was answers its message and those before it, unless it was only the promise that
        a human will come.
        """
        ...

    async def conversations(self, ids: Collection[int]) -> dict[int, Conversation]:
        """These conversations as they are now, by id."""
        ...

    async def said_by_rules(self, messages: Collection[PastMessage]) -> dict[int, str]:
        """What rules said to these messages, by their ids; where nothing arrived or still may, one is left out."""
        ...

    async def unmatched(self, since: datetime, limit: int) -> list[Sentence]:
        """What contacts wrote or sent since `since`, the newest.

        That is what no rule had a whole answer to, or only one that is a default now.
        """
        ...

    async def histories(self, sentences: Collection[Sentence], wanted: Wanted) -> dict[int, History]:
        """What had happened when each of these was written, by message id, as far as it is `wanted`.

        `History.lately` is left empty: how often rules spoke to everybody within a minute is not looked up.
        """
        ...
