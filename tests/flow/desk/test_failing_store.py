"""A database that refuses at a bad moment: no reply is stuck, nothing is claimed that is not so, and a stop ends."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.errors import StoreError
from wxdesk.core.events import PushSeen
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import AFTER_RESTART
from wxdesk.desk.messages import store_watch
from wxdesk.desk.replies import outbox
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.store.engine import sqlite
from wxdesk.store.messages import push_batches

LI = LI_LEI.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
continue = true
then = [{ reply = "九点" }]

[[rules]]
name = "more"
when = { any = ["几点了"] }
then = [{ reply = "还有什么可以帮您？" }]
"""
S = ReplyState


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(outbox, "STORE_RETRY_SECONDS", 0.05)
    async with timed_desk(tmp_path, RULES) as made:
        yield made


@contextmanager
def refusing(desk: Desk, what: str) -> Iterator[None]:
    """While it lasts, the database lets nobody do `what`."""
    with closing(sqlite3.connect(desk.setup.home / "desk.db", timeout=30)) as other:
        other.execute(f"CREATE TRIGGER refuse BEFORE {what} BEGIN SELECT RAISE(ABORT, 'no'); END")
        other.commit()
        yield
        other.execute("DROP TRIGGER refuse")
        other.commit()


@pytest.mark.expects_log("database error|waits for the store")
async def test_the_outcome_of_a_refusal_is_stored_once_the_database_allows_it(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45047))
    with refusing(desk, "UPDATE ON replies WHEN NEW.state = 'cancelled'"):
        await desk.says(LI, "几点了")
        await desk.until(lambda: desk.states[1][-1] is S.FAILED)
    await desk.until(lambda: desk.states[2][-1] is S.CANCELLED)
    written = await desk.opened.desk.replies.write((await desk.thread(LI)).id, "我来")
    await desk.until(lambda: desk.states[written.id][-1] in (S.SENT, S.FAILED))
    assert (await desk.reply(1)).errcode == 45047


@pytest.mark.expects_log("database error|waits for the store")
async def test_a_stop_ends_although_the_outcome_of_a_call_cannot_be_stored(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.AFTER))
    await desk.says(LI, "几点")
    await desk.until(lambda: desk.states[1][-1:] == [S.SENDING])
    with refusing(desk, "UPDATE ON replies"):
        async with asyncio.timeout(8):
            await desk.opened.stop()
    await desk.restart()
    assert (await desk.reply(1)).state is S.UNKNOWN


async def test_a_reply_whose_call_never_began_is_not_unknown_after_a_stop(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.BEFORE, call="token"))
    desk.opened.out.client._tokens._held.clear()
    await desk.says(LI, "几点")
    await desk.until(lambda: desk.states[1][-1] is S.SENDING)
    await desk.restart()
    await desk.until_sent(1)
    assert len(desk.sandbox.sent) == 1


@pytest.mark.expects_log("database error")
async def test_a_pause_that_cannot_be_stored_holds_and_is_reported(desk: Desk) -> None:
    with refusing(desk, "INSERT ON settings"), pytest.raises(StoreError):
        await desk.opened.desk.outbox.pause()
    assert desk.opened.desk.health.state.paused
    await desk.says(LI, "几点")
    await desk.opened.desk.outbox.resume()
    resumed = desk.opened.desk.health.state
    assert not resumed.paused
    assert desk.sandbox.sent == ()


@pytest.mark.expects_log("database error")
async def test_a_takeover_begins_with_what_it_stops_or_not_at_all(desk: Desk) -> None:
    await desk.says(LI, "在吗")
    thread = (await desk.thread(LI)).id
    await desk.opened.desk.conversations.set_mode(thread, ReplyMode.HOLD)
    await desk.says(LI, "几点")
    await desk.until(lambda: desk.states[1][-1] is S.HELD)
    with refusing(desk, "UPDATE ON replies WHEN NEW.state = 'cancelled'"), pytest.raises(StoreError):
        await desk.opened.desk.conversations.take_over(thread)
    assert not (await desk.thread(LI)).taken_over
    await desk.opened.desk.conversations.take_over(thread)
    assert ((await desk.thread(LI)).taken_over, (await desk.reply(1)).state) == (True, S.CANCELLED)


@pytest.mark.parametrize(("minutes", "state"), [(4, S.SENT), (6, S.HELD)])
async def test_an_operators_message_from_long_before_the_start_asks(
    desk: Desk, minutes: int, state: ReplyState
) -> None:
    await desk.says(LI, "在吗")
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45009))
    thread = (await desk.thread(LI)).id
    written = await desk.opened.desk.replies.write(thread, "我五分钟后打给您")
    await desk.until(lambda: desk.states[written.id][-1] is S.QUEUED and S.SENDING in desk.states[written.id])
    desk.clock.now = START + timedelta(minutes=minutes)
    await desk.restart()
    if state is S.SENT:
        await desk.until(lambda: len(desk.sandbox.sent) == 1)
    else:
        reply = await desk.reply(written.id)
        assert (reply.state, reply.due_at, reply.error) == (S.HELD, None, AFTER_RESTART)
        await desk.opened.desk.replies.release(written.id)
        await desk.until_sent(1)


@pytest.mark.impatient
@pytest.mark.expects_log("took longer than|could not be kept|push|database")
async def test_a_push_stored_after_a_timeout_is_answered_though_repeated(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_batches, "PATIENCE_SECONDS", 0.2)
    with closing(sqlite3.connect(desk.setup.home / "desk.db", timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        saying = asyncio.create_task(desk.sandbox.say(LI, "几点"))
        await desk.until(lambda: any(isinstance(event, PushSeen) for event in desk.events))
        other.execute("ROLLBACK")
    await saying
    await desk.until_sent(1)
    assert [sent.text for sent in desk.sandbox.sent] == ["九点"]


@pytest.mark.expects_log("database|store|push|Attempts are not kept")
async def test_a_fault_that_keeps_messages_away_is_reported_while_it_lasts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if nothing else is to be written meanwhile, and no message comes when it is over."""
    monkeypatch.setattr(store_watch, "INTERVAL_SECONDS", 0.05)
    monkeypatch.setattr(sqlite, "BUSY_MS", 20)
    await desk.restart()
    await desk.says(LI, "在吗")
    with closing(sqlite3.connect(desk.setup.home / "desk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert not (await desk.sandbox.say(LI, "还在吗")).accepted
        await desk.until(lambda: "another program holds the database" in desk.trouble)
        other.execute("ROLLBACK")
    await desk.until(lambda: not desk.trouble)
