"""Session of a transferred contact in WeChat's own tool (网页端客服工具).

While it only queues, pushes go on; once somebody there has accepted it, messages go to the tool alone;
thirty minutes after the last message, or once it is closed, they are pushed again ("转发消息", "消息转发到客服").
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

IDLE_ENDS = timedelta(minutes=30)


class KfState(StrEnum):
    """Receiver of the contact's messages."""

    NONE = "none"  # the push URL
    QUEUED = "queued"  # the push URL still; the customer waits for the tool
    OPEN = "open"  # the tool


@dataclass(slots=True)
class KfSession:
    """The session of one contact; begins as none."""

    _state: KfState = KfState.NONE
    _active_at: datetime | None = None

    def state(self, now: datetime) -> KfState:
        """Return the present state; an open session that was idle for too long has ended."""
        if self._state is KfState.OPEN and self._active_at is not None and now - self._active_at >= IDLE_ENDS:
            self._state = KfState.NONE
        return self._state

    def queue(self, now: datetime) -> None:
        """Queue the transferred contact; a session already open stays so."""
        if self.state(now) is KfState.NONE:
            self._state = KfState.QUEUED

    def accept(self, now: datetime) -> bool:
        """Open the session at the tool; False if it was open already."""
        if self.state(now) is KfState.OPEN:
            return False
        self._state, self._active_at = KfState.OPEN, now
        return True

    def close(self, now: datetime) -> bool:
        """Close the session at the tool; False if there was none."""
        had = self.state(now) is not KfState.NONE
        self._state = KfState.NONE
        return had

    def takes(self, now: datetime) -> bool:
        """Tell if a message now belongs to the tool, which keeps the session active."""
        if self.state(now) is not KfState.OPEN:
            return False
        self._active_at = now
        return True
