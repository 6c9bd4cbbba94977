"""Warning about this machine's clock, compared with WeChat's.

With a fast clock every message looks old, and old messages are left to the operator
(`core.rules.matching.guards`); with a slow one, closed reply windows seem to be open.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime

from wxdesk.core.events import Event, TroubleRaised
from wxdesk.desk.ports import Clock
from wxdesk.i18n import ntr, tr

TOLERATED = timedelta(minutes=1)
"""The shortest reply window; and an answer of WeChat's may take some seconds."""


def clock_warning(ahead: timedelta) -> str:
    """Return the warning for a clock `ahead` of WeChat's; empty if it is right."""
    if abs(ahead) < TOLERATED:
        return ""
    if ahead > timedelta(0):
        return tr(
            "The clock of this machine is {span} fast, so messages seem old and rules do not answer them. "
            "Set it right: switch on network time in the system's settings.",
            span=_span(ahead),
        )
    return tr(
        "The clock of this machine is {span} slow, so replies seem possible that WeChat refuses. "
        "Set it right: switch on network time in the system's settings.",
        span=_span(-ahead),
    )


def _span(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    return ntr("{n} minute", "{n} minutes", minutes) if minutes < 120 else ntr("{n} hour", "{n} hours", minutes // 60)


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
