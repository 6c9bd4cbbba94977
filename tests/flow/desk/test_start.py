"""What a desk does first when it starts on what the last run left."""

import asyncio
from pathlib import Path

from tests.desk.intake_room import written
from tests.flow.conftest import setup_for
from wxdesk.app import OpenDesk
from wxdesk.core.events import Event, ListenerChanged, MessageKept
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import open_store
from wxdesk.tunnel.connection import Surroundings

MOST = 60


async def test_a_desk_listens_before_it_thinks_about_what_waits(sandbox: Sandbox, tmp_path: Path) -> None:
    setup = setup_for(sandbox, tmp_path)
    store = await open_store(setup.config.store.url, setup.home)
    await asyncio.gather(*(store.pushes.keep(written(n)) for n in range(MOST)))
    opened = OpenDesk(setup, store, Surroundings())
    told: list[Event] = []
    all_kept = asyncio.Event()

    def hear(event: Event) -> None:
        told.append(event)
        if sum(isinstance(one, MessageKept) for one in told) == MOST:
            all_kept.set()

    opened.desk.bus.subscribe(hear, ListenerChanged, MessageKept)
    await opened.start()
    async with asyncio.timeout(10):
        await all_kept.wait()
    await opened.stop()
    assert isinstance(told[0], ListenerChanged)
