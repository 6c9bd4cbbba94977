"""Writes that wait together: one commit for all, and a failure that is nobody else's."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from tests.store.chats import Talk
from wxdesk.core.errors import NotFound, StoreError
from wxdesk.store import Store, open_store
from wxdesk.store.engine.sqlite import TOGETHER, SqliteDatabase
from wxdesk.store.schema.authored import settings

SQLITE = "sqlite:///desk.db"


class Busy:
    """A SQLite store whose writer is held up until `free` is set, with a count of its commits from then on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.commits = 0
        self.free = threading.Event()

    async def hold(self) -> None:
        loop, begun = asyncio.get_running_loop(), asyncio.Event()

        def blocks(connection: Connection) -> None:
            loop.call_soon_threadsafe(begun.set)
            self.free.wait(20)

        self._blocking = asyncio.create_task(self.store._db.write(blocks))
        await begun.wait()
        assert isinstance(self.store._db, SqliteDatabase)
        event.listen(self.store._db._write_engine, "commit", self._count)

    def _count(self, connection: Connection) -> None:
        self.commits += 1

    async def together(self, *bodies: Callable[[Connection], object]) -> list[object]:
        """Have all wait at once, then let the writer go on; their results or errors."""
        calls = [asyncio.create_task(self.store._db.write(body)) for body in bodies]
        await asyncio.sleep(0)
        self.free.set()
        await self._blocking
        self.commits -= 1  # the one that held the others up
        return await asyncio.gather(*calls, return_exceptions=True)


@pytest.fixture
async def busy(home: Path) -> AsyncIterator[Busy]:
    store = await open_store(SQLITE, home)
    made = Busy(store)
    await made.hold()
    yield made
    made.free.set()
    await store.close()


def puts(key: str) -> Callable[[Connection], object]:
    def body(connection: Connection) -> str:
        connection.execute(settings.insert().values(key=key, value="v"))
        return key

    return body


def not_found(connection: Connection) -> None:
    connection.execute(settings.insert().values(key="lost", value="v"))
    raise NotFound("reply")


async def kept(store: Store) -> list[str]:
    return [key for key in "abc" if await store.settings.get(key)] + ["lost"] * bool(await store.settings.get("lost"))


async def test_waiting_writes_share_one_commit(busy: Busy) -> None:
    assert await busy.together(puts("a"), puts("b"), puts("c")) == ["a", "b", "c"]
    assert busy.commits == 1
    assert await kept(busy.store) == ["a", "b", "c"]


async def test_a_failing_write_fails_no_other_write_of_its_commit(busy: Busy) -> None:
    results = await busy.together(puts("a"), not_found, puts("b"))
    assert [results[0], results[2]] == ["a", "b"]
    assert isinstance(results[1], NotFound)
    assert await kept(busy.store) == ["a", "b"]


@pytest.mark.expects_log("database error: IntegrityError")
async def test_a_breach_of_a_constraint_fails_only_its_own_write(busy: Busy) -> None:
    results = await busy.together(puts("a"), puts("a"), puts("b"))
    assert [results[0], results[2]] == ["a", "b"]
    assert isinstance(results[1], StoreError)
    assert await kept(busy.store) == ["a", "b"]


@pytest.mark.expects_log("database error: OperationalError")
async def test_a_full_disk_fails_each_for_itself_and_keeps_nothing(busy: Busy) -> None:
    def fills(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.execute(settings.insert().values(key="c", value="v" * 100_000))

    results = await busy.together(puts("a"), fills, puts("b"))
    assert [str(result) for result in results] == ["the disk is full: make room on it"] * 3
    assert len({id(result) for result in results}) == 3
    assert await kept(busy.store) == []


async def test_more_than_fit_into_one_transaction_are_all_done(busy: Busy) -> None:
    count = 2 * TOGETHER + 1
    assert await busy.together(*(puts(f"k{n}") for n in range(count))) == [f"k{n}" for n in range(count)]
    assert busy.commits == 3


async def test_closing_waits_for_all_waiting_writes(busy: Busy, home: Path) -> None:
    calls = [asyncio.create_task(busy.store.settings.set(f"k{n}", "v")) for n in range(3 * TOGETHER)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(busy.store.close())
    await asyncio.sleep(0)
    busy.free.set()
    await closing
    assert await asyncio.gather(*calls) == [None] * len(calls)
    with sqlite3.connect(home / "desk.db") as connection:
        assert connection.execute("SELECT count(*) FROM settings").fetchone() == (len(calls),)
    connection.close()


async def test_a_push_does_not_wait_for_all_waiting_writes(busy: Busy) -> None:
    done: list[int] = []
    calls = [asyncio.create_task(busy.store.settings.set(f"k{n}", "v")) for n in range(3 * TOGETHER)]
    calls.append(asyncio.create_task(busy.store.pushes.keep(Talk(busy.store).push(None))))  # type: ignore[arg-type]
    for number, call in enumerate(calls):
        call.add_done_callback(partial(lambda number, _: done.append(number), number))
    for _ in range(10):
        await asyncio.sleep(0)
    busy.free.set()
    await asyncio.gather(*calls)
    assert done.index(len(calls) - 1) == 0
