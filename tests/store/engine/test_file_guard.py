"""A database that is taken away while the desk runs is noticed, and nothing more counts as kept."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.store.chats import T0, Talk
from wxdesk.core.errors import StoreDamaged, StoreError
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.desk.messages.store_watch import StoreWatch
from wxdesk.desk.runtime.bus import Bus
from wxdesk.store import open_store

SQLITE = "sqlite:///desk.db"


def remove(file: Path) -> None:
    for name in ("", "-wal", "-shm"):
        file.with_name(file.name + name).unlink()


def replace(file: Path) -> None:
    copy = file.with_name("copy.db")
    shutil.copy(file, copy)
    copy.replace(file)


def move_log(file: Path) -> None:
    file.with_name(f"{file.name}-wal").unlink()


def empty(file: Path) -> None:
    os.truncate(file, 0)


@pytest.mark.parametrize(
    ("harm", "reason"), [(remove, "removed"), (replace, "replaced"), (move_log, "removed"), (empty, "cut")]
)
async def test_nothing_counts_as_kept_once_the_file_is_gone(
    home: Path, harm: Callable[[Path], None], reason: str
) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    await store.pushes.keep(talk.push(None, T0, key="m:1"))
    harm(home / "desk.db")
    try:
        with pytest.raises(StoreError, match=reason):
            await store.check()
        with pytest.raises(StoreError):
            await store.pushes.keep(talk.push(None, T0, key="m:2"))
    finally:
        await store.close()


def troubles(heard: list[Event]) -> list[TroubleRaised]:
    return [event for event in heard if isinstance(event, TroubleRaised)]


async def test_a_file_that_is_put_back_is_fine_again_and_the_trouble_ends(home: Path, tmp_path: Path) -> None:
    store = await open_store(SQLITE, home)
    bus, heard = Bus(), list[Event]()
    bus.subscribe(heard.append)
    watch = StoreWatch(store.check, bus.publish, home)
    try:
        await watch.check_once()
        assert heard == []
        (home / "desk.db").rename(tmp_path / "away.db")
        await watch.check_once()
        await watch.check_once()
        (tmp_path / "away.db").rename(home / "desk.db")
        await watch.check_once()
    finally:
        await store.close()
    told = troubles(heard)
    assert [(trouble.key, bool(trouble.text)) for trouble in told] == [("database", True), ("database", False)]
    assert "removed while" in str(told[0].text)


def test_a_folder_into_which_everybody_may_write_is_told_until_it_is_not(tmp_path: Path) -> None:
    bus, heard = Bus(), list[Event]()
    bus.subscribe(heard.append)

    async def sound() -> str:
        return ""

    watch = StoreWatch(sound, bus.publish, tmp_path)
    for rights in (0o700, 0o777, 0o1777, 0o775):
        tmp_path.chmod(rights)
        watch.look_at_folder()
    told = troubles(heard)
    assert [(trouble.key, bool(trouble.text)) for trouble in told] == [("folder", True), ("folder", False)]
    assert str(told[0].text).endswith(f"chmod go-w {tmp_path}")


async def test_an_emptied_file_beside_its_log_is_not_taken_for_a_new_one(home: Path) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    await talk.says("o1")
    log = home / "desk.db-wal"
    kept = log.read_bytes()
    await store.close()
    os.truncate(home / "desk.db", 0)
    log.write_bytes(kept)
    with pytest.raises(StoreDamaged, match="changes to it wait beside it"):
        await open_store(SQLITE, home)
    assert log.read_bytes() == kept
