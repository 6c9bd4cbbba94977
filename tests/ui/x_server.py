"""A real X server for what only such a one shows."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def x_server() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The name of a display without window manager, tray or session bus, and the server that has it."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("no Xvfb on this machine")
    read, write = os.pipe()
    command = [server, "-displayfd", str(write), "-nolisten", "tcp", "-screen", "0", "1280x900x24"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as process, os.fdopen(read) as told:
        os.close(write)
        yield f":{told.readline().strip()}", process
        process.terminate()


@pytest.fixture
def screen() -> Iterator[str]:
    """The name of such a display."""
    with x_server() as (name, _):
        yield name
