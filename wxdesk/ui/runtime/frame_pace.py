"""How often the window takes up what has happened: at once when it is quiet, seldom when much happens.

Each update asks the desk for what has changed, and window and desk share one interpreter. Without a rest between
updates a busy desk would spend more time on telling than on answering.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

FRAME_MS = 16
"""What happens within it is told at once."""

LONGEST_REST_MS = 100
"""No rest is longer: ten updates a second are enough for the eye."""


class FramePace:
    """After an update the desk gets as much time as the update took, within bounds. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self._free_from = 0.0

    def begin(self) -> None:
        """An update begins. One that still went on goes on with it."""
        if self._began is None:
            self._began = self._clock()

    def end(self) -> None:
        """Everything that was asked for the update has been shown; does nothing when none went on."""
        if self._began is not None:
            now = self._clock()
            self._free_from = now + min(now - self._began, LONGEST_REST_MS / 1000)
            self._began = None

    def wait_ms(self) -> int:
        """Milliseconds from now to the next frame."""
        if self._began is not None:
            return LONGEST_REST_MS
        return max(FRAME_MS, round(1000 * (self._free_from - self._clock())))
