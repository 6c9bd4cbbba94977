"""Notices to systemd about a service that it started (sd_notify(3)).

Datagrams to a socket; none where nobody waits for them.
"""

import asyncio
import contextlib
import os
import socket
import sys

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"


def notify(state: str) -> None:
    """Tell systemd, if it waits for that."""
    name = os.environ.get("NOTIFY_SOCKET")
    if name is None or sys.platform == "win32":
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        line.sendto(state.encode(), f"\0{name[1:]}" if name.startswith("@") else name)


def watchdog_seconds() -> float:
    """Return the time within which systemd wants a sign of life; 0 if it wants none."""
    mine = os.environ.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1_000_000 if mine and microseconds.isdecimal() else 0.0


async def show_life() -> None:
    """Give signs of life twice as often as wanted while the loop goes round."""
    seconds = watchdog_seconds()
    while seconds:
        notify(ALIVE)
        await asyncio.sleep(seconds / 2)
