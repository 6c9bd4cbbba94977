"""What systemd hears from a service, over a socket of the kind that it gives one."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from wxdesk.webhook import systemd

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets of POSIX")


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket at which systemd would listen, named in the environment."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(tmp_path / "notify"))
        line.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield line


def heard(line: socket.socket) -> list[bytes]:
    """All that has come."""
    messages = []
    while True:
        try:
            messages.append(line.recv(100))
        except BlockingIOError:
            return messages


def test_each_state_is_one_datagram_in_the_words_of_sd_notify(manager: socket.socket) -> None:
    for state in (systemd.READY, systemd.ALIVE, systemd.STOPPING):
        systemd.notify(state)
    assert heard(manager) == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


@pytest.mark.skipif(sys.platform != "linux", reason="abstract names are Linux's")
def test_a_name_with_an_at_sign_is_of_an_abstract_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"wxdesk-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0{name}")
        line.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        systemd.notify(systemd.READY)
        assert heard(line) == [b"READY=1"]


@pytest.mark.parametrize("name", [None, "", "nobody-is-there"])
def test_without_a_manager_nothing_is_reported_and_nothing_fails(
    name: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    if name is None:
        monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    else:
        monkeypatch.setenv("NOTIFY_SOCKET", name)
    systemd.notify(systemd.READY)


def test_a_manager_that_does_not_read_holds_nothing_up(manager: socket.socket) -> None:
    for _ in range(2_000):
        systemd.notify(systemd.ALIVE)
    assert 0 < len(heard(manager)) < 2_000


@pytest.mark.parametrize(
    ("microseconds", "process", "seconds"),
    [
        ("2500000", None, 2.5),
        ("2500000", "", 2.5),
        ("2500000", "its own", 2.5),
        ("2500000", "1", 0),
        (None, None, 0),
        ("", "its own", 0),
        ("-1", "its own", 0),
        ("infinity", "its own", 0),
    ],
)
def test_the_watchdog_wants_signs_of_life_of_one_process(
    microseconds: str | None, process: str | None, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", process)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value.replace("its own", str(os.getpid())))
    assert systemd.watchdog_seconds() == seconds


async def test_signs_of_life_come_at_once_and_then_twice_in_the_time_wanted(
    manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "200000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    loop, began = asyncio.get_running_loop(), monotonic()
    signs = asyncio.create_task(systemd.show_life())
    try:
        async with asyncio.timeout(20):
            assert [await loop.sock_recv(manager, 100) for _ in range(3)] == [b"WATCHDOG=1"] * 3
    finally:
        signs.cancel()
    assert monotonic() - began > 0.19  # each time after a tenth of a second, or later


async def test_signs_of_life_end_where_none_are_wanted(manager: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    async with asyncio.timeout(20):
        await systemd.show_life()
    assert heard(manager) == []
