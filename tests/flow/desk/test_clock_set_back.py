"""A clock that ran hours ahead is set right: waits of seconds that began by it last seconds, and none is cut short."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.takeover import LONGEST, TakeoverDuration
from wxdesk.core.events import Event, PauseChanged, TakeoverEnded
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.desk.runtime import timers
from wxdesk.sandbox.demo_customers import HAN_MEIMEI, LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.store.replies.pending.timers import CLOCK_SET_BACK

LI, HAN = LI_LEI.openid, HAN_MEIMEI.openid
SET_RIGHT = START - timedelta(hours=8)
SECOND = timedelta(seconds=1)
S = ReplyState
RULES = """
[[rules]]
name = "at once"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "held"
when = { any = ["发货"] }
delivery = { hold = 10 }
then = [{ reply = "已发货" }]
"""

pytestmark = pytest.mark.expects_log("The clock of this machine is")


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """What is written can be undone for 3 seconds. It looks at the clock more often than outside of tests."""
    monkeypatch.setattr(timers, "TICK_SECONDS", 0.01)
    async with timed_desk(tmp_path, RULES, undo_seconds=3) as made:
        yield made


def told[E: Event](desk: Desk, kind: type[E]) -> list[E]:
    return [event for event in desk.events if isinstance(event, kind)]


@pytest.mark.parametrize("code", [45011, 45009, 48001])
async def test_an_account_that_rests_tries_again_at_once(desk: Desk, code: int) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "send", times=1, errcode=code))
    await desk.sandbox.say(LI, "几点关门")
    await desk.until_refused(1)
    desk.clock.now = SET_RIGHT
    await desk.until_sent(1)


async def test_a_reply_that_is_tried_again_waits_for_seconds(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "send", times=1, errcode=-1))
    await desk.sandbox.say(LI, "几点关门")
    await desk.until_refused(1)
    desk.clock.now = SET_RIGHT
    await desk.until(lambda: desk.states[1][-3:] == [S.SENDING, S.QUEUED, S.QUEUED])
    assert (await desk.reply(1)).not_before == SET_RIGHT + SECOND
    desk.clock.now = SET_RIGHT + SECOND
    await desk.until_sent(1)


async def test_a_held_reply_waits_as_long_as_its_rule_says(desk: Desk) -> None:
    await desk.sandbox.say(LI, "发货吗")
    await desk.until(lambda: desk.states[1] == [S.HELD])
    desk.clock.now = SET_RIGHT
    await desk.until(lambda: desk.states[1] == [S.HELD, S.HELD])
    assert (await desk.reply(1)).due_at == SET_RIGHT + 10 * SECOND
    assert (await desk.opened.store.replies.steps(1))[-1].reason == CLOCK_SET_BACK
    desk.clock.now = SET_RIGHT + 10 * SECOND
    await desk.until_sent(1)


async def test_what_an_operator_wrote_leaves_when_it_can_no_longer_be_undone(desk: Desk) -> None:
    await desk.says(LI, "在吗")
    written = await desk.opened.desk.replies.write((await desk.thread(LI)).id, "在的")
    desk.clock.now = SET_RIGHT
    await desk.until(lambda: desk.states[written.id] == [S.HELD, S.HELD])
    desk.clock.now = SET_RIGHT + 3 * SECOND
    await desk.until_sent(1)


async def test_a_pause_lasts_as_long_as_was_chosen(desk: Desk) -> None:
    await desk.opened.desk.outbox.pause(START + timedelta(hours=1))
    await desk.says(LI, "在吗")
    desk.clock.now = SET_RIGHT
    pauses = desk.opened.pause
    await desk.until(lambda: told(desk, PauseChanged)[-1].until == SET_RIGHT + timedelta(hours=1))
    desk.move_to(SET_RIGHT + timedelta(minutes=59))
    assert pauses.on
    desk.move_to(SET_RIGHT + timedelta(hours=1))
    await desk.until(lambda: not pauses.on)


async def test_a_takeover_begun_a_year_ahead_ends_and_one_of_today_stays(desk: Desk) -> None:
    thread, other = (await desk.says(LI, "在吗")).conversation_id, (await desk.says(HAN, "在吗")).conversation_id
    take_over = desk.opened.desk.conversations.take_over
    await take_over(thread, TakeoverDuration(span=timedelta(hours=1)))
    desk.clock.now = START - timedelta(days=365)
    await take_over(other, TakeoverDuration(until=START))
    await desk.until(lambda: [event.conversation_id for event in told(desk, TakeoverEnded)] == [thread])
    assert not is_taken_over(await desk.thread(LI), desk.clock())
    assert (await desk.thread(HAN)).taken_over_until == desk.clock() + LONGEST


async def test_what_an_operator_wrote_for_a_time_keeps_it(desk: Desk) -> None:
    await desk.says(LI, "在吗")
    later = START + timedelta(hours=1)
    written = await desk.opened.desk.replies.write((await desk.thread(LI)).id, "在的", at=later)
    held = await desk.opened.desk.replies.write((await desk.thread(LI)).id, "稍等")
    desk.clock.now = SET_RIGHT
    await desk.until(lambda: desk.states[held.id] == [S.HELD, S.HELD])
    assert (await desk.reply(written.id)).not_before == later
