"""Waiting times before a reply that was certainly not delivered is tried again."""

from __future__ import annotations

from datetime import timedelta

_BUSY = (1, 3, 9)
_UNREACHABLE = (1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60)


def wait_after(tries: int, *, busy: bool = False) -> timedelta | None:
    """Return the wait after the `tries`-th failed try (from 1); None to give up.

    busy: WeChat answered -1, which its documents call worth three repeats. Otherwise WeChat could not be
    reached; that is tried for about ten minutes, since the contact still waits.
    """
    waits = _BUSY if busy else _UNREACHABLE
    index = max(1, tries) - 1
    return timedelta(seconds=waits[index]) if index < len(waits) else None
