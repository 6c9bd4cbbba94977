"""After the machine slept, the desk notices by its clock, and no long overdue reply leaves."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.takeover import TakeoverDuration
from wxdesk.core.events import AttentionRaised, DecisionMade, PauseChanged, ReplyChanged, TakeoverEnded
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import TOO_LATE
from wxdesk.desk.runtime import timers as sleeping
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI = LI_LEI.openid
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]
"""
S = ReplyState


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """All is held for 8 seconds, and what is written for 3. It looks at the clock more often than outside of tests."""
    monkeypatch.setattr(sleeping, "TICK_SECONDS", 0.01)
    async with timed_desk(tmp_path, RULES, undo_seconds=3, reply_mode=ReplyMode.HOLD, hold_seconds=8) as made:
        yield made


async def says(desk: Desk, text: str) -> int:
    await desk.sandbox.say(LI, text)
    await desk.until(lambda: any(isinstance(event, DecisionMade) for event in desk.events))
    return (await desk.thread(LI)).id


async def wakes_at(desk: Desk, at: timedelta) -> None:
    """All that was begun has ended, in the same writer as these; then the machine sleeps until `at`."""
    for n in range(10):
        await desk.opened.store.settings.set("asleep", str(n))
    desk.clock.now = START + at


async def test_a_slightly_overdue_reply_leaves(desk: Desk) -> None:
    await says(desk, "几点")
    await wakes_at(desk, 58 * SECOND)
    await desk.until_sent(1)
    assert [sent.text for sent in desk.sandbox.sent] == ["九点"]


async def test_a_long_overdue_reply_asks(desk: Desk) -> None:
    await says(desk, "几点")
    await wakes_at(desk, 8 * SECOND + 5 * MINUTE + SECOND)
    await desk.until(lambda: len(desk.states[1]) == 2)
    assert desk.states[1] == [S.HELD, S.HELD]  # it was not even begun
    reply = await desk.reply(1)
    assert (reply.due_at, reply.error) == (None, TOO_LATE)
    assert await desk.opened.desk.replies.release_held() == 1
    await desk.until_sent(1)


async def test_an_operators_message_from_before_the_sleep_asks(desk: Desk) -> None:
    thread = await says(desk, "在吗")
    written = await desk.opened.desk.replies.write(thread, "在的")
    await wakes_at(desk, 8 * 60 * MINUTE)
    asks = ReplyChanged(thread, written.id, S.HELD)
    await desk.until(lambda: desk.events.count(asks) == 2)
    reply = await desk.reply(written.id)
    assert (reply.state, reply.due_at, reply.error) == (S.HELD, None, TOO_LATE)
    assert desk.sandbox.sent == ()
    assert await desk.opened.desk.replies.release_held() == 1
    await desk.until_sent(1)


async def test_a_pause_that_is_over_ends(desk: Desk) -> None:
    await desk.opened.desk.outbox.pause(START + 3000 * SECOND)
    await wakes_at(desk, 4000 * SECOND)
    await desk.until(lambda: PauseChanged(False) in desk.events)


async def test_a_takeover_that_is_over_ends_and_says_so(desk: Desk) -> None:
    thread = await says(desk, "在吗")
    await desk.opened.desk.conversations.take_over(thread, TakeoverDuration(span=15 * MINUTE))
    await wakes_at(desk, 60 * MINUTE)
    await desk.until(lambda: any(isinstance(event, TakeoverEnded) for event in desk.events))


async def test_a_window_that_is_about_to_close_calls(desk: Desk) -> None:
    await says(desk, "在吗")
    await wakes_at(desk, timedelta(hours=46, minutes=30))
    await desk.until(lambda: any(isinstance(event, AttentionRaised) for event in desk.events))


async def test_an_account_goes_on_once_its_rest_is_over(desk: Desk) -> None:
    await says(desk, "几点")
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45011))
    await desk.opened.desk.replies.release(1)
    await desk.until_refused(1)
    await wakes_at(desk, 2 * MINUTE)
    await desk.until_sent(1)
