"""What supervision asks of the store about many replies at once: the rest of `desk.ports`, which is long enough.

Each method moves, in one transaction, all replies that it is about and that may make the move, and returns them as
they are then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from wxdesk.core.model import Reply


class Waiting(Protocol):
    """Replies that have not left: drafts, held and queued ones. "Automatic" is what a rule made, edited or not."""

    async def release_held(self, by: str, at: datetime) -> list[Reply]:
        """Let every held automatic reply leave now, because `by` says so."""
        ...

    async def cancel_held(self, by: str, at: datetime) -> list[Reply]:
        """Cancel every held automatic reply; drafts stay."""
        ...

    async def release_due(self, now: datetime, *, only_by_hand: bool = False) -> list[Reply]:
        """Let held replies leave whose time has come; those without a deadline never leave by themselves."""
        ...

    async def next_wake(self, now: datetime, *, only_by_hand: bool = False) -> datetime | None:
        """When the next held reply is due or the next postponed one may be tried."""
        ...

    async def ask_after_pause(self, at: datetime, why: str) -> list[Reply]:
        """Hold without a deadline what a pause has kept from leaving: what is queued, or held with its time over.

        `why`, a sentence for `i18n.tr`, is said in its bubble.
        """
        ...
