"""Rate of deciding in a flood, so that acknowledging goes first."""

from collections import deque

FLOOD = 500
"""Pushes a second from which on deciding is slowed down."""

LATELY_SECONDS = 0.1
"""Shortest time to take that rate over: a few pushes at once are no flood."""

REST_FACTOR = 16.0
"""Rest after a batch in a flood, in lengths of the batch."""

BATCH = 50
"""Messages derived in one transaction."""

FLOOD_BATCH = 20
"""The same in a flood: the next acknowledgement waits for its end."""


class Throttle:
    """Measures the rate of pushes after each batch, and sets batch size and rest."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque([(0.0, 0)])
        self._flood = False

    @property
    def batch(self) -> int:
        """Messages to take next."""
        return FLOOD_BATCH if self._flood else BATCH

    def rest(self, now: float, took: float, kept: int) -> float:
        """Return the seconds to leave to acknowledging.

        now: a monotonic time, at which `kept` pushes have been kept in all, after a batch that took `took` seconds.
        """
        self._marks.append((now, kept))
        while len(self._marks) > 2 and self._marks[1][0] <= now - LATELY_SECONDS:
            self._marks.popleft()
        then, before = self._marks[0]
        self._flood = kept - before > FLOOD * max(now - then, LATELY_SECONDS)
        return REST_FACTOR * took if self._flood else 0.0
