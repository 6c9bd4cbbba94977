"""Compares this machine's clock with the `Date` of WeChat's responses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from wxdesk.core.events import Event, TroubleRaised
from wxdesk.desk.ports import Clock
from wxdesk.desk.wechat.clock_skew import clock_warning

TROUBLE = "clock"


class ClockCheck:
    """Raises a trouble while the clock is wrong by `ahead` (None before a response)."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._told = ""
        self.ahead: timedelta | None = None

    def hear(self, date: str) -> None:
        """Compare with the `Date` of a response; an unreadable one is ignored."""
        try:
            there = parsedate_to_datetime(date)
        except ValueError:
            return
        self.ahead = self._clock() - there.replace(tzinfo=there.tzinfo or UTC)
        words = clock_warning(self.ahead)
        if words != self._told:
            self._told = words
            self._publish(TroubleRaised(TROUBLE, words))
