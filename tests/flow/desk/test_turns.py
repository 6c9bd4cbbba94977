"""Turns of servers on one database: what a server leaves behind when another one takes the work over."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.postgresql import SHARED, Postgres
from wxdesk.app import open_desk
from wxdesk.config.reading import Config, ListenerSettings, StoreSettings
from wxdesk.core.events import Event, TroubleRaised, WorkChanged
from wxdesk.desk.runtime import lease_keeper
from wxdesk.desk.settings.configuration import Setup

ENDING = "intake", "account:shop", "token:shop", "rule:7", "reach"


@pytest.mark.postgres
@pytest.mark.expects_log(
    "Another server has taken over|It is so|The outbox failed|Nothing leaves|database|What was written"
)
async def test_troubles_of_the_work_end_with_it_and_the_servers_own_stay(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_keeper, "RENEW_SECONDS", 0.05)
    config = Config(ListenerSettings(port=0), store=StoreSettings(postgres.emptied()))
    server = await open_desk(Setup(tmp_path, config, {}, lambda: datetime.now(UTC)), alone=False)
    turns: asyncio.Queue[Event] = asyncio.Queue()
    failed = asyncio.Event()

    async def fail() -> None:
        asyncio.get_running_loop().call_soon(failed.set)
        raise KeyError

    server.desk.bus.subscribe(turns.put_nowait, WorkChanged)
    try:
        async with asyncio.timeout(10):
            assert await turns.get() == WorkChanged(True)
            for key in (*ENDING, "disk", "part:clock"):
                server.desk.bus.publish(TroubleRaised(key, "It is so."))
            server.work.begin("outbox", "Nothing leaves.", fail)
            await failed.wait()
            await postgres.tell_beside("UPDATE leases SET until = 0; UPDATE leases SET epoch = epoch + 1", SHARED)
            assert await turns.get() == WorkChanged(False)
        present = {trouble.key for trouble in server.desk.health.state.troubles}
        assert present & {*ENDING, "disk", "part:clock", "part:outbox"} == {"disk", "part:clock"}
    finally:
        await server.stop()
