"""Of several servers on one database one works: it has a lease, and writes nothing without."""

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Connection, func, make_url, select

from tests.postgresql import SHARED, Postgres
from tests.store.chats import T0, Talk, incoming
from tests.way_to_server import READY, WayThere
from wxdesk.core.errors import DatabaseInUse, LeaseLost, StoreError
from wxdesk.store import Store, open_store, opening
from wxdesk.store.engine import change_hints, lease, postgresql
from wxdesk.store.migrate import Migrations

pytestmark = pytest.mark.postgres

LATER = "UPDATE leases SET until = until - {seconds} * 1000000"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE_SECONDS", 0.2)


@pytest.fixture
def soon_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.2)
    monkeypatch.setattr(lease, "MARGIN_SECONDS", 0.1)


class Servers:
    """Stores on one database, each as a server of a team has it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self._folder = folder
        self._open: list[Store] = []

    async def one(self, url: str = "", *, alone: bool = False) -> Store:
        opened = await open_store(url or self.url, self._folder / str(len(self._open)), alone=alone)
        self._open.append(opened)
        return opened

    async def close(self) -> None:
        for one in self._open:
            await one.close()


@pytest.fixture
async def servers(postgres: Postgres, tmp_path: Path) -> AsyncIterator[Servers]:
    made = Servers(postgres.emptied(), tmp_path)
    yield made
    await made.close()


async def until_taken(store: Store) -> None:
    async with asyncio.timeout(10):
        while not await store.lease.take():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)


async def test_only_one_server_of_a_database_has_the_lease(servers: Servers, impatient: None) -> None:
    first = await servers.one(alone=True)
    second = await servers.one()
    assert not await second.lease.take()
    assert (first.lease.is_held, second.lease.is_held) == (True, False)
    with pytest.raises(DatabaseInUse, match="run wxdesk serve beside it"):
        await servers.one(alone=True)
    await first.close()
    assert await second.lease.take(), "it is free as soon as the first has gone"


async def test_a_renewed_lease_stays_and_an_expired_one_can_be_taken(servers: Servers, postgres: Postgres) -> None:
    first, second = await servers.one(alone=True), await servers.one()
    for _ in range(2):
        postgres.tell(LATER.format(seconds=lease.LEASE_SECONDS / 2), SHARED)
        await first.lease.renew()
        assert not await second.lease.take()
    postgres.tell(LATER.format(seconds=lease.LEASE_SECONDS), SHARED)
    assert await second.lease.take()
    with pytest.raises(LeaseLost):
        await first.lease.renew()
    assert not first.lease.is_held


async def test_a_lease_whose_answer_was_lost_can_be_taken_again(servers: Servers, postgres: Postgres) -> None:
    first, second = await servers.one(alone=True), await servers.one()
    assert isinstance(first.lease, lease.Lease)
    first.lease.forget()  # it never heard of it
    assert not await second.lease.take()
    assert await first.lease.take()
    await first.lease.renew()
    await first.settings.set("a", "of the first")


async def test_a_server_without_the_lease_writes_nothing_but_pushes(servers: Servers, soon_over: None) -> None:
    first, second = await servers.one(alone=True), await servers.one()
    await first.settings.set("a", "of the first")
    await until_taken(second)
    for _ in range(2):
        with pytest.raises(LeaseLost):
            await first.settings.set("a", "too late")
    with pytest.raises(LeaseLost):
        await first.claims.claim(1, "too late", T0)
    await second.settings.set("b", "of the second")
    assert await second.settings.get("a") == "of the first"
    talk = Talk(first)
    assert await first.pushes.keep(talk.push(incoming("o1", "hello"))) is not None
    assert len(await second.pushes.underived()) == 1
    await first.lease.release()
    with pytest.raises(LeaseLost):
        await first.settings.set("c", "by one that stands by")


async def test_an_expired_lease_that_nobody_took_can_be_renewed(servers: Servers, soon_over: None) -> None:
    first = await servers.one(alone=True)
    await asyncio.sleep(0.3)
    assert not first.lease.is_held, "no call begins meanwhile"
    await first.settings.set("a", "b")
    await first.lease.renew()
    assert first.lease.is_held


async def test_taking_the_lease_waits_for_a_write_under_way(servers: Servers, soon_over: None) -> None:
    first, second = await servers.one(alone=True), await servers.one()
    slow = Slow()
    writing = asyncio.create_task(first._db.write(slow.write))
    await slow.begun.wait()
    taking = asyncio.create_task(until_taken(second))
    await asyncio.wait([taking], timeout=0.5)
    assert not taking.done()
    slow.may_end = True
    await taking
    assert await second.settings.get("slow") == "done"
    await writing


@pytest.mark.expects_log("database error: TimeoutError")
async def test_a_server_suspended_within_a_statement_does_not_keep_the_lease(
    servers: Servers, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "STILL_SECONDS", 1)
    monkeypatch.setattr(postgresql, "LEASE_ANSWERS_SECONDS", 0.5)
    second = await servers.one()
    assert await second.lease.take()
    postgres.tell(LATER.format(seconds=lease.LEASE_SECONDS), SHARED)
    async with standing_still(servers.url):
        with pytest.raises(StoreError, match="does not answer"):
            await second.lease.take()
        async with asyncio.timeout(10):
            while not await has_taken(second):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0.1)


async def has_taken(store: Store) -> bool:
    with contextlib.suppress(StoreError):
        return await store.lease.take()
    return False


@contextlib.asynccontextmanager
async def standing_still(url: str) -> AsyncIterator[None]:
    """Lock the lease's row, have a statement prepared, and say no more, as a machine does that is suspended then."""

    def packet(kind: bytes, body: bytes) -> bytes:
        return kind + (len(body) + 4).to_bytes(4) + body

    there = make_url(url)
    reader, writer = await asyncio.open_unix_connection(f"{there.query['host']}/.s.PGSQL.5432")
    start = f"user\0{there.username}\0database\0{there.database}\0\0".encode()
    writer.write(packet(b"", (196608).to_bytes(4) + start))
    await reader.readuntil(READY)
    writer.write(packet(b"Q", b"BEGIN; SELECT FROM leases FOR UPDATE\0"))
    await reader.readuntil(READY)
    writer.write(packet(b"P", b"\0SELECT 1\0\0\0") + packet(b"H", b""))
    await reader.readexactly(5)
    try:
        yield
    finally:
        writer.close()


