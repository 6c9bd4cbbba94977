"""Presence of an operator at the desk, for rules and notifications.

A window reports it. Without one, as in `wxdesk serve`, nobody is there. It is not stored: opening the
program counts as presence.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from wxdesk.core.events import Event, PresenceChanged
from wxdesk.core.presence import AwayReason, PresenceSignals, PresenceState, next_at_desk
from wxdesk.desk.ports import Clock

log = logging.getLogger(__name__)


class DeskPresence:
    """Keeper of the state `now`, one record, readable from any thread."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self.now = PresenceState(clock(), AwayReason.NO_WINDOW)

    async def report(self, seen: PresenceSignals | None) -> None:
        """Take the window's signals, None when it closes; for decisions from now on."""
        before, self.now = self.now, next_at_desk(self.now, seen, self._clock())
        if self.now != before:
            log.info("At the desk: %s", self.now.reason or self.now.who)
            self._publish(PresenceChanged())
