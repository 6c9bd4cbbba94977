"""Restarts of a service: systemd holds its socket meanwhile, so that WeChat waits for an answer and is not refused."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from tests.flow.serving import Serving, write_config
from tests.ports import free_port
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.server import Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")


class Manager(Thread):
    """The part of systemd that holds one open file for a service (sd_notify(3), sd_pid_notify_with_fds(3))."""

    def __init__(self, place: Path) -> None:
        super().__init__(daemon=True)
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(place))
        self.held: list[int] = []

    def run(self) -> None:
        while True:
            notice, descriptors, _, _ = socket.recv_fds(self.line, 1000, 5)
            words = notice.decode().split("\n")
            if words == ["BARRIER=1"]:
                self.drop(descriptors)
            elif "FDSTOREREMOVE=1" in words:
                self.drop(self.held)
            elif "FDSTORE=1" in words:
                assert not self.held, "FileDescriptorStoreMax=1"
                self.held += descriptors
            elif words == ["end"]:
                self.drop(self.held)
                return

    def drop(self, descriptors: list[int]) -> None:
        while descriptors:
            os.close(descriptors.pop())


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    started = Manager(tmp_path / "notify")
    started.start()
    yield started
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(b"end", str(tmp_path / "notify"))
    started.join()
    started.line.close()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A WeChat that waits longer than a restart takes on a busy machine."""
    made = Sandbox(push_deadline=60)
    await made.start()
    yield made
    await made.stop()


async def served(home: Path, *held: int) -> Serving:
    begin = partial(Serving, home, held="".join(map(str, held)), NOTIFY_SOCKET=str(home / "notify"))
    serving = await asyncio.to_thread(begin)
    await asyncio.to_thread(serving.wait_until_listening)
    return serving


async def test_who_writes_during_a_restart_waits_and_is_acknowledged_at_the_first_try(
    tmp_path: Path, sandbox: Sandbox, manager: Manager
) -> None:
    port = free_port()
    write_config(tmp_path, sandbox.url, listener=f"port = {port}")
    serving = await served(tmp_path)
    sandbox.set_push_url(f"{serving.url}/wx/shop")
    assert await asyncio.to_thread(serving.terminate) == 0
    said = asyncio.create_task(sandbox.say(LI_LEI.openid, "在吗"))
    async with asyncio.timeout(20):
        while await asyncio.to_thread(queue_at, port) < 1:
            pass
    serving = await served(tmp_path, *manager.held)
    outcome = await said
    assert (outcome.accepted, len(outcome.attempts)) == (True, 1)
    assert serving.url == f"http://127.0.0.1:{port}"
    assert await asyncio.to_thread(serving.terminate) == 0


async def test_a_socket_of_a_former_address_is_given_up_before_the_new_one_is_taken(
    tmp_path: Path, sandbox: Sandbox, manager: Manager
) -> None:
    port = free_port()
    write_config(tmp_path, sandbox.url, listener=f"port = {port}")
    assert await asyncio.to_thread((await served(tmp_path)).terminate) == 0
    write_config(tmp_path, sandbox.url, listener=f'host = "0.0.0.0"\nport = {port}')
    serving = await served(tmp_path, *manager.held)
    assert serving.url == f"http://0.0.0.0:{port}"
    write_config(tmp_path, sandbox.url, listener=f"port = {port}")  # and while it runs, at the same port
    serving.process.send_signal(signal.SIGHUP)
    async with asyncio.timeout(20):
        while await asyncio.to_thread(queue_at, port) < 0:
            pass
    assert await asyncio.to_thread(serving.terminate) == 0
    assert queue_at(port) == 0, "this one is held now"


def queue_at(port: int) -> int:
    """How many wait to be accepted at a port of 127.0.0.1, as Linux tells it; -1 if nobody listens there."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()]
    waiting = (line[4].partition(":")[2] for line in lines if line[1] == f"0100007F:{port:04X}" and line[3] == "0A")
    return int(next(waiting, "-1"), 16)
