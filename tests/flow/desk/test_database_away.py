"""A desk whose database server is away, or whose answers are lost: nothing is lost, stuck or left untold."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.timed_desk import Desk, timed_desk
from tests.postgresql import SHARED, Postgres
from tests.way_to_server import WayThere
from wxdesk.config.reading import StoreSettings
from wxdesk.core.events import MessageKept
from wxdesk.core.model.reply import ReplyState
from wxdesk.desk.messages import intake, store_watch
from wxdesk.desk.replies import outbox
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.store.engine import postgresql

pytestmark = [pytest.mark.postgres, pytest.mark.expects_log("database|store|push|StoreError")]

LI = LI_LEI.openid
RULES = '[[rules]]\nname = "hours"\nwhen = { any = ["几点"] }\nthen = [{ reply = "九点" }]\n'


@pytest.fixture
async def way(tmp_path: Path, postgres: Postgres) -> AsyncIterator[WayThere]:
    async with WayThere.to(postgres.emptied(), tmp_path) as made:
        yield made


@pytest.fixture
async def desk(tmp_path: Path, way: WayThere, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    for module in (outbox, intake):
        monkeypatch.setattr(module, "STORE_RETRY_SECONDS", 0.05)
    monkeypatch.setattr(store_watch, "INTERVAL_SECONDS", 0.05)
    async with timed_desk(tmp_path, RULES, store=StoreSettings(way.url)) as made:
        yield made


@pytest.mark.parametrize("spared", range(7))
@pytest.mark.parametrize("lost", [1, 3])
async def test_a_message_is_answered_once_whichever_commits_lose_their_answer(
    desk: Desk, way: WayThere, caplog: pytest.LogCaptureFixture, spared: int, lost: int
) -> None:
    way.spare_answers, way.lose_answers = spared, lost
    await desk.sandbox.say(LI, "几点")
    await desk.until(lambda: [states[-1] for states in desk.states.values()] == [ReplyState.SENT])
    await desk.until(lambda: any(isinstance(event, MessageKept) for event in desk.events))
    assert [sent.text for sent in desk.sandbox.sent] == ["九点"]
    assert (await desk.reply(1)).state is ReplyState.SENT
    assert [record.message for record in caplog.records if record.exc_info] == []
    way.lose_answers = 0  # it took fewer commits than were spared


async def test_a_message_waits_for_a_database_that_restarts(desk: Desk, way: WayThere) -> None:
    way.shut()
    said = asyncio.create_task(desk.sandbox.say(LI, "几点"))
    await desk.until(lambda: "The database server does not answer" in desk.trouble)
    assert not said.done()
    way.open()
    assert [attempt.status for attempt in (await said).attempts] == [200]
    await desk.until_sent(1)


async def test_a_database_away_is_told_to_wechat_by_503_and_to_the_operator(
    desk: Desk, way: WayThere, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "AWAY_SECONDS", 0.1)
    way.shut()
    outcome = await desk.sandbox.say(LI, "几点")
    assert {attempt.status for attempt in outcome.attempts} == {503}
    await desk.until(lambda: "The database server does not answer" in desk.trouble)
    way.open()
    assert (await desk.sandbox.say(WANG_FANG.openid, "几点")).accepted
    await desk.until_sent(1)
    await desk.until(lambda: "no longer accepted" not in desk.trouble)


async def test_a_fault_that_endangers_messages_is_reported_while_it_lasts(desk: Desk, postgres: Postgres) -> None:
    await desk.until(lambda: "Off: fsync, full_page_writes" in desk.trouble)
    try:
        for command in ("SET fsync = on", "SET full_page_writes = on"):
            postgres.tell(f"ALTER SYSTEM {command};", SHARED)
        postgres.tell("SELECT pg_reload_conf();", SHARED)
        await desk.until(lambda: not desk.trouble)
    finally:
        postgres.hurry()
