"""A stored push whose format is damaged is read as one of unknown format."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.store.chats import T0, Talk
from tests.store.kept_pushes import kept_pushes
from wxdesk.store import open_store

SQLITE = "sqlite:///desk.db"


async def test_a_damaged_format_is_read_as_unknown(home: Path) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    await store.pushes.keep(talk.push(None, T0, key="m:1"))
    await store.close()
    with closing(sqlite3.connect(home / "desk.db")) as other:
        other.execute("UPDATE raw_pushes SET format = 'jsoo'")
        other.commit()
    store = await open_store(SQLITE, home)
    try:
        [push] = await kept_pushes(store)
        assert push.format is None
    finally:
        await store.close()
