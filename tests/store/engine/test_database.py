"""Settings of connections, and calls whose caller goes away or whose disk hangs."""

import asyncio
import sqlite3
import threading
import time
import traceback
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from tests.store.chats import Talk
from wxdesk.core.errors import HomeInUse, StoreError
from wxdesk.store import Store, open_store
from wxdesk.store.engine.sqlite import READERS, SqliteDatabase
from wxdesk.store.schema.authored import settings

SQLITE = "sqlite:///desk.db"


def pragmas(connection: Connection, *names: str) -> dict[str, Any]:
    return {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names}


def put(connection: Connection, key: str = "a", value: str = "b") -> None:
    connection.execute(settings.insert().values(key=key, value=value))


async def test_sqlite_is_set_to_lose_nothing(home: Path) -> None:
    store = await open_store(SQLITE, home)
    # 2 is FULL: with a WAL, NORMAL may lose the last commits when the power goes.
    trusts = int(sqlite3.sqlite_version_info < (3, 45))  # an older one refuses the triggers of the search index
    wanted = {
        "synchronous": 2,
        "journal_mode": "wal",
        "foreign_keys": 1,
        "trusted_schema": trusts,
        "busy_timeout": 4000,
    }
    assert await store._db.write(pragmas, *wanted) == wanted
    await store.close()


async def test_all_readers_of_sqlite_keep_less_than_its_default_for_one(home: Path) -> None:
    """Else a window would hold the same pages up to four times, and the system once more."""
    store = await open_store(SQLITE, home)
    kept = await store._db.read(pragmas, "cache_size")
    with closing(sqlite3.connect(home / "desk.db")) as other:
        (default,) = other.execute("PRAGMA cache_size").fetchone()
    assert kept["cache_size"] < 0  # KiB, not pages
    assert READERS * kept["cache_size"] > default
    await store.close()


@pytest.mark.expects_log("database error: OperationalError, code 8")
async def test_a_reader_of_sqlite_cannot_write(home: Path) -> None:
    store = await open_store(SQLITE, home)
    with pytest.raises(StoreError, match="may not be written"):
        await store._db.read(put)
    await store.close()


async def test_a_body_that_raises_leaves_nothing_behind(store: Store) -> None:
    def breaks(connection: Connection) -> None:
        put(connection)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store._db.write(breaks)
    assert await store.settings.get("a") is None
    await store.settings.set("a", "c")
    assert await store.settings.get("a") == "c"


@pytest.mark.expects_log("database error: (IntegrityError|UniqueViolationError)")
async def test_an_error_of_the_driver_leaves_nothing_behind_and_tells_no_value(store: Store) -> None:
    def twice(connection: Connection) -> None:
        put(connection, value="oSECRET")
        put(connection, value="oSECRET")

    with pytest.raises(StoreError) as caught:
        await store._db.write(twice)
    assert "oSECRET" not in "".join(traceback.format_exception(caught.value))
    assert await store.settings.get("a") is None


async def test_tasks_cancelled_at_any_moment_do_no_harm(store: Store) -> None:
    talk = Talk(store)
    await talk.says("o1")
    for ticks in range(40):
        task = asyncio.create_task(store.settings.set("a", str(ticks)))
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await store.settings.set("b", "last")
    assert await store.settings.get("b") == "last"
    assert len(await store.decisions.undecided()) == 1


async def test_a_write_that_began_is_finished_though_its_caller_went_away(url: str, home: Path) -> None:
    store = await open_store(url, home)
    task = asyncio.create_task(store.settings.set("a", "b"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await store.close()
    again = await open_store(url, home)
    assert await again.settings.get("a") == "b"
    await again.close()


async def test_closing_waits_for_what_is_under_way(url: str, home: Path) -> None:
    store = await open_store(url, home)
    calls = [asyncio.create_task(store.settings.set(f"k{number}", "v")) for number in range(5)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*calls) == [None] * 5
    again = await open_store(url, home)
    assert await again.settings.get("k4") == "v"
    await again.close()


async def test_a_push_goes_before_the_writes_that_wait(home: Path) -> None:
    store = await open_store(SQLITE, home)
    begun, free = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def blocks(connection: Connection) -> None:
        loop.call_soon_threadsafe(begun.set)
        free.wait(10)

    done: list[str] = []
    blocking = asyncio.create_task(store._db.write(blocks))
    await begun.wait()
    calls: dict[str, asyncio.Task[Any]] = {
        **{name: asyncio.create_task(store.settings.set(name, "v")) for name in ("a", "b")},
        "push": asyncio.create_task(store.pushes.keep(Talk(store).push(None))),
    }
    for name, call in calls.items():
        call.add_done_callback(partial(lambda name, _: done.append(name), name))
    for _ in range(10):  # until all have arrived at the writer, the push by its group commit
        await asyncio.sleep(0)
    free.set()
    await asyncio.gather(blocking, *calls.values())
    assert done == ["push", "a", "b"]
    await store.close()


async def begins(store: Store) -> None:
    """Wait until the writer is about to begin a transaction."""
    loop, begun = asyncio.get_running_loop(), asyncio.Event()

    def about_to(*_: object) -> None:
        loop.call_soon_threadsafe(begun.set)

    assert isinstance(store._db, SqliteDatabase)
    event.listen(store._db._write_engine, "before_cursor_execute", about_to)
    await begun.wait()


@pytest.mark.impatient
@pytest.mark.expects_log("the database did not close|database error: OperationalError")
async def test_a_foreign_lock_does_not_hold_up_closing(home: Path) -> None:
    store = await open_store(SQLITE, home)
    with closing(sqlite3.connect(home / "desk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        hanging = [asyncio.create_task(store.settings.set("0", "b"))]
        await begins(store)
        hanging += [asyncio.create_task(store.settings.set(str(number), "b")) for number in (1, 2)]
        push = asyncio.create_task(store.pushes.keep(Talk(store).push(None)))
        await asyncio.sleep(0)
        began = time.monotonic()
        await store.close()
        assert time.monotonic() - began < 2.5
        # One call hangs in SQLite; the others are refused, and nothing of theirs is ever written.
        refused = await asyncio.gather(*hanging[1:], return_exceptions=True)
        assert [str(error) for error in refused] == ["the store is closed"] * 2
        # Whoever hangs may write yet, so nobody else gets the home.
        with pytest.raises(HomeInUse):
            await open_store(SQLITE, home)
        other.execute("ROLLBACK")
    await asyncio.gather(hanging[0], push, return_exceptions=True)
    await store.close()
    again = await open_store(SQLITE, home)
    assert [await again.settings.get(key) for key in "12"] == [None, None]
    await again.close()
