"""Parts that fail unexpectedly begin again, later and later, and tell of it until they have worked for a while."""

import asyncio

import pytest

from wxdesk.core.errors import UnreadableValue
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.desk.runtime import supervisor as parts_at_work
from wxdesk.desk.runtime.supervisor import Supervisor
from wxdesk.i18n import tr


@pytest.mark.expects_log("The post failed and begins again")
async def test_a_part_begins_again_and_is_well_once_it_has_worked_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(parts_at_work, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(parts_at_work, "WELL_AFTER", 0.05)
    told: asyncio.Queue[Event] = asyncio.Queue()
    begun = 0

    async def work() -> None:
        nonlocal begun
        begun += 1
        if begun < 3:
            raise KeyError(begun)
        await asyncio.Event().wait()

    parts = Supervisor(told.put_nowait)
    parts.begin("post", "No post leaves.", work)
    async with asyncio.timeout(10):
        said = [await told.get() for _ in range(3)]
    texts = [tr(event.text) for event in said if isinstance(event, TroubleRaised)]
    assert [text.split(".")[0] for text in texts] == ["No post leaves", "No post leaves", ""]
    assert begun == 3
    await parts.stop()


@pytest.mark.expects_log("The post failed and begins again: The database holds something")
async def test_a_part_that_fails_for_a_known_reason_tells_it() -> None:
    told: asyncio.Queue[Event] = asyncio.Queue()

    async def work() -> None:
        raise UnreadableValue

    parts = Supervisor(told.put_nowait)
    parts.begin("post", "No post leaves.", work)
    async with asyncio.timeout(10):
        said = await told.get()
    await parts.stop()
    assert isinstance(said, TroubleRaised)
    assert tr(said.text).startswith("No post leaves. This part of wxdesk has failed and restarts by itself.")
    assert tr(said.text).endswith("Restore a backup or update wxdesk.")


async def test_a_stop_waits_for_the_last_work_of_each() -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append("well")

    parts = Supervisor(lambda event: None)
    for name in "ab":
        parts.begin(name, "", work)
    await asyncio.sleep(0)
    await parts.stop()
    assert ended == ["well", "well"]
