"""Watch over the database: tells at once that it keeps nothing any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from wxdesk.core.errors import StoreError
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.i18n import explain, ntr, tr

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 1.0

LOST_KEY = "lost_messages"

KEY = "database"
"""Key of the trouble that lasts while the database keeps nothing."""


def lost_messages(count: int) -> TroubleRaised:
    """Return the trouble of acknowledged messages that are not in the file."""
    text = ntr(
        "{n} message that WeChat had handed over is missing: the database was damaged, or put back from an older copy. "
        "Look for it in WeChat's console, or ask the customer.",
        "{n} messages that WeChat had handed over are missing: the database was damaged, or put back from an older "
        "copy. Look for them in WeChat's console, or ask the customers.",
        count,
    )
    return TroubleRaised(LOST_KEY, text, passing=True)


class StoreWatch:
    """Runs `check` every second; raises one trouble while it fails, and ends it."""

    def __init__(self, check: Callable[[], Awaitable[None]], publish: Callable[[Event], None]) -> None:
        self._check = check
        self._publish = publish
        self._reason = ""

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(INTERVAL_SECONDS)

    async def look(self) -> None:
        """Check once."""
        reason = ""
        try:
            await self._check()
        except StoreError as error:
            reason = explain(error)
        if reason == self._reason:
            return
        self._reason = reason
        text = ""
        if reason:
            log.error("The database keeps nothing any more: see the window, or wxdesk doctor")
            text = tr(
                "Messages are no longer accepted: {reason}. Put the file back, or close wxdesk and start it again.",
                reason=reason,
            )
        self._publish(TroubleRaised(KEY, text))
