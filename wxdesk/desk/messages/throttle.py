"""How the thinking makes way for the acknowledging: they share one processor and one writer to the disk."""

from __future__ import annotations

from collections import deque

FLOOD = 500
"""Pushes a second from which on the thinking makes way. Below, there is time for both."""

LATELY_SECONDS = 0.1
"""The least time over which that rate is taken: what comes together in a moment is no flood."""

WAY = 16.0
"""In a flood, the pause after a batch, in lengths of the batch."""

BACKLOG = 60_000
"""With more than this undecided, no way is made any more, so that the flood meets its bound: about 100 MB."""

BATCH = 50
"""Messages derived in one transaction."""

FLOOD_BATCH = 20
"""The same in a flood: the next acknowledgement waits for its end."""


class Pacing:
    """Learns after each batch how many pushes have been kept, and tells how to go on."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque([(0.0, 0)])
        self._flood = False

    @property
    def batch(self) -> int:
        """How many messages to take next."""
        return FLOOD_BATCH if self._flood else BATCH

    def rest(self, now: float, took: float, kept: int, backlog: int) -> float:
        """Seconds to leave to the acknowledging.

        now: a monotonic time, at which `kept` pushes have been kept in all and `backlog` are undecided, after a
        batch that took `took` seconds.
        """
        self._marks.append((now, kept))
        while len(self._marks) > 2 and self._marks[1][0] <= now - LATELY_SECONDS:
            self._marks.popleft()
        then, before = self._marks[0]
        self._flood = kept - before > FLOOD * max(now - then, LATELY_SECONDS) and backlog < BACKLOG
        return WAY * took if self._flood else 0.0
