"""Launcher that ends a program, and all that it started, when the desk is gone.

    wxdesk --leash PROGRAM ARGUMENT…

The desk holds the other end of the launcher's standard input. However the desk ends, even killed, the system closes
that end; then the whole process group goes. Nothing but the standard library is loaded, as it runs beside each tunnel.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

GRACE_SECONDS = 2.0
"""Time for a program to end by itself, once asked."""

NOT_STARTED = 127

KILLED = 9
"""SIGKILL, for which Windows' Python has no name."""

_SET_PARENT_DEATH_SIGNAL, _SET_CHILD_SUBREAPER = 1, 36
"""Of Linux' prctl(2).

For somebody who kills both desk and launcher, and to become the parent of all orphans.
"""


def main(command: list[str]) -> int:
    """Run `command` until it ends or standard input does; return its exit code."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1)
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, **_apart())  # noqa: S603 - the operator's own
    except OSError:
        return NOT_STARTED
    threading.Thread(target=_watch, args=(child.pid,), daemon=True).start()
    code = _wait(child)
    _kill(child.pid)  # what it has left behind
    if sys.platform == "linux":
        _kill_adopted()
    return code if code >= 0 else 128 - code


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Wait for the program, and take note of the end of those that it has orphaned."""
    while sys.platform == "linux":
        ended, status = os.waitpid(-1, 0)
        if ended == child.pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            break
    return child.wait()


def _kill_adopted() -> None:
    """Kill what has left the program's group: the orphans, and theirs in turn."""
    with contextlib.suppress(OSError):  # nobody is left, or this system does not list children
        while children := Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split():
            for one in map(int, children):
                os.kill(one, KILLED)
                os.waitpid(one, 0)


def _watch(child: int) -> None:
    while os.read(0, 1024):  # not sys.stdin, whose lock would abort the interpreter's end
        pass
    if sys.platform != "win32":
        _signal(child, signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
    _kill(child)


def _kill(child: int) -> None:
    """Kill the program with all its children."""
    if sys.platform != "win32":
        _signal(child, KILLED)
    else:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(child)], capture_output=True, check=False)  # noqa: S603, S607


def _signal(group: int, number: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS refuses to signal what has ended
            os.killpg(group, number)


def _apart() -> dict[str, Any]:
    """Return options: a process group of its own, and on Linux an end with ours."""
    if sys.platform == "win32":
        return {}
    return {"process_group": 0, "preexec_fn": _die_with_launcher if sys.platform == "linux" else None}


def _die_with_launcher() -> None:
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, KILLED)
