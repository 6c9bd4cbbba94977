"""What the connections were told, and what becomes of one whose user goes away in the middle."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.store.talk import Talk
from wxdesk.core.errors import StoreError
from wxdesk.store import SqlStore, open_store
from wxdesk.store.schema import settings


async def pragma(connection: AsyncConnection, name: str) -> object:
    return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()


async def test_sqlite_is_told_to_lose_nothing(home: Path) -> None:
    store = await open_store("sqlite:///desk.db", home)
    async with store._db.write() as writer:
        # 2 is FULL: with a WAL, NORMAL may lose the last commits when the power goes.
        wanted = {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1, "trusted_schema": 0, "busy_timeout": 4000}
        assert {name: await pragma(writer, name) for name in wanted} == wanted
    await store.close()


@pytest.mark.expects_log("database error: OperationalError, code 8")
async def test_a_reader_of_sqlite_cannot_write(home: Path) -> None:
    store = await open_store("sqlite:///desk.db", home)
    with pytest.raises(StoreError, match="may not be written"):
        async with store._db.read() as reader:
            await reader.execute(settings.insert().values(key="a", value="b"))
    await store.close()


async def test_a_block_that_raises_leaves_nothing_behind(store: SqlStore) -> None:
    async def breaks() -> None:
        async with store._db.write() as connection:
            await connection.execute(settings.insert().values(key="a", value="b"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await breaks()
    assert await store.settings.get("a") is None


async def test_a_writer_that_is_cancelled_leaves_the_way_free(store: SqlStore) -> None:
    reached = asyncio.Event()

    async def stuck() -> None:
        async with store._db.write() as connection:
            await connection.execute(settings.insert().values(key="a", value="b"))
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.settings.get("a") is None
    await store.settings.set("a", "c")
    assert await store.settings.get("a") == "c"


async def test_tasks_cancelled_at_any_moment_do_no_harm(store: SqlStore) -> None:
    talk = Talk(store)
    await talk.says("o1")
    for ticks in range(40):
        task = asyncio.create_task(store.settings.set("a", str(ticks)))
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.gather(*store._db._underway)
    await store.settings.set("a", "last")
    assert await store.settings.get("a") == "last"
    assert len(await store.conversations.undecided()) == 1


async def test_what_was_begun_is_finished_though_its_caller_went_away(store: SqlStore) -> None:
    async with store._db.write():  # SQLite's only writer is taken, so the call has to wait
        task = asyncio.create_task(store.settings.set("a", "b"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.gather(*store._db._underway)
    assert await store.settings.get("a") == "b"


async def test_closing_waits_for_what_is_under_way(url: str, home: Path) -> None:
    store = await open_store(url, home)
    calls = [asyncio.create_task(store.settings.set(f"k{number}", "v")) for number in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*calls) == [None] * 5
    again = await open_store(url, home)
    assert await again.settings.get("k4") == "v"
    await again.close()
