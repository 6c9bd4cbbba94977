"""Of several servers one works; another has its turn when that ends, and one that was late gives up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.postgresql import SHARED, Postgres
from wxdesk.core.errors import StoreError, UnreadableValue
from wxdesk.core.events import Event, WorkChanged
from wxdesk.desk.runtime import lease_keeper
from wxdesk.desk.runtime.lease_keeper import LeaseKeeper
from wxdesk.store import Store, open_store

pytestmark = pytest.mark.postgres

BEGINS, ENDS = WorkChanged(True), WorkChanged(False)


class Server:
    """A store, the keeper of its lease, and what that has said and called."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.called: list[str] = []
        self.failures: list[Exception] = []
        self._said: asyncio.Queue[Event] = asyncio.Queue()
        self._keeper = LeaseKeeper(store.lease, self._begin, self._end, self._said.put_nowait)
        self._running: asyncio.Task[None] | None = None

    async def _begin(self) -> None:
        self.called.append("begin")
        if self.failures:
            raise self.failures.pop()

    async def _end(self) -> None:
        self.called.append("end")

    def start(self) -> asyncio.Task[None]:
        self._running = asyncio.create_task(self._keeper.run())
        return self._running

    async def says(self, event: Event) -> None:
        async with asyncio.timeout(10):
            assert await self._said.get() == event

    async def stand_still(self) -> None:
        """Be frozen: nothing is renewed any more, and nothing is noticed."""
        assert self._running is not None
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def stop(self) -> None:
        if self._running is not None:
            await self.stand_still()
        await self.store.close()


@pytest.fixture
async def servers(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Server, Server]]:
    monkeypatch.setattr(lease_keeper, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(lease_keeper, "TRY_SECONDS", 0.05)
    url = postgres.emptied()
    made = [Server(await open_store(url, tmp_path / name, alone=False)) for name in ("one", "two")]
    yield made[0], made[1]
    for server in made:
        await server.stop()


async def test_the_first_server_works_until_it_ends_and_then_the_other(servers: tuple[Server, Server]) -> None:
    first, second = servers
    first.start()
    await first.says(BEGINS)
    second.start()
    await first.stop()
    await second.says(BEGINS)
    assert (first.called, second.called) == (["begin"], ["begin"])


@pytest.mark.expects_log("Another server has taken over")
async def test_a_server_that_lost_its_lease_ends_its_work_and_stands_by(
    servers: tuple[Server, Server], postgres: Postgres
) -> None:
    first, second = servers
    first.start()
    await first.says(BEGINS)
    await first.stand_still()
    await postgres.tell_beside("UPDATE leases SET until = 0", SHARED)  # it is over
    second.start()
    await second.says(BEGINS)
    first.start()
    await first.says(ENDS)
    assert first.called == ["begin", "end"]
    await second.stop()
    await first.says(BEGINS)


@pytest.mark.expects_log("Work begins again in a moment: not now")
async def test_work_that_cannot_begin_is_tried_again(servers: tuple[Server, Server]) -> None:
    first, _ = servers
    first.failures = [StoreError(reason="not now"), StoreError(reason="not now")]
    first.start()
    await first.says(BEGINS)
    assert first.called == ["begin", "end", "begin", "end", "begin"]


async def test_a_server_whose_work_cannot_begin_leaves_it_to_another(servers: tuple[Server, Server]) -> None:
    first, second = servers
    first.failures = [UnreadableValue()]
    async with asyncio.timeout(10):
        with pytest.raises(UnreadableValue):  # the supervisor tells it, and begins again
            await first.start()
    second.start()
    await second.says(BEGINS)
    assert (first.called, second.called) == (["begin", "end"], ["begin"])
    first.start()
    await second.stop()
    await first.says(BEGINS)


@pytest.mark.expects_log("database error|The store is not")
async def test_a_server_cut_off_from_the_database_goes_on_if_no_other_took_the_lease(
    servers: tuple[Server, Server], postgres: Postgres
) -> None:
    first, _ = servers
    first.start()
    await first.says(BEGINS)
    postgres.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wxdesk'", SHARED)
    async with asyncio.timeout(10):
        while not first.store.lease.is_held:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)
    await first.store.settings.set("a", "b")
    assert first.called == ["begin"]
