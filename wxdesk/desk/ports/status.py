"""What setting conversations aside by hand asks of the store: the rest of `desk.ports`, which is long enough."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class SettingAside(Protocol):
    """Resolving, snoozing and opening again, each in one transaction. Both of the first end what called in it."""

    async def resolve(self, conversation_id: int, at: datetime) -> None:
        """A human says that nothing is left to do, also for what nobody has answered.

        Raises:
            NotFound: there is no such conversation.
            Unsettled: a reply in it is left to its human, as draft, held, failed or unknown; nothing was changed.
        """
        ...

    async def snooze(self, conversation_id: int, at: datetime, until: datetime) -> datetime:
        """A human does not want to see it until then; until when that is. Raises like `resolve`.

        Where somebody waits, it ends before his reply window closes (`core.aside.before_closing`).
        """
        ...

    async def reopen(self, conversation_id: int) -> None:
        """It is in work again, and who waited in it waits on; raises `NotFound`."""
        ...
