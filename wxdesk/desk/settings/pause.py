"""The pause of all automatic replies; it holds at once, and across restarts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
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
        self._command = 0  # number of the latest one: of two at once the later holds
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

    async def begin(self, until: datetime | None = None, at: datetime | None = None) -> None:
        """Pause until a time; it holds before it is stored.

        A pause that lasts keeps the time `at` which it began.
        """
        self._take(True, until, self._since if self.on else at)
        await self._store(until.isoformat() if until else ON)

    async def end(self, first: Callable[[], Awaitable[None]] | None = None) -> None:
        """End the pause after what comes `first`; it holds until its end is stored.

        Nothing ends if somebody has paused or resumed meanwhile.
        """
        command = self._command
        if first is not None:
            await first()
        if command == self._command and await self._store(OFF):
            self._take(False, None, None)

    async def _store(self, state: str) -> bool:
        """Store the state that a new command wants; False if a later one holds instead."""
        self._command += 1
        command, since = self._command, self._since if state != OFF else None
        async with self._storing:
            if command != self._command:  # somebody has said otherwise meanwhile: that is stored behind this
                return False
            await self._settings.set(SINCE, since.isoformat() if since else "")
            await self._settings.set(KEY, state)
            return command == self._command

    async def begin_again(self, now: datetime) -> None:
        """Let a pause that began by a clock that has been set back since begin `now`."""
        if self._since is not None and self._since > now + SET_BACK:
            until = None if self.until is None else now + (self.until - self._since)
            self._since = now
            await self.begin(until)

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
