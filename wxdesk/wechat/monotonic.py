"""How much time has passed, sleep included.

Python's monotonic clock stands still on Linux and macOS while the machine sleeps, and what WeChat gave for two hours
goes on ageing.
"""

from __future__ import annotations

import sys
import time


def seconds_elapsed() -> float:
    """Seconds since some moment in the past; nobody sets this clock, and no sleep stops it."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # there it is Python's own that stops
    return time.monotonic()
