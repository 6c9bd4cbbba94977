"""Undo send: an operator's message can be taken back for 3 s, by what WeChat received."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import AFTER_RESTART, is_passed_over
from wxdesk.core.replies.on_new_message import SPOKE_MEANWHILE, WORD_TAKEN_BACK
from wxdesk.desk.replies import outbox
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI, WANG = LI_LEI.openid, WANG_FANG.openid
S = ReplyState
SECOND = timedelta(seconds=1)
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "hurry"
when = { any = ["急吗"] }
delivery = { hold = 8 }
then = [{ reply = "不急" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES, undo_seconds=3) as made:
        yield made


async def asks(desk: Desk, text: str = "在吗", openid: str = LI) -> int:
    """A customer writes; the conversation, once the desk has decided."""
    return (await desk.says(openid, text)).conversation_id


async def writes(desk: Desk, thread: int, text: str) -> Reply:
    return await desk.opened.desk.replies.write(thread, text)


def received(desk: Desk, openid: str = LI) -> list[str]:
    return [sent.text for sent in desk.sandbox.sent if sent.openid == openid]


async def wait_undo(desk: Desk, seconds: int) -> None:
    preferences = desk.opened.desk.preferences
    await preferences.set(replace(preferences.now, undo_seconds=seconds))


async def test_an_operators_message_leaves_after_the_undo_time(desk: Desk) -> None:
    reply = await writes(desk, await asks(desk), "在的")
    assert (reply.state, reply.due_at) == (S.HELD, START + 3 * SECOND)
    desk.move_to(START + 3 * SECOND)
    await desk.until_sent(1)
    assert desk.sent_at(LI) == [START + 3 * SECOND]


async def test_an_operators_message_leaves_at_once_where_undo_is_switched_off(desk: Desk) -> None:
    await wait_undo(desk, 0)
    assert (await writes(desk, await asks(desk), "在的")).state is S.QUEUED
    await desk.until_sent(1)
    assert desk.sent_at(LI) == [START]


async def test_an_undone_message_never_leaves_and_holds_up_no_other(desk: Desk) -> None:
    thread = await asks(desk)
    wrong = await writes(desk, thread, "打错了")
    desk.move_to(START + SECOND)
    await writes(desk, thread, "对的")
    [undone] = await desk.opened.desk.replies.undo(wrong.id)
    assert (undone.state, undone.by, undone.content.text) == (S.CANCELLED, "operator", "打错了")
    desk.move_to(START + 4 * SECOND)
    await desk.until_sent(1)
    assert received(desk) == ["对的"]
    assert S.SENDING not in desk.states[wrong.id]


async def test_undo_makes_the_passed_over_draft_ask_again(desk: Desk) -> None:
    thread = await asks(desk, "急吗")
    held = (await desk.opened.store.replies.pending())[0]
    assert held.state is S.HELD
    first, second = await writes(desk, thread, "打错了"), await writes(desk, thread, "又错了")
    kept = await desk.reply(held.id)
    assert (kept.state, is_passed_over(kept)) == (S.DRAFT, True)
    await desk.opened.desk.replies.undo(first.id)
    assert is_passed_over(await desk.reply(held.id))  # the operator's other message still leaves
    await desk.opened.desk.replies.undo(second.id)
    asking = await desk.reply(held.id)
    assert (asking.state, is_passed_over(asking), asking.error) == (S.DRAFT, False, WORD_TAKEN_BACK)
    desk.move_to(START + timedelta(minutes=1))
    await asks(desk, openid=WANG)  # the desk has looked at the time since
    assert received(desk) == []
    await desk.opened.desk.replies.release(held.id)
    await desk.until_sent(1)
    assert received(desk) == ["不急"]


async def test_undo_lets_the_message_queued_behind_leave_at_once(desk: Desk) -> None:
    thread = await asks(desk)
    wrong = await writes(desk, thread, "打错了")
    await wait_undo(desk, 0)
    await writes(desk, thread, "对的")
    other = await asks(desk, openid=WANG)
    await writes(desk, other, "您好")
    await desk.until_sent(1)  # the outbox has looked at the queue since
    assert received(desk) == []
    await desk.opened.desk.replies.undo(wrong.id)
    await desk.until_sent(2)
    assert received(desk) == ["对的"]


async def test_messages_leave_in_order_when_the_undo_time_is_shortened(desk: Desk) -> None:
    thread = await asks(desk)
    await writes(desk, thread, "一")
    await wait_undo(desk, 1)
    desk.move_to(START + SECOND)
    await writes(desk, thread, "二")
    desk.move_to(START + 2 * SECOND)
    await desk.until(lambda: any(states[-1:] == [S.QUEUED] for states in desk.states.values()))
    desk.move_to(START + 3 * SECOND)
    await desk.until_sent(2)
    assert received(desk) == ["一", "二"]


async def test_undo_of_a_sent_message_is_refused(desk: Desk) -> None:
    reply = await writes(desk, await asks(desk), "在的")
    desk.move_to(START + 3 * SECOND)
    await desk.until_sent(1)
    with pytest.raises(MoveNotAllowed):
        await desk.opened.desk.replies.undo(reply.id)
    assert (await desk.reply(reply.id)).state is S.SENT


async def test_undo_cancels_all_parts_of_a_long_text(desk: Desk) -> None:
    thread = await asks(desk)
    parts = await desk.opened.desk.replies.write_split(thread, "第一段。" * 160 + "\n\n" + "第二段。" * 160, 2)
    assert {part.due_at for part in parts} == {START + 3 * SECOND}
    undone = await desk.opened.desk.replies.undo(parts[1].id)
    assert [(part.id, part.state) for part in undone] == [(part.id, S.CANCELLED) for part in parts]


async def test_a_closing_window_leaves_no_time_to_undo(desk: Desk) -> None:
    thread = await asks(desk)
    until = (await desk.thread(LI)).window.until
    assert until is not None
    desk.move_to(until - 12 * SECOND)
    assert (await writes(desk, thread, "在的")).state is S.QUEUED
    await desk.until_sent(1)


async def test_a_countdown_is_changed_by_neither_a_customers_message_nor_a_pause(desk: Desk) -> None:
    thread = await asks(desk)
    reply = await writes(desk, thread, "在的")
    await desk.opened.desk.outbox.pause()
    await asks(desk, "几点")
    await desk.opened.desk.replies.cancel_held()
    await desk.opened.desk.replies.release_held()
    assert await desk.reply(reply.id) == reply
    desk.move_to(START + 3 * SECOND)
    await desk.until_sent(1)
    assert received(desk) == ["在的"]


async def test_a_clean_stop_sends_messages_that_count_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "LINGER_SECONDS", 20.0)  # all the time that a slow machine needs
    first, second = await asks(desk), await asks(desk, openid=WANG)
    await writes(desk, first, "一")
    await writes(desk, first, "二")
    await writes(desk, second, "三")
    await desk.restart()
    assert (received(desk), received(desk, WANG)) == (["一", "二"], ["三"])


async def test_a_message_that_a_stop_could_not_send_asks_at_the_next_start(desk: Desk) -> None:
    thread = await asks(desk)
    lost, kept = await writes(desk, thread, "一"), await writes(desk, thread, "二")
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.BEFORE))
    await desk.restart()
    assert (await desk.reply(lost.id)).state is S.UNKNOWN
    reply = await desk.reply(kept.id)
    assert (reply.state, reply.due_at, reply.error) == (S.HELD, None, AFTER_RESTART)
    [row] = await desk.opened.store.inbox.page(InboxFilter.PENDING)
    assert row.held == 1
    await desk.opened.desk.replies.release(kept.id)
    await desk.until_sent(1)
    assert received(desk) == ["二"]


@pytest.mark.expects_log("waits? for the (store|next start): the store is closed")
async def test_a_message_that_counted_down_at_a_crash_asks(desk: Desk) -> None:
    reply = await writes(desk, await asks(desk), "在的")
    await desk.opened.store.close()
    await desk.restart()
    found = await desk.reply(reply.id)
    assert (found.author, found.state, found.due_at) == (Author.OPERATOR, S.HELD, None)
    desk.move_to(START + timedelta(minutes=1))
    await desk.opened.desk.replies.cancel(reply.id)
    assert received(desk) == []


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("earlier", [False, True])
async def test_undo_makes_a_reply_being_edited_ask_and_says_why(desk: Desk, earlier: bool, by_hand: bool) -> None:
    thread = await asks(desk, "急吗")
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    before = await desk.reply(1)
    await replies.lock_for_edit(1)
    if earlier:
        await writes(desk, thread, "我来看看")
        desk.move_to(START + 4 * SECOND)
        await desk.until_sent(1)
    if by_hand:
        await conversations.take_over(thread)
    word = await writes(desk, thread, "不急")
    assert (await desk.reply(1)).error == SPOKE_MEANWHILE
    await replies.undo(word.id)
    left = await replies.unlock(before)
    why = SPOKE_MEANWHILE if earlier or by_hand else WORD_TAKEN_BACK
    assert (left.state, left.due_at, left.error) == (S.HELD, None, why)
    assert (await desk.opened.store.replies.steps(1))[-1].reason == why
    desk.move_to(START + 60 * SECOND)
    await asks(desk, "嗯")  # the desk has looked at the time since
    assert received(desk) == (["我来看看"] if earlier else [])


async def test_undo_returns_a_draft_that_was_being_edited_unchanged(desk: Desk) -> None:
    thread = await asks(desk, "急吗")
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    await conversations.set_mode(thread, ReplyMode.DRAFT)
    before = await desk.reply(1)
    await replies.lock_for_edit(1)
    await replies.undo((await writes(desk, thread, "不急")).id)
    left = await replies.unlock(before)
    assert (left.state, left.error, left.by) == (S.DRAFT, before.error, "")


async def test_undo_of_all_messages_leaves_a_takeover_chosen_meanwhile(desk: Desk) -> None:
    thread = await asks(desk, "急吗")
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    first = await writes(desk, thread, "不急")
    await conversations.take_over(thread)
    then = await writes(desk, thread, "慢慢来")
    for written in (first, then):
        await replies.undo(written.id)
    assert (await desk.opened.store.conversations.get(thread)).taken_over
