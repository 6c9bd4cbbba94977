"""The simulated WeChat's own time: what the machine says, and as far ahead of it as somebody turned it.

Tokens, reply windows, media, limits and timed faults all go by it, so that hours can pass in a test without waiting.
Only what happens on the wire (deadlines, latency) is measured in real time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wxdesk.desk.ports.store import Clock

FARTHEST = timedelta(days=3650)
"""Beyond, the ends of windows and tokens would come to a year that no calendar has."""


def now() -> datetime:
    """The system's clock."""
    return datetime.now(UTC)


class MovableClock:
    """Time by `base`, moved forward by hand. It never goes back: neither does WeChat's."""

    def __init__(self, base: Clock = now) -> None:
        self._base = base
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """The time now."""
        return self._base() + self._ahead

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of the clock that it goes by."""
        return self._ahead

    def forward(self, span: timedelta) -> datetime:
        """Let `span` pass at once; the time then. Raises `ValueError` if it is negative or goes too far."""
        if span < timedelta():
            raise ValueError("the clock goes forward only")
        if self._ahead + span > FARTHEST:
            raise ValueError(f"the clock goes {FARTHEST.days} days ahead at most")
        self._ahead += span
        return self()
