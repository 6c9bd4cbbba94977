"""What becomes of replies while WeChat is not reached, and once it is again, by real HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.attention import AttentionReason
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import BEHIND_UNREACHED, TOO_LATE, UNREACHED
from wxdesk.desk.replies.outcomes import MISSED_IN_A_ROW
from wxdesk.sandbox.demo_customers import HAN_MEIMEI, LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI, WANG, HAN = LI_LEI.openid, WANG_FANG.openid, HAN_MEIMEI.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def write(desk: Desk, *openids: str) -> list[Reply]:
    """An operator writes to contacts who have written."""
    return [await desk.opened.desk.replies.write((await desk.thread(openid)).id, "在的") for openid in openids]


async def missed(desk: Desk, reply_id: int, tries: int) -> None:
    """The reply has been tried so often, each time as soon as its wait was over."""
    for made in range(1, tries + 1):
        await desk.until(partial(lambda made: desk.states[reply_id].count(ReplyState.SENDING) >= made, made))
        await desk.until(lambda: desk.states[reply_id][-1] is not ReplyState.SENDING)
        if made < tries:
            desk.move_to((await desk.reply(reply_id)).not_before or desk.clock.now)


@asynccontextmanager
async def away(desk: Desk) -> AsyncIterator[None]:
    """WeChat is not reached meanwhile."""
    port = int(desk.sandbox.url.rpartition(":")[2])
    await desk.sandbox.stop()
    yield
    desk.sandbox._port = port
    await desk.sandbox.start()


async def test_the_first_that_gets_through_lets_the_others_leave_at_once(desk: Desk) -> None:
    async with away(desk):
        for openid in (LI, WANG):
            await desk.says(openid, "几点")
        await missed(desk, 1, 12)
        assert desk.clock.now - START > desk.opened.desk.preferences.now.late_after, "but what is tried is not late"
        await desk.until(lambda: "cannot send" in desk.trouble and desk.states[2][-1] is ReplyState.QUEUED)
        await desk.says(HAN, "几点")
        await missed(desk, 3, 1)
    soonest, *later = sorted([(await desk.reply(one)).not_before or START for one in (1, 2, 3)])
    assert soonest < later[0]
    desk.move_to(soonest)
    await desk.until_sent(3)
    assert desk.clock.now == soonest
    await desk.until(lambda: desk.trouble == "")


async def test_the_operator_lets_all_try_at_once(desk: Desk) -> None:
    for openid in (LI, WANG):
        await desk.says(openid, "在吗")
    async with away(desk):
        [first, second] = await write(desk, LI, WANG)
        await missed(desk, first.id, MISSED_IN_A_ROW)
        await desk.until(lambda: desk.states[second.id][-1] is ReplyState.QUEUED)
        [trouble] = desk.opened.desk.health.state.troubles
        assert trouble.account == "shop"
        for _ in range(20):  # more often than a reply is tried by itself
            tried = desk.states[second.id].count(ReplyState.SENDING)
            await desk.opened.desk.outbox.try_now("shop")
            await desk.until(partial(lambda tried: desk.states[second.id].count(ReplyState.SENDING) > tried, tried))
            await desk.until(lambda: desk.states[second.id][-1] is not ReplyState.SENDING)
    await desk.opened.desk.outbox.try_now("shop")
    await desk.until_sent(2)


async def test_a_pause_ends_what_is_told_until_an_operator_writes(desk: Desk) -> None:
    async with away(desk):
        await desk.says(LI, "几点")
        await missed(desk, 1, MISSED_IN_A_ROW)
        await desk.until(lambda: "tried again by themselves" in desk.trouble)
        await desk.opened.desk.outbox.pause()
        await desk.until(lambda: desk.trouble == "")
        [written] = await write(desk, LI)
        await missed(desk, written.id, MISSED_IN_A_ROW)
        await desk.until(lambda: "tried again by themselves" in desk.trouble)
        assert desk.states[1].count(ReplyState.SENDING) == MISSED_IN_A_ROW


@pytest.mark.parametrize("author", [Author.RULE, Author.OPERATOR])
async def test_after_ten_minutes_it_waits_for_the_operator(desk: Desk, author: Author) -> None:
    await desk.says(LI, "在吗")
    async with away(desk):
        await (write(desk, LI) if author is Author.OPERATOR else desk.says(LI, "几点"))
        reply = await desk.reply(1)
        await missed(desk, reply.id, 15)
        await desk.until(lambda: desk.states[reply.id][-1] is ReplyState.HELD)
        assert timedelta(minutes=9) < desk.clock.now - START <= timedelta(minutes=10)
        held = await desk.reply(reply.id)
        assert (held.due_at, held.error, held.author) == (None, UNREACHED, author)
        await desk.until(lambda: desk.trouble == "")
        attention = desk.opened.desk.attention
        await desk.until(lambda: AttentionReason.FAILED in {one.cause for one in attention.unseen if one.rings})
    desk.move_to(desk.clock.now + timedelta(hours=1))
    assert (await desk.reply(reply.id)).state is ReplyState.HELD
    [one] = await desk.opened.desk.inbox.held_replies()
    assert await desk.opened.desk.replies.release_held([one.reply.id]) == 1
    await desk.until_sent(1)


@pytest.mark.parametrize("seconds", [10, 60])
async def test_tries_that_hang_leave_time_to_stop_the_reply_and_end_after_ten_minutes(desk: Desk, seconds: int) -> None:
    async def hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        desk.clock.now += timedelta(seconds=seconds)
        writer.close()

    async with away(desk), await asyncio.start_server(hang, "127.0.0.1", int(desk.sandbox.url.rpartition(":")[2])):
        desk.opened.out.client._tokens._held.clear()  # so that what hangs has sent nothing
        await desk.says(LI, "几点")
        waits = list[float]()
        while True:
            await desk.until(lambda: desk.states[1].count(ReplyState.SENDING) > len(waits))
            await desk.until(lambda: desk.states[1][-1] is not ReplyState.SENDING)
            reply = await desk.reply(1)
            if reply.state is ReplyState.HELD:
                break
            assert reply.not_before is not None
            waits.append((reply.not_before - desk.clock.now).total_seconds())
            desk.move_to(reply.not_before)
    assert waits[0] == 1
    assert min(waits[1:]) == seconds, waits
    assert timedelta(minutes=9) < desk.clock.now - START <= timedelta(minutes=11)


async def test_what_was_written_after_one_that_is_given_up_does_not_leave_before_it(desk: Desk) -> None:
    await desk.says(LI, "在吗")
    async with away(desk):
        [first] = await write(desk, LI)
        second = await desk.opened.desk.replies.write(first.conversation_id, "还在")
        await missed(desk, first.id, 15)
        await desk.until(lambda: desk.states[first.id][-1] is desk.states[second.id][-1] is ReplyState.HELD)
    assert (await desk.reply(second.id)).error == BEHIND_UNREACHED
    assert await desk.opened.desk.replies.release_held([first.id, second.id]) == 2
    await desk.until_sent(2)
    assert [sent.text for sent in desk.sandbox.sent] == ["在的", "还在"]


async def test_a_takeover_during_its_last_try_cancels_it(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    asked, over = asyncio.Event(), asyncio.Event()

    async def answer_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await over.wait()
        writer.close()

    async with away(desk):
        desk.opened.out.client._tokens._held.clear()  # so that the call that is cut off sends nothing
        await desk.says(LI, "几点")
        await missed(desk, 1, 14)
        server = await asyncio.start_server(answer_nothing, "127.0.0.1", int(desk.sandbox.url.rpartition(":")[2]))
        async with server:
            desk.move_to((await desk.reply(1)).not_before or START)
            await asked.wait()
            await desk.opened.desk.conversations.take_over(thread)
            over.set()
            await desk.until(lambda: desk.states[1][-1] is ReplyState.CANCELLED)


async def test_what_an_account_could_not_send_in_time_waits_for_one_word_of_the_operator(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=48001))
    await desk.says(LI, "几点")
    await desk.until_refused(1)
    for openid in (WANG, HAN):
        await desk.says(openid, "几点")
    desk.move_to(START + timedelta(minutes=20))
    await desk.until(lambda: all(desk.states[one][-1] is ReplyState.HELD for one in (1, 2, 3)))
    for one in (1, 2, 3):
        reply = await desk.reply(one)
        assert (reply.due_at, reply.error) == (None, TOO_LATE)
    assert desk.sandbox.sent == ()
    assert await desk.opened.desk.replies.release_held() == 3
    await desk.until_sent(3)
    await desk.until(lambda: desk.trouble == "")
