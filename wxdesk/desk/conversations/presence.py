"""Who sits at the desk, for all who go by it: rules, and whoever fetches the operator.

A window reports what it sees. Without one, as in `wxdesk serve`, nobody sits there. It is not kept: whoever opens the
program is there by that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from wxdesk.core.events import Event, PresenceChanged
from wxdesk.core.presence import AtDesk, AwayReason, Seen, next_at_desk
from wxdesk.desk.ports.store import Clock

log = logging.getLogger(__name__)


class DeskPresence:
    """Who is there at present is `now`; reading it from another thread is safe: it is one record."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self.now = AtDesk(clock(), AwayReason.NO_WINDOW)

    async def report(self, seen: Seen | None) -> None:
        """Take what the window sees, or None when it closes; holds for the next message that is decided on."""
        before, self.now = self.now, next_at_desk(self.now, seen, self._clock())
        if self.now != before:
            log.info("At the desk: %s", self.now.reason or self.now.who)
            self._publish(PresenceChanged())
