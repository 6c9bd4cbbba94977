"""Acknowledged messages that a damaged log or an older copy no longer holds are counted at the next start."""

import shutil
from pathlib import Path

import pytest

from tests.store.chats import T0, Talk
from wxdesk.store import open_store

SQLITE = "sqlite:///desk.db"


async def keep(home: Path, first: int, count: int) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    for number in range(first, first + count):
        await store.pushes.keep(talk.push(None, T0, key=f"m:{number}"))
    await store.check()
    await store.close()


async def lost(home: Path) -> int:
    store = await open_store(SQLITE, home)
    try:
        return await store.pushes.lost()
    finally:
        await store.close()


async def test_a_whole_file_has_lost_nothing(home: Path) -> None:
    assert await lost(home) == 0
    await keep(home, 0, 3)
    assert await lost(home) == 0


async def test_an_older_copy_says_how_many_are_missing(home: Path) -> None:
    await keep(home, 0, 3)
    shutil.copy(home / "desk.db", home / "copy.db")
    await keep(home, 3, 4)
    (home / "copy.db").replace(home / "desk.db")
    assert await lost(home) == 4


@pytest.mark.parametrize("written", ["", "many", "9" * 20, "9" * 4000, "-5"])
async def test_a_mark_that_cannot_be_read_accuses_nobody(home: Path, written: str) -> None:
    await keep(home, 0, 1)
    (home / "desk.newest").write_text(written)
    assert await lost(home) == 0
