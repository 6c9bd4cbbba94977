"""A clock that neither sleep nor a new time stops or moves."""

import sys
import time


def seconds_elapsed() -> float:
    """Return seconds since a fixed moment, unaffected by sleep and clock changes.

    Python's own clock stands still on Linux and macOS while the machine sleeps, and what WeChat gave for two
    hours goes on ageing.
    """
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)  # there it is Python's own that stops
    return time.monotonic()
