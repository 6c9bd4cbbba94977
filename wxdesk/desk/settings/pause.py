"""The pause of all automatic replies; it holds at once, and across restarts."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from wxdesk.core.events import Event, PauseChanged
from wxdesk.core.replies.lifecycle import SET_BACK
from wxdesk.store.settings import Settings

log = logging.getLogger(__name__)

KEY = "paused"
SINCE = "paused_since"

OFF, ON = "0", "1"
"""Stored value of a pause without an end; one with an end is its time in ISO 8601."""


class Pause:
    """The pause; intake checks it before it decides, the outbox before it sends."""

    def __init__(self, settings: Settings, publish: Callable[[Event], None]) -> None:
        self._settings = settings
        self._publish = publish
        self.on = False
        """True while nothing automatic may leave."""
        self.until: datetime | None = None
        """End of the pause, None for never; see `desk.replies.hold_timers`."""
        self.command = 0
        """Number of the latest command; another once somebody has paused or resumed since."""
        self._since: datetime | None = None
        self._storing = asyncio.Lock()

    async def load(self) -> None:
        """Load it from the store; what cannot be read counts as a pause without an end."""
        before = self.on
        stored = await self._settings.get(KEY) or OFF
        self.on = stored != OFF
        self.until = _end_in(stored)
        self._since = _time_in(await self._settings.get(SINCE) or "") if self.on else None
        if self.on or before:
            self._publish_state()

    async def set(
        self, on: bool, until: datetime | None = None, at: datetime | None = None, *, after: int | None = None
    ) -> None:
        """Pause or resume `at` a time; a pause holds before it is stored, a resume after.

        A pause that lasts keeps the time at which it began. Of two commands at once the later one holds; one that
        was begun `after` a command that does not hold any more does nothing.
        """
        if after is not None and after != self.command:
            return
        self.command += 1
        command = self.command
        since = (self._since if self.on else at) if on else None
        if on:
            self._take(True, until, since)
        async with self._storing:
            if command != self.command:  # somebody has said otherwise meanwhile: that is stored behind this
                return
            await self._settings.set(SINCE, since.isoformat() if since else "")
            await self._settings.set(KEY, (until.isoformat() if until else ON) if on else OFF)
            if command == self.command and not on:
                self._take(False, None, None)

    async def begin_again(self, now: datetime) -> None:
        """Let a pause that began by a clock that has been set back since begin `now`."""
        if self._since is not None and self._since > now + SET_BACK:
            until = None if self.until is None else now + (self.until - self._since)
            self._since = now
            await self.set(True, until)

    def _take(self, on: bool, until: datetime | None, since: datetime | None) -> None:
        self.on, self.until, self._since = on, until, since
        self._publish_state()

    def _publish_state(self) -> None:
        self._publish(PauseChanged(self.on, self.until, self._since))


def _end_in(stored: str) -> datetime | None:
    if stored in (OFF, ON):
        return None
    until = _time_in(stored)
    if until is None:
        log.warning("The end of the stored pause cannot be read; it lasts until somebody resumes")
    return until


def _time_in(stored: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(stored)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None
