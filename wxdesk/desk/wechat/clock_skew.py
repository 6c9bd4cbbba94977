"""Warning about this machine's clock, compared with WeChat's.

By a fast clock every message looks old, and by a slow one closed reply windows seem to be open. Once WeChat's
clock is known, the age of a message is judged by it (`core.rules.matching.guards`).
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from wxdesk.computer.clock import seconds_elapsed
from wxdesk.core.errors import Phrase, Text
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.ports import Clock
from wxdesk.i18n import counted

TOLERATED = timedelta(minutes=1)
"""The shortest reply window; and an answer of WeChat's may take some seconds."""


def clock_warning(ahead: timedelta) -> Text:
    """Return the warning for a clock `ahead` of WeChat's; empty if it is right."""
    if abs(ahead) < TOLERATED:
        return ""
    if ahead > timedelta(0):
        return Phrase(
            "The clock of this machine is {span} fast, so times are shown and counted wrongly. "
            "Correct it: switch on network time in the system's settings.",
            span=_span(ahead),
        )
    return Phrase(
        "The clock of this machine is {span} slow, so replies seem possible that WeChat refuses. "
        "Correct it: switch on network time in the system's settings.",
        span=_span(-ahead),
    )


def skew_values(ahead: timedelta) -> dict[str, str]:
    """Return a finding's values for a clock `ahead` of WeChat's; empty if it is right."""
    if abs(ahead) < TOLERATED:
        return {}
    return {"minutes": str(abs(ahead) // timedelta(minutes=1)), "cause": "fast" if ahead > timedelta(0) else "slow"}


def _span(length: timedelta) -> Phrase:
    minutes = length // timedelta(minutes=1)
    if minutes < 120:
        return counted("{n} minute", "{n} minutes", minutes)
    return counted("{n} hour", "{n} hours", minutes // 60)


LOOK_SECONDS = 1.0
"""Time between two looks at whether the clock was set."""


class ClockCheck:
    """Raises a trouble while the clock is wrong by `ahead` (None before a response).

    `elapsed` are seconds that nobody sets: a clock that is set while the desk runs is noticed by them, without
    asking WeChat again. `is_sure`: WeChat itself has told `ahead` since then; a machine that was held and goes on
    looks as if its clock had been set.
    """

    def __init__(
        self, publish: Callable[[Event], None], clock: Clock, elapsed: Callable[[], float] = seconds_elapsed
    ) -> None:
        self._publish = publish
        self._clock = clock
        self._elapsed = elapsed
        self._began = self._epoch()
        self.ahead: timedelta | None = None
        self.is_sure = False

    async def run(self) -> None:
        """Look every second until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.follow_clock()

    def follow_clock(self) -> None:
        """Follow the clock if it was set by more than a moment."""
        moved = self._epoch() - self._began
        if abs(moved) >= TOLERATED / 2:
            self._began += moved
            self.is_sure = False
            if self.ahead is not None:
                self._set_ahead(self.ahead + moved)

    def _epoch(self) -> datetime:
        """Return the time by the clock at which `elapsed` was 0."""
        return self._clock() - timedelta(seconds=self._elapsed())

    def compare(self, date: str) -> None:
        """Compare with the `Date` of a response; an unreadable one is ignored."""
        try:
            there = parsedate_to_datetime(date)
        except (ValueError, OverflowError):
            return
        self._began = self._epoch()
        self.is_sure = True
        self._set_ahead(self._clock() - there.replace(tzinfo=there.tzinfo or UTC))

    def _set_ahead(self, ahead: timedelta) -> None:
        self.ahead = ahead
        self._publish(TroubleRaised(TroubleArea.CLOCK, clock_warning(ahead)))
