"""Notices to systemd about a service (sd_notify(3)), and the socket that it holds.

Notices are datagrams to a socket; none where nobody waits for them.
"""

import asyncio
import contextlib
import os
import select
import socket
import sys

READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"

_NAME = "FDNAME=listening"
_FORGET = f"FDSTOREREMOVE=1\n{_NAME}"


def notify(state: str, *descriptors: int) -> None:
    """Tell systemd, if it waits for that, and give it open files."""
    name = os.environ.get("NOTIFY_SOCKET")
    if name is None or sys.platform == "win32":
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        line.connect(f"\0{name[1:]}" if name.startswith("@") else name)
        socket.send_fds(line, [state.encode()], descriptors)


def hold(listening: int) -> None:
    """Let systemd hold a socket over the next restart, so that connections wait."""
    notify(_FORGET)
    notify(f"FDSTORE=1\n{_NAME}", listening)


def release() -> None:
    """Let systemd close the socket that it holds, and wait until its address is free."""
    if "NOTIFY_SOCKET" not in os.environ:
        return
    notify(_FORGET)
    heard, barrier = os.pipe()
    notify("BARRIER=1", barrier)  # systemd closes it once it has done all before
    os.close(barrier)
    select.select([heard], [], [], 5)
    os.close(heard)


def held_socket(address: tuple[str, int]) -> socket.socket | None:
    """Return the socket held at this address, if any, at the first call."""
    if os.environ.pop("LISTEN_PID", "") != str(os.getpid()) or sys.platform == "win32":
        return None
    held = socket.socket(fileno=3)  # the first that systemd passes on: sd_listen_fds(3)
    held.set_inheritable(False)
    if held.getsockname()[:2] == address:
        return held
    held.close()
    release()
    return None


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