async def test_a_server_that_stands_by_does_not_block_the_working_one(servers: Servers) -> None:
    first, second = await servers.one(alone=True), await servers.one()
    slow = Slow()
    writing = asyncio.create_task(first._db.write(slow.write))
    await slow.begun.wait()
    assert not await second.lease.take()
    slow.may_end = True
    await writing


class Slow:
    """What a server has begun to write, and ends when it may."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = False

    def write(self, connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO settings (key, value) VALUES ('slow', 'done')")
        self.begun.set()
        while not self.may_end:
            connection.execute(select(func.pg_sleep(0.02)))


async def test_the_lease_goes_by_the_clock_of_the_database(servers: Servers) -> None:
    with time_machine.travel(timedelta(minutes=10)):
        store = await servers.one()
        assert abs(store.lease.ahead + timedelta(minutes=10)) < timedelta(seconds=5), "of the first that arrives, too"
        assert await store.lease.take()
        assert abs(store.lease.ahead + timedelta(minutes=10)) < timedelta(seconds=5)
    async with asyncio.timeout(10):
        while store.lease.ahead:  # on one machine there is one clock, unless the answer is slow
            await store.lease.renew()


async def test_a_newer_program_does_not_migrate_below_a_working_server(
    servers: Servers, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    await servers.one(alone=True)
    monkeypatch.setattr(Migrations, "is_current", lambda *_: False)
    with pytest.raises(DatabaseInUse):
        await servers.one()


@contextlib.contextmanager
def heard(monkeypatch: pytest.MonkeyPatch, *, poll: float = 60.0) -> Iterator[asyncio.Queue[str]]:
    monkeypatch.setattr(change_hints, "POLL_SECONDS", poll)
    yield asyncio.Queue()


async def test_a_server_hears_of_pushes_that_another_keeps(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await servers.one(), await servers.one()
    with heard(monkeypatch) as topics:
        listening = asyncio.create_task(second.listen(topics.put_nowait))
        assert await asyncio.wait_for(topics.get(), 10) == ""
        await first.pushes.keep(Talk(first).push(incoming("o1", "hello")))
        assert await asyncio.wait_for(topics.get(), 10) == "push"
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_a_listener_that_was_cut_off_looks_again(
    servers: Servers, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await servers.one()
    monkeypatch.setattr(change_hints, "AGAIN_SECONDS", 0.0)
    with heard(monkeypatch) as topics:
        listening = asyncio.create_task(first.listen(topics.put_nowait))
        assert await asyncio.wait_for(topics.get(), 10) == ""
        postgres.tell(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wxdesk'", SHARED
        )
        assert await asyncio.wait_for(topics.get(), 10) == ""
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_a_listener_that_nobody_told_of_its_lost_connection_hears_again(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with WayThere.to(servers.url, tmp_path) as way:
        first, second = await servers.one(), await servers.one(way.url)
        with heard(monkeypatch, poll=0.2) as topics:
            listening = asyncio.create_task(second.listen(topics.put_nowait))
            assert await asyncio.wait_for(topics.get(), 10) == ""
            way.forget()
            async with asyncio.timeout(20):
                for number in itertools.count():
                    await first.pushes.keep(Talk(first).push(incoming("o1", "hello"), key=f"m:{number}"))
                    if await topics.get() == "push":
                        break
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@pytest.mark.expects_log("database error")
async def test_a_server_that_slept_asks_again_on_a_new_connection(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_hints, "TICK_SECONDS", 0.05)
    monkeypatch.setattr(change_hints, "ASLEEP_SECONDS", 0.5)
    async with WayThere.to(servers.url, tmp_path) as way:
        first = await servers.one(way.url)
        with heard(monkeypatch) as topics:
            listening = asyncio.create_task(first.listen(topics.put_nowait))
            assert await asyncio.wait_for(topics.get(), 10) == ""
            reading = asyncio.create_task(first._db.read(lambda one: one.scalar(select(func.pg_sleep(1)))))
            await asyncio.sleep(0.3)
            way.forget()
            time.sleep(1)  # noqa: ASYNC251 - all of this machine sleeps
            await asyncio.wait_for(reading, 10)  # it has asked once more
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


@pytest.mark.expects_log("database error")
async def test_a_server_that_cannot_reach_the_database_loses_the_lease(
    servers: Servers, tmp_path: Path, soon_over: None
) -> None:
    async with WayThere.to(servers.url, tmp_path) as way:
        first, second = await servers.one(way.url, alone=True), await servers.one()
        way.forget()
        with pytest.raises(StoreError):
            await first.lease.renew()
        await until_taken(second)
        assert not first.lease.is_held
        with pytest.raises(LeaseLost):
            await first.lease.renew()


@pytest.mark.expects_log("passes no notices on")
async def test_a_listener_polls_more_often_where_no_notice_arrives(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_hints, "PROOF_SECONDS", 0.2)
    monkeypatch.setattr(change_hints, "POLL_WITHOUT_HINTS_SECONDS", 0.05)
    async with WayThere.to(servers.url, tmp_path) as way:
        way.passes_notices_on = False
        first = await servers.one(way.url)
        with heard(monkeypatch) as topics:
            listening = asyncio.create_task(first.listen(topics.put_nowait))
            for _ in range(3):
                assert await asyncio.wait_for(topics.get(), 10) == ""
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
