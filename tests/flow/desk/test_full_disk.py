"""A disk that fills up under a server is told before and when it is full, also while nobody writes, and its end."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flow.serving import Serving, write_config
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.server import Sandbox

MOUNT, UMOUNT = shutil.which("mount") or "", shutil.which("umount") or ""


class Disk:
    """A disk in memory at `place`, whose room is what the test says."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._mount("-t", "tmpfs", "-o", "size=900m", "tmpfs")

    def leave(self, room: int) -> None:
        """Let so many bytes be free."""
        self._mount("-o", f"remount,size={shutil.disk_usage(self.place).used + room}")

    def _mount(self, *arguments: str) -> None:
        subprocess.run([MOUNT, *arguments, str(self.place)], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if not (MOUNT and UMOUNT and os.geteuid() == 0):
        pytest.skip("only root can mount a disk that fills up")
    place = tmp_path / "disk"
    place.mkdir()
    try:
        made = Disk(place)
    except subprocess.CalledProcessError as error:
        pytest.skip(f"this machine mounts nothing: {error.stderr.decode()}")
    yield made
    subprocess.run([UMOUNT, "--lazy", str(place)], check=True)


async def test_a_disk_that_fills_up_is_reported_by_a_server_at_once_and_so_is_its_end(
    disk: Disk, sandbox: Sandbox
) -> None:
    write_config(disk.place, sandbox.url)
    serving = await asyncio.to_thread(Serving, disk.place, told=True)
    url = await asyncio.to_thread(serving.wait_until_listening)
    sandbox.set_push_url(f"{url}/wx/shop")
    assert (await sandbox.say(LI_LEI.openid, "在吗")).accepted

    disk.leave(55 * 1024**2)  # nobody writes from here
    said = await asyncio.to_thread(serving.hear, "are free on the disk")
    assert "disk: Only 5" in said
    assert "Make room" in said
    disk.leave(0)
    await asyncio.to_thread(serving.hear, "disk: Only 0 MB are free on the disk")

    answers = [(await sandbox.say(LI_LEI.openid, "还在吗" * 100)).accepted for _ in range(3)]
    assert answers[-1] is False
    said = await asyncio.to_thread(serving.hear, "Messages are no longer accepted")
    assert "database: Messages are no longer accepted. The disk is full, or nearly so. Make room" in said

    disk.leave(800 * 1024**2)
    heard = ""
    while not ("Over: disk" in heard and "Over: database" in heard):
        heard += await asyncio.to_thread(serving.hear, "Over: ")
    assert (await sandbox.say(LI_LEI.openid, "在吗")).accepted
    assert await asyncio.to_thread(serving.terminate) == 0
    kept = (disk.place / "logs/wxdesk.log").read_text(encoding="utf-8")
    assert kept.index("disk: Only 5") < kept.index("Over: disk")
