"""Clock of the simulated WeChat: the machine's, moved forward by hand.

Tokens, reply windows, media, limits and timed faults all go by it, so that hours can pass in a test without
waiting. Only what happens on the wire (deadlines, latency) is measured in real time.
"""

from datetime import datetime, timedelta

from wxdesk.desk.ports import Clock, utc_now

FARTHEST = timedelta(days=3650)
"""Farthest lead; beyond it, ends of windows would exceed the calendar."""


class MovableClock:
    """Clock that runs with `base` and moves forward only, as WeChat's does."""

    def __init__(self, base: Clock = utc_now) -> None:
        self._base = base
        self.ahead = timedelta()
        """Lead over the base clock."""

    def __call__(self) -> datetime:
        return self._base() + self.ahead

    def forward(self, span: timedelta) -> datetime:
        """Let `span` pass at once; return the time. Raises `ValueError` for a bad span."""
        if span < timedelta():
            raise ValueError("the clock goes forward only")
        if self.ahead + span > FARTHEST:
            raise ValueError(f"the clock goes {FARTHEST.days} days ahead at most")
        self.ahead += span
        return self()
