"""Replies already queued when the mode becomes hold are held too, by what WeChat received."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.timed_desk import Desk, after, sent, stands, timed_desk
from tests.postgresql import Postgres
from wxdesk.config.reading import StoreSettings
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import CHANGED_BY, TOO_LATE, StepKind
from wxdesk.core.replies.on_new_message import LAST_MOMENT
from wxdesk.sandbox.demo_customers import HAN_MEIMEI, LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI, WANG, HAN = LI_LEI.openid, WANG_FANG.openid, HAN_MEIMEI.openid
S = ReplyState
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "welcome"
on = ["enter_session"]
then = [{ reply = "欢迎" }]

[[rules]]
name = "two"
when = { any = ["两段"] }
then = [{ reply = "第一" }, { typing = 5 }, { reply = "第二" }]

[[rules]]
name = "at once"
when = { any = ["多少钱"] }
delivery = "send"
then = [{ reply = "十元" }]

[[rules]]
name = "held"
when = { any = ["发货"] }
delivery = { hold = 10 }
then = [{ reply = "明天" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Everything leaves at once."""
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def rests(desk: Desk) -> None:
    """WeChat does not let the account send; reply 1 was tried, and what is said from then on waits in the queue."""
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=48001))
    await desk.says(LI, "几点")
    await desk.until(lambda: "cannot send" in desk.trouble and desk.states[1][-1] is S.QUEUED)


async def goes_on(desk: Desk) -> None:
    """It may send again."""
    await desk.opened.desk.outbox.try_now("shop")


async def held_at_once(desk: Desk, seconds: int = 60) -> None:
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.HOLD, seconds)


async def test_queued_replies_are_held_from_the_change_to_hold_on(desk: Desk) -> None:
    await rests(desk)
    await desk.says(WANG, "几点")
    desk.move_to(after(20))
    await held_at_once(desk)
    assert await stands(desk, 1, 2) == [(S.HELD, after(80)), (S.HELD, after(80))]
    reply = await desk.reply(2)
    assert (reply.mode, reply.mode_from) == (ReplyMode.HOLD, ModeSource.ACCOUNT)
    [step] = await desk.opened.store.replies.steps(2)
    assert (step.kind, step.until, step.reason) == (StepKind.HOLD, after(80), CHANGED_BY[ModeSource.ACCOUNT])
    await goes_on(desk)
    desk.move_to(after(79))
    await desk.says(HAN, "在吗")
    assert sent(desk) == []
    desk.move_to(after(80))
    await desk.until_sent(2)


@pytest.mark.postgres
async def test_queued_replies_are_held_on_a_shared_database_too(tmp_path: Path, postgres: Postgres) -> None:
    async with timed_desk(tmp_path, RULES, store=StoreSettings(postgres.fresh())) as desk:
        await rests(desk)
        thread = await desk.thread(LI)
        await desk.opened.desk.conversations.set_mode(thread.id, ReplyMode.HOLD)
        assert await stands(desk, 1) == [(S.HELD, after(8))]


async def test_a_later_part_is_held_behind_its_typing_pause(desk: Desk) -> None:
    thread = (await desk.says(LI, "两段")).conversation_id
    await desk.until_sent(1)
    desk.move_to(after(2))
    await desk.opened.desk.conversations.set_mode(thread, ReplyMode.HOLD)
    assert await stands(desk, 2) == [(S.HELD, after(5 + 8))]
    assert (await desk.reply(2)).mode_from is ModeSource.CONVERSATION
    desk.move_to(after(6))
    await desk.says(WANG, "在吗")
    assert sent(desk) == ["第一"]
    desk.move_to(after(13))
    await desk.until_sent(2)


async def test_a_reply_that_was_held_is_not_held_again(desk: Desk) -> None:
    await rests(desk)
    await desk.says(WANG, "发货")
    desk.move_to(after(10))
    await desk.until(lambda: desk.states[2][-1] is S.QUEUED)
    await desk.opened.desk.conversations.set_mode((await desk.thread(WANG)).id, ReplyMode.HOLD)
    assert (await desk.reply(2)).state is S.QUEUED


async def test_a_rules_delivery_precedes_the_account_mode_but_not_the_conversations(desk: Desk) -> None:
    await rests(desk)
    await desk.says(WANG, "多少钱")
    await held_at_once(desk)
    assert (await desk.reply(2)).state is S.QUEUED
    await desk.opened.desk.conversations.set_mode((await desk.thread(WANG)).id, ReplyMode.HOLD)
    assert await stands(desk, 2) == [(S.HELD, after(60))]


async def test_replies_are_held_when_a_conversation_follows_its_account_again(desk: Desk) -> None:
    await rests(desk)
    conversations, thread = desk.opened.desk.conversations, (await desk.thread(LI)).id
    await conversations.set_mode(thread, ReplyMode.AUTO)
    await held_at_once(desk)
    assert (await desk.reply(1)).state is S.QUEUED
    await conversations.set_mode(thread, None)
    assert await stands(desk, 1) == [(S.HELD, after(60))]


async def test_replies_written_or_released_by_an_operator_are_not_held(desk: Desk) -> None:
    await rests(desk)
    await desk.says(WANG, "发货")
    replies = desk.opened.desk.replies
    await replies.release(2)
    await replies.write((await desk.says(HAN, "在吗")).conversation_id, "在的")
    await held_at_once(desk)
    assert [state for state, _ in await stands(desk, 1, 2, 3)] == [S.HELD, S.QUEUED, S.QUEUED]


async def test_a_stale_queued_reply_asks_instead_of_counting_down(desk: Desk) -> None:
    await rests(desk)
    desk.clock.now = after(301)
    await held_at_once(desk)
    reply = await desk.reply(1)
    assert (reply.state, reply.due_at, reply.error) == (S.HELD, None, TOO_LATE)


async def test_no_hold_outlives_the_reply_window(desk: Desk) -> None:
    await rests(desk)
    await desk.enters(WANG)  # WeChat allows a minute for that
    assert (await desk.thread(WANG)).window.until == after(60)
    await held_at_once(desk, seconds=3600)
    assert await stands(desk, 1, 2) == [(S.HELD, after(3600)), (S.HELD, after(60) - LAST_MOMENT)]
