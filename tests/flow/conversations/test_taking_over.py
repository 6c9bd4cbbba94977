"""An operator writes or takes over while a rule's reply waits or is under way, by what WeChat received."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, sent, timed_desk
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import ApiCalled, DecisionMade
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import is_passed_over
from wxdesk.core.replies.on_new_message import SPOKE_MEANWHILE
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI = LI_LEI.openid
MINUTE = timedelta(minutes=1)
RULES = """
[[rules]]
name = "human"
when = { any = ["人工"] }
then = [{ reply = "马上为您转人工" }, { take_over = true }]

[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "at once"
when = { any = ["多少钱"] }
delivery = "send"
then = [{ reply = "十元" }]

[[rules]]
name = "how long"
when = { any = ["多久"] }
delivery = "draft"
then = [{ reply = "三天" }]

[[rules]]
name = "otherwise"
default = true
then = [{ reply = "稍等" }]
"""
S = ReplyState


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """Everything is held for 8 seconds."""
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=8) as made:
        yield made


async def says(desk: Desk, text: str) -> int:
    decided = [event for event in desk.events if isinstance(event, DecisionMade)]
    await desk.sandbox.say(LI, text)
    await desk.until(lambda: sum(isinstance(event, DecisionMade) for event in desk.events) > len(decided))
    return (await desk.thread(LI)).id


async def asking(desk: Desk) -> list[int]:
    """Held replies and drafts that stand under "For you"."""
    rows = await desk.opened.store.inbox.page(InboxFilter.PENDING)
    found = [reply for reply in await desk.opened.store.replies.pending() if not is_passed_over(reply)]
    assert sum(row.held + row.drafts for row in rows) == len(found)
    return [reply.id for reply in found]


async def test_writing_keeps_a_handing_over_rules_held_reply_as_a_draft(desk: Desk) -> None:
    thread = await says(desk, "转人工")
    await desk.opened.desk.replies.write(thread, "我在")
    promise = await desk.reply(1)
    assert (promise.state, is_passed_over(promise)) == (S.DRAFT, True)
    desk.move_to(START + MINUTE)
    await desk.until_sent(1)
    assert sent(desk) == ["我在"]
    taken_over = await desk.thread(LI)
    assert (taken_over.taken_over, taken_over.taken_over_until) == (True, None)  # the rule's takeover stays as it was


async def test_a_held_reply_leaves_where_writing_does_not_take_over(desk: Desk) -> None:
    preferences = desk.opened.desk.preferences
    await preferences.set(replace(preferences.now, writing_takes_over=False))
    await desk.opened.desk.replies.write(await says(desk, "转人工"), "我在")
    await desk.until_sent(1)
    desk.move_to(START + MINUTE)
    await desk.until_sent(2)
    assert sent(desk) == ["我在", "马上为您转人工"]


async def test_taking_over_cancels_the_held_reply_of_a_rule_that_took_over(desk: Desk) -> None:
    thread = await says(desk, "转人工")
    assert (await desk.thread(LI)).taken_over
    await desk.opened.desk.conversations.take_over(thread)
    assert (await desk.reply(1)).state is S.CANCELLED
    assert (await desk.thread(LI)).taken_over
    desk.move_to(START + MINUTE)
    assert sent(desk) == []


async def test_a_draft_waits_for_its_operator_through_a_takeover(desk: Desk) -> None:
    thread = await says(desk, "要多久")
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    await conversations.take_over(thread)
    assert ((await desk.reply(1)).state, await asking(desk)) == (S.DRAFT, [1])
    await conversations.hand_back(thread)
    await conversations.take_over(thread)
    await replies.release(1)
    await desk.until_sent(1)
    assert sent(desk) == ["三天"]


@pytest.mark.parametrize("edits", [False, True])
async def test_a_draft_released_during_a_takeover_counts_as_an_answer(desk: Desk, edits: bool) -> None:
    thread = await says(desk, "要多久")
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    await conversations.take_over(thread)
    if edits:
        await replies.edit(1, "四天")
    await replies.release(1)
    await desk.until_sent(1)
    assert (await desk.thread(LI)).waiting_since is None


async def test_a_released_promise_of_a_human_is_no_answer(desk: Desk) -> None:
    await says(desk, "转人工")
    await desk.opened.desk.replies.release(1)
    await desk.until_sent(1)
    assert (await desk.thread(LI)).waiting_since is not None


async def test_a_promise_edited_by_the_operator_is_an_answer(desk: Desk) -> None:
    await says(desk, "转人工")
    await desk.opened.desk.replies.edit(1, "我是小林，请说")
    await desk.opened.desk.replies.release(1)
    await desk.until_sent(1)
    assert (await desk.thread(LI)).waiting_since is None


async def test_a_passed_over_draft_can_still_be_released(desk: Desk) -> None:
    thread = await says(desk, "要多久")
    await desk.opened.desk.replies.write(thread, "看地方")
    await desk.until_sent(1)
    assert is_passed_over(await desk.reply(1))
    assert await asking(desk) == []
    await desk.restart()
    assert is_passed_over(await desk.reply(1))
    await desk.opened.desk.replies.release(1)
    await desk.until_sent(2)
    assert sent(desk) == ["看地方", "三天"]


async def test_a_passed_over_draft_is_cancelled_by_the_next_answer(desk: Desk) -> None:
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    thread = await says(desk, "要多久")
    await replies.write(thread, "看地方")
    await conversations.hand_back(thread)
    await says(desk, "那要多久")
    assert [(await desk.reply(one)).state for one in (1, 3)] == [S.CANCELLED, S.DRAFT]
    assert await asking(desk) == [3]


async def test_a_passed_over_draft_keeps_no_default_rule_from_answering(desk: Desk) -> None:
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    thread = await says(desk, "要多久")
    await replies.write(thread, "看地方")
    await conversations.hand_back(thread)
    await says(desk, "嗯")  # no rule knows this; the default answers it, unless an answer still waits
    assert [(await desk.reply(one)).state for one in (1, 3)] == [S.CANCELLED, S.HELD]


async def test_a_released_reply_is_not_cancelled_by_the_operators_next_message(desk: Desk) -> None:
    thread = await says(desk, "几点")
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45011))
    await desk.opened.desk.replies.release(1)
    await desk.until_refused(1)
    await desk.opened.desk.replies.write(thread, "别急")
    assert (await desk.reply(1)).state is S.QUEUED
    desk.move_to(START + 2 * MINUTE)
    await desk.until_sent(2)
    assert sent(desk) == ["九点", "别急"]


async def test_an_edited_draft_is_not_discarded_by_the_operators_next_message(desk: Desk) -> None:
    thread = await says(desk, "几点")
    replies = desk.opened.desk.replies
    await replies.lock_for_edit(1)
    await replies.edit(1, "早上九点，您呢")
    await replies.write(thread, "稍等")
    await desk.until_sent(1)
    assert ((await desk.reply(1)).state, (await desk.reply(1)).content.text) == (S.DRAFT, "早上九点，您呢")


@pytest.mark.parametrize("edits", [False, True])
@pytest.mark.parametrize("by_writing", [False, True])
async def test_an_unchanged_reply_unlocked_after_a_takeover_asks(desk: Desk, by_writing: bool, edits: bool) -> None:
    thread = await says(desk, "几点")
    replies, conversations = desk.opened.desk.replies, desk.opened.desk.conversations
    if edits:
        await replies.edit(1, "早上九点")
    before = await desk.reply(1)
    await replies.lock_for_edit(1)
    await (replies.write(thread, "我来") if by_writing else conversations.take_over(thread))
    left = await replies.unlock(before)
    assert (left.state, left.due_at, left.error) == (S.HELD, None, SPOKE_MEANWHILE)
    desk.move_to(START + MINUTE)
    if by_writing:
        await desk.until_sent(1)
    await says(desk, "嗯")  # the desk has looked at the time since
    assert sent(desk) == (["我来"] if by_writing else [])


async def test_an_unchanged_draft_unlocked_after_writing_is_as_it_was(desk: Desk) -> None:
    thread = await says(desk, "要多久")
    replies = desk.opened.desk.replies
    before = await desk.reply(1)
    await replies.lock_for_edit(1)
    await replies.write(thread, "看地方")
    assert not is_passed_over(await desk.reply(1))
    left = await replies.unlock(before)
    assert (left.state, left.error, left.by) == (S.DRAFT, "", "")


async def test_an_unchanged_reply_of_a_handing_over_rule_unlocked_stays_held(desk: Desk) -> None:
    await says(desk, "转人工")
    before = await desk.reply(1)
    await desk.opened.desk.replies.lock_for_edit(1)
    left = await desk.opened.desk.replies.unlock(before)
    assert (left.state, left.due_at) == (S.HELD, before.due_at)


@pytest.mark.parametrize("by_writing", [False, True])
async def test_a_reply_refused_by_wechat_during_a_takeover_is_not_retried(desk: Desk, by_writing: bool) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, milliseconds=1500))
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=-1))
    await says(desk, "多少钱")
    await desk.until(lambda: desk.states[1][-1:] == [S.SENDING])
    while desk.sandbox.faults.planned:  # until the call has arrived there
        await desk.sandbox.say(LI, "嗯")
    thread, replies, conversations = (
        (await desk.thread(LI)).id,
        desk.opened.desk.replies,
        desk.opened.desk.conversations,
    )
    await (replies.write(thread, "我来") if by_writing else conversations.take_over(thread))
    assert not any(isinstance(event, ApiCalled) and event.reply_id == 1 for event in desk.events)  # it has begun
    await desk.until(lambda: desk.states[1][-1] is S.CANCELLED)
    assert S.QUEUED not in desk.states[1][1:]
    assert (await desk.reply(1)).by == "operator"
    desk.move_to(START + MINUTE)
    if by_writing:
        await desk.until_sent(1)
    assert sent(desk) == (["我来"] if by_writing else [])
