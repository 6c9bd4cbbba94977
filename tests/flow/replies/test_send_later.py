"""A reply for a later time: it leaves then, also after a restart, and asks if the customer writes first."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, sent, timed_desk
from wxdesk.core.errors import BadInput
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import TOO_LATE, StepKind, is_scheduled
from wxdesk.core.replies.on_new_message import WROTE_BEFORE
from wxdesk.sandbox.demo_customers import LI_LEI

LI = LI_LEI.openid
HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, "", undo_seconds=3) as made:
        yield made


@pytest.fixture
async def later(desk: Desk) -> Reply:
    """One for in an hour."""
    thread = (await desk.says(LI, "在吗")).conversation_id
    reply = await desk.opened.desk.replies.write(thread, "明早好", START + HOUR)
    assert is_scheduled(reply)
    return reply


async def test_a_reply_for_later_leaves_at_its_time_and_newer_messages_before_it(desk: Desk, later: Reply) -> None:
    assert not (await desk.thread(LI)).taken_over
    await desk.opened.desk.replies.write(later.conversation_id, "在的")
    desk.move_to(START + timedelta(seconds=4))
    await desk.until_sent(1)
    desk.move_to(START + HOUR)
    await desk.until_sent(2)
    assert sent(desk) == ["在的", "明早好"]


async def test_a_reply_for_later_asks_if_the_customer_writes_first(desk: Desk, later: Reply) -> None:
    await desk.enters(LI)
    assert is_scheduled(await desk.reply(later.id))
    await desk.says(LI, "不用了")
    held = await desk.reply(later.id)
    assert (held.state, held.due_at, held.error) == (ReplyState.HELD, None, WROTE_BEFORE)
    desk.move_to(START + 2 * HOUR)
    await desk.opened.desk.replies.release(later.id)
    await desk.until_sent(1)


async def test_a_reply_for_a_time_after_the_reply_window_is_refused(desk: Desk, later: Reply) -> None:
    with pytest.raises(BadInput, match="is over by then"):
        await desk.opened.desk.replies.write(later.conversation_id, "后天好", START + timedelta(hours=48))


@pytest.mark.parametrize("late", [-HOUR / 2, HOUR])
async def test_a_reply_for_later_leaves_in_time_or_asks_after_a_restart(
    desk: Desk, later: Reply, late: timedelta
) -> None:
    desk.clock.now = START + HOUR + late
    await desk.restart()
    assert is_scheduled(await desk.reply(later.id)) is (late < timedelta())
    desk.move_to(max(desk.clock.now, START + HOUR))
    if late > timedelta():
        assert (await desk.reply(later.id)).state is ReplyState.HELD
    else:
        await desk.until_sent(1)


async def test_a_reply_for_later_asks_after_a_sleep_past_its_time(desk: Desk, later: Reply) -> None:
    desk.move_to(START + 2 * HOUR)
    await desk.until(lambda: desk.states[later.id][-1] is ReplyState.HELD)
    held = await desk.reply(later.id)
    assert (held.due_at, held.error) == (None, TOO_LATE)
    await desk.opened.desk.replies.release(later.id)
    await desk.until_sent(1)


async def test_the_list_shows_a_reply_for_later_once_it_has_arrived(desk: Desk, later: Reply) -> None:
    assert (await desk.thread(LI)).preview == "在吗"
    desk.move_to(START + HOUR)
    await desk.until_sent(1)
    assert (await desk.thread(LI)).preview == "明早好"


async def test_a_reply_for_later_can_be_sent_now_and_only_once(desk: Desk, later: Reply) -> None:
    released = await asyncio.gather(
        *(desk.opened.desk.replies.release(later.id) for _ in range(3)), return_exceptions=True
    )
    assert [type(one) for one in released].count(Reply) == 1
    assert not is_scheduled(await desk.reply(later.id))
    await desk.until_sent(1)
    desk.move_to(START + 2 * HOUR)
    assert sent(desk) == ["明早好"]
    [step] = await desk.opened.store.replies.steps(later.id)
    assert step.kind is StepKind.RELEASE


async def test_a_cancelled_reply_for_later_never_leaves(desk: Desk, later: Reply) -> None:
    assert (await desk.opened.desk.replies.cancel(later.id)).state is ReplyState.CANCELLED
    desk.move_to(START + HOUR)
    assert sent(desk) == []
