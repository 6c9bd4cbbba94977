"""A backup unpacked beside a desk: nothing of somebody's is lost, nothing stays, and the desk goes on."""

import asyncio
import hashlib
import json
import os
import sys
import threading
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.prepared import SQLITE
from tests.store.moving.full_home import make_home
from wxdesk.core.system_failures import UnusableFile
from wxdesk.desk.data.backups import back_up
from wxdesk.desk.data.exporting import Progress, Stopped
from wxdesk.store import open_store
from wxdesk.store.engine.inspection import UNFINISHED_RESTORE
from wxdesk.store.moving.backup import LISTING
from wxdesk.store.moving.restore import put_in_place, unpack_backup

NOW = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)


def nobody(_step: object) -> None:
    """Who does not want to know how far it is."""


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    asyncio.run(make_home(folder / "home"))
    asyncio.run(back_up(SQLITE, folder / "home", folder / "b.zip", nobody))
    return folder / "b.zip"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a desk, with a file of its owner's in it."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "desk.db").write_bytes(b"old")
    (tmp_path / "home" / "prices.xlsx").write_bytes(b"mine")
    return tmp_path / "home"


def names(home: Path) -> list[str]:
    return sorted(one.name for one in home.iterdir())


def rewritten(backup: Path, file: Path, more: dict[str, bytes], how: int = zipfile.ZIP_STORED) -> Path:
    """Write a backup anew, packed in another way and with more files, all of them in its list."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(file, "w", how) as new:
        listing: dict[str, Any] = json.loads(old.read(LISTING))
        for name, data in ({name: old.read(name) for name in listing["files"]} | more).items():
            new.writestr(name, data)
            listing["files"][name] = len(data), hashlib.sha256(data).hexdigest()
        new.writestr(LISTING, json.dumps(listing), zipfile.ZIP_STORED)
    return file


@pytest.mark.parametrize("name", ["prices.xlsx", "pictures/../prices.xlsx", "desk.lock", ".restoring-x/desk.db"])
async def test_a_name_that_no_backup_has_is_refused(backup: Path, home: Path, tmp_path: Path, name: str) -> None:
    file = rewritten(backup, tmp_path / "b.zip", {name: b"theirs"})
    with pytest.raises(UnusableFile, match=r"b\.zip.*not whole"):
        await unpack_backup(file, home, nobody)
    assert names(home) == ["desk.db", "prices.xlsx"]


async def test_a_backup_that_can_no_longer_be_read_is_blamed_not_the_home(
    backup: Path, home: Path, tmp_path: Path
) -> None:
    file = rewritten(backup, tmp_path / "b.zip", {}, zipfile.ZIP_BZIP2)
    data = file.read_bytes()
    file.write_bytes(data[:3000] + bytes(400) + data[3400:])
    with pytest.raises(UnusableFile) as failed:
        await unpack_backup(file, home, nobody)
    assert failed.value.values["file"] == str(file)


async def test_it_stops_while_it_unpacks(backup: Path, home: Path) -> None:
    seen: list[str] = []
    progress = Progress()

    def report(step: Any) -> None:
        progress(step)
        seen.append(step.what)
        progress.stopped = True

    with pytest.raises(Stopped):
        await unpack_backup(backup, home, report)
    assert seen == ["Files"]
    assert names(home) == ["desk.db", "prices.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")
async def test_the_desk_goes_on_while_a_slow_drive_gives_the_list(home: Path, tmp_path: Path) -> None:
    pipe, turned, read, went_on = tmp_path / "b.zip", threading.Event(), threading.Event(), []
    os.mkfifo(pipe)

    def drive() -> None:
        went_on.append(turned.wait(2))
        with os.fdopen(os.open(pipe, os.O_RDWR), "wb", buffering=0) as stream:
            stream.write(b"no zip")
            read.wait(10)

    thread = threading.Thread(target=drive)
    thread.start()
    unpacking = asyncio.create_task(unpack_backup(pipe, home, nobody))
    asyncio.get_running_loop().call_later(0.05, turned.set)
    with pytest.raises(UnusableFile):
        await unpacking
    read.set()
    thread.join()
    assert went_on == [True]


async def test_a_start_removes_what_was_unpacked_and_never_put_in_place(backup: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    await make_home(home)
    await unpack_backup(backup, home, nobody)
    assert names(home)[0].startswith(UNFINISHED_RESTORE)
    store = await open_store(SQLITE, home)
    await store.close()
    assert not names(home)[0].startswith(".")


@pytest.mark.parametrize("move", range(3))
async def test_an_interrupt_leaves_the_home_as_it_was(
    backup: Path, home: Path, move: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, unpacked = await unpack_backup(backup, home, nobody)
    moves, rename = iter(range(100)), Path.rename

    def interrupted(one: Path, place: Path) -> Path:
        if next(moves) == move:
            raise KeyboardInterrupt
        return rename(one, place)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        put_in_place(unpacked, home, NOW)
    assert names(home) == ["desk.db", "desk.lock", "prices.xlsx"]
    assert (home / "desk.db").read_bytes() == b"old"
