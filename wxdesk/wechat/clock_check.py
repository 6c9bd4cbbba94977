"""Compares this machine's clock with WeChat's, which stands in the `Date` of each of its answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from wxdesk.core.events import Event, TroubleRaised
from wxdesk.desk.ports.store import Clock
from wxdesk.desk.wechat.clock_skew import clock_words

TROUBLE = "clock"


class ClockCheck:
    """Raises a trouble while the clock is wrong. `ahead` is by how much, as the last answer told; None before one."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._told = ""
        self.ahead: timedelta | None = None

    def hear(self, date: str) -> None:
        """An answer has arrived with this `Date`; one that cannot be read tells nothing."""
        try:
            there = parsedate_to_datetime(date)
        except ValueError:
            return
        self.ahead = self._clock() - there.replace(tzinfo=there.tzinfo or UTC)
        words = clock_words(self.ahead)
        if words != self._told:
            self._told = words
            self._publish(TroubleRaised(TROUBLE, words))
