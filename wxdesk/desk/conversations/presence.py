"""Presence of an operator at the desk, for rules and notifications.

A window reports it. Without one, as in `wxdesk serve`, nobody is there. It is not stored: opening the
program counts as presence.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from wxdesk.core.events import Event, PresenceChanged
from wxdesk.core.model.operator import acting_name
from wxdesk.core.presence import AwayReason, PresenceSignals, PresenceState, next_at_desk, together
from wxdesk.desk.ports import Clock

log = logging.getLogger(__name__)


LOST_AFTER = timedelta(seconds=15)
"""Time without a word after which a desk on another machine counts as closed."""


class DeskPresence:
    """Keeper of the state `now`, one record, readable from any thread."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._own = PresenceState(clock(), AwayReason.NO_WINDOW)
        self._elsewhere: dict[str, tuple[PresenceState, datetime, str]] = {}
        self.me: Callable[[], str] = str
        self.now = self._own

    async def report(self, seen: PresenceSignals | None) -> None:
        """Take the window's signals, None when it closes; for decisions from now on."""
        self._own = next_at_desk(self._own, seen, self._clock())
        self.judge()

    async def attend(self, desk: str, state: PresenceState) -> None:
        """Take the presence at a desk on another machine, which tells it again and again."""
        self._elsewhere[desk] = (state, self._clock(), acting_name())
        self.judge()

    def operators(self) -> frozenset[str]:
        """Return the names of those who are at their desks."""
        own = (self._own, self._clock(), self.me())
        return frozenset(name for state, _, name in (own, *self._elsewhere.values()) if name and not state.away)

    def judge(self) -> None:
        """Judge all desks together, without those that are lost."""
        now, before = self._clock(), self.now
        self._elsewhere = {desk: one for desk, one in self._elsewhere.items() if now - one[1] < LOST_AFTER}
        self.now = together([self._own, *(state for state, *_ in self._elsewhere.values())])
        if self.now != before:
            log.info("At the desk: %s", self.now.reason or self.now.who)
            self._publish(PresenceChanged())
