"""Pausing everything: which replies leave, and which ask afterwards, by what WeChat received."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.events import Event, PauseChanged, ReplyChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI, WANG = LI_LEI.openid, WANG_FANG.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "held"
when = { any = ["退款"] }
delivery = { hold = 8 }
then = [{ reply = "请稍等" }]
"""
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def waits_queued(desk: Desk) -> None:
    """Reply 1 is queued for another try, in a second."""
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=-1))
    assert (await desk.says(LI, "几点")).outcome is Outcome.REPLIED
    await desk.until_refused(1)
    assert desk.states[1][-1] is ReplyState.QUEUED


async def asks(desk: Desk, reply_id: int) -> bool:
    reply = await desk.reply(reply_id)
    return reply.state is ReplyState.HELD and reply.due_at is None


async def test_a_reply_queued_before_a_pause_asks_after_it(desk: Desk) -> None:
    replies, outbox = desk.opened.desk.replies, desk.opened.desk.outbox
    await waits_queued(desk)
    await outbox.pause()
    assert (await desk.says(WANG, "几点")).outcome is Outcome.PAUSED
    desk.move_to(START + MINUTE)
    written = await replies.write((await desk.thread(WANG)).id, "我来")
    await desk.until_sent(1)
    assert [sent.text for sent in desk.sandbox.sent] == ["我来"]
    assert desk.states[written.id][-1] is ReplyState.SENT

    await outbox.resume()
    assert await asks(desk, 1)
    desk.move_to(START + 60 * MINUTE)
    await replies.write((await desk.thread(WANG)).id, "还在吗")
    await desk.until_sent(2)
    assert desk.sandbox.sent[-1].openid == WANG  # what asks does not leave by itself

    assert await replies.release_held() == 1
    await desk.until_sent(3)
    assert [sent.text for sent in desk.sandbox.sent] == ["我来", "还在吗", "九点"]


async def test_a_pause_between_the_claim_and_the_call_lets_nothing_leave(desk: Desk) -> None:
    pausing: list[asyncio.Task[None]] = []

    def pause_at_the_claim(event: Event) -> None:
        if isinstance(event, ReplyChanged) and event.state is ReplyState.SENDING and not pausing:
            pausing.append(asyncio.create_task(desk.opened.desk.outbox.pause()))

    desk.opened.desk.bus.subscribe(pause_at_the_claim)
    await desk.sandbox.say(LI, "几点")
    await desk.until(lambda: len(desk.states[1]) == 3)
    await pausing[0]
    assert desk.states[1] == [ReplyState.QUEUED, ReplyState.SENDING, ReplyState.QUEUED]
    assert (desk.calls(), desk.sandbox.sent) == (0, ())


async def test_a_held_reply_due_during_a_pause_asks_after_it(desk: Desk) -> None:
    replies, outbox = desk.opened.desk.replies, desk.opened.desk.outbox
    assert (await desk.says(LI, "退款")).outcome is Outcome.REPLIED
    await outbox.pause()
    desk.clock.now = START + timedelta(seconds=4)
    assert (await desk.says(WANG, "几点")).outcome is Outcome.PAUSED
    await outbox.resume()
    assert (await desk.reply(1)).due_at == START + timedelta(seconds=8)  # its time has not come yet
    await outbox.pause()
    desk.move_to(START + timedelta(seconds=8))
    await outbox.resume()
    assert await asks(desk, 1)
    assert await replies.cancel_held() == 1
    assert desk.states[1][-1] is ReplyState.CANCELLED
    assert not desk.sandbox.sent


async def test_an_operator_can_release_replies_during_a_pause(desk: Desk) -> None:
    await waits_queued(desk)
    assert (await desk.says(WANG, "退款")).outcome is Outcome.REPLIED
    await desk.opened.desk.outbox.pause()
    await desk.opened.desk.replies.release(2)
    await desk.until_sent(1)
    assert [sent.openid for sent in desk.sandbox.sent] == [WANG]
    assert desk.states[1][-1] is ReplyState.QUEUED


async def test_a_pause_ends_by_itself_when_its_time_has_come(desk: Desk) -> None:
    await waits_queued(desk)
    until = START + 15 * MINUTE
    await desk.opened.desk.outbox.pause(until)
    assert PauseChanged(True, until, START) in desk.events
    assert desk.opened.desk.health.state.paused_until == until
    desk.move_to(until - timedelta(seconds=1))
    assert (await desk.says(WANG, "几点")).outcome is Outcome.PAUSED
    desk.move_to(until)
    await desk.until(lambda: desk.events.count(PauseChanged(False)) == 1)
    assert not desk.opened.pause.on
    health = desk.opened.desk.health.state
    assert (health.paused, health.paused_until) == (False, None)
    assert await asks(desk, 1)
    assert not desk.sandbox.sent
    assert (await desk.says(WANG, "几点")).outcome is Outcome.REPLIED
    await desk.until_sent(1)


async def test_a_pause_and_its_end_survive_a_restart(desk: Desk) -> None:
    until = START + 15 * MINUTE
    await desk.opened.desk.outbox.pause(until)
    await desk.restart()
    health = desk.opened.desk.health.state
    assert (health.paused, health.paused_until) == (True, until)
    assert (await desk.says(LI, "几点")).outcome is Outcome.PAUSED
    await desk.opened.stop()
    desk.clock.now = until + MINUTE
    await desk.restart()
    await desk.until(lambda: not desk.opened.pause.on)
    assert (await desk.says(LI, "几点")).outcome is Outcome.REPLIED


async def test_a_pause_without_an_end_lasts(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD) as desk:
        await desk.opened.desk.outbox.pause(START + MINUTE)
        await desk.opened.desk.outbox.pause()
        assert desk.opened.pause.until is None
        desk.move_to(START + 600 * MINUTE)
        assert (await desk.says(LI, "几点")).outcome is Outcome.PAUSED
