"""Pace of the window's updates: at once when it is quiet, rarely under load.

Each update asks the desk for what has changed, and window and desk share one interpreter. Without a rest
between updates a busy desk would spend more time on the window than on answering.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

FRAME_MS = 16
"""Milliseconds of one frame; the events within it are delivered together."""

LONGEST_REST_MS = 100
"""Longest rest between updates: ten updates a second are enough for the eye."""


class FramePace:
    """Gives the desk as much time after an update as it took; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._free_from = 0.0

    def begin(self) -> None:
        """Note that an update begins; one that still goes on continues."""
        if self._began is None:
            self._began = self._clock()

    def end(self) -> None:
        """Note that everything the update asked for is shown; does nothing without one."""
        if self._began is not None:
            now = self._clock()
            self._free_from = now + min(now - self._began, LONGEST_REST_MS / 1000)
            self._began = None

    def wait_ms(self) -> int:
        """Milliseconds from now to the next frame."""
        if self._began is not None:
            return LONGEST_REST_MS
        return max(FRAME_MS, round(1000 * (self._free_from - self._clock())))
