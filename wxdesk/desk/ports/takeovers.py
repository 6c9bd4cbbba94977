"""Port for the end of takeovers: timed, by writing, or for all at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.conversation import Conversation


@dataclass(frozen=True, slots=True)
class TakeoverByWriting:
    """A takeover before an operator wrote (None if there was none), and after it."""

    before: Takeover | None
    after: Takeover


class TakeoverStore(Protocol):
    """The ends of takeovers; `desk.ports.store.Conversations.take_over` starts them."""

    async def ending(self, after: datetime) -> list[Conversation]:
        """Return conversations whose takeover ends or ended after `after`, earliest first."""
        ...

    async def endless(self) -> list[Conversation]:
        """Return conversations whose takeover lasts until it is handed back."""
        ...

    async def end_open_ended(self, at: datetime) -> list[Conversation]:
        """End all those takeovers at `at`; return the conversations as they are then."""
        ...

    async def end_of(self, conversation_id: int) -> datetime | None:
        """Return when a takeover ends or ended by itself; None if there is none."""
        ...

    async def written(self, conversation_id: int, now: datetime, span: timedelta) -> TakeoverByWriting:
        """Take over for `span` because an operator writes at `now`; raises `NotFound`.

        The rules are those of `core.conversations.takeover.takeover_after_writing`.
        """
        ...

    async def undo_takeover(self, conversation_id: int, spoken: TakeoverByWriting) -> bool:
        """Restore the takeover before `spoken` unless changed since; raises `NotFound`."""
        ...

    async def postpone_end(self, conversation_id: int, known: datetime, until: datetime) -> bool:
        """Postpone a takeover's end from `known` to `until`; False if it ends otherwise."""
        ...

    async def end(self, conversation_id: int, now: datetime) -> Conversation | None:
        """Delete a takeover that is over by `now`; return the conversation before that.

        None if it is not over. Where the contact still waits, the takeover is kept: rules do not answer what was
        left to an operator.
        """
        ...
