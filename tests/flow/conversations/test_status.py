"""Rules and operators resolve and snooze conversations, through the real outbox and over restarts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.flow.timed_desk import Desk, after, timed_desk
from wxdesk.core.conversations.attention import AttentionReason
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import AttentionChanged, AttentionRaised, ConversationChanged, DecisionMade
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Conversation, ConversationStatus
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI = LI_LEI.openid
RULES = """
[[rules]]
name = "thanks"
when = { any = ["谢谢"] }
then = [{ reply = "不客气" }, { typing = 3 }, { reply = "再见" }, { resolve = true }]

[[rules]]
name = "later"
when = { any = ["明天"] }
then = [{ reply = "好的，稍后联系您" }, { snooze = 60 }]

[[rules]]
name = "nod"
when = { exact = ["嗯"] }
then = [{ resolve = true }]

[[rules]]
name = "put off"
when = { exact = ["不急"] }
then = [{ snooze = 30 }]

[[rules]]
name = "shadow"
when = { any = ["看看"] }
then = [{ reply = "随便看" }, { resolve = true }]
delivery = "shadow"

[[rules]]
name = "refund"
when = { any = ["退款"] }
then = [{ take_over = true }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def says(desk: Desk, text: str) -> Outcome:
    before = len(desk.events)
    await desk.sandbox.say(LI, text)
    await desk.until(lambda: any(isinstance(event, DecisionMade) for event in desk.events[before:]))
    made = next(event for event in desk.events[before:] if isinstance(event, DecisionMade))
    decision = await desk.opened.store.decision_history.for_message(made.message_id)
    assert decision is not None
    return decision.outcome


async def li(desk: Desk) -> Conversation:
    [row] = await desk.opened.store.inbox.page(InboxFilter.ANY_STATUS)
    return row.conversation


async def status(desk: Desk) -> ConversationStatus:
    return (await li(desk)).status


def raised(desk: Desk) -> list[AttentionReason]:
    return [event.cause for event in desk.events if isinstance(event, AttentionRaised)]


async def test_a_rule_resolves_once_its_last_reply_has_been_sent(desk: Desk) -> None:
    await says(desk, "谢谢")
    await desk.until_sent(1)
    assert await status(desk) is ConversationStatus.OPEN
    desk.move_to(after(3))
    await desk.until_sent(2)
    thread = await li(desk)
    assert (thread.resolved_at, thread.aside_by) == (after(3), "thanks")
    assert await desk.opened.store.inbox.page(InboxFilter.ALL) == []
    await desk.restart()
    assert await status(desk) is ConversationStatus.RESOLVED


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (SimulatedFault(FaultKind.ERRCODE, errcode=45015), ReplyState.FAILED),
        (SimulatedFault(FaultKind.AFTER), ReplyState.UNKNOWN),
    ],
)
async def test_a_rule_does_not_set_aside_where_its_reply_failed_or_is_unknown(
    desk: Desk, fault: SimulatedFault, state: ReplyState
) -> None:
    desk.sandbox.faults.plan(fault)
    await says(desk, "明天")
    await desk.until(lambda: desk.states[1][-1:] == [state])
    assert await status(desk) is ConversationStatus.OPEN
    [row] = await desk.opened.store.inbox.page(InboxFilter.NEEDS_HUMAN)
    assert row.failed is not None


async def test_a_message_before_the_rules_last_reply_keeps_the_conversation_open(desk: Desk) -> None:
    await says(desk, "谢谢")
    await desk.until_sent(1)
    await says(desk, "还有一个问题")
    desk.move_to(after(3))
    await desk.until_sent(2)
    assert await status(desk) is ConversationStatus.OPEN


async def test_a_message_reopens_a_resolved_conversation(desk: Desk) -> None:
    await says(desk, "嗯")
    assert await status(desk) is ConversationStatus.RESOLVED
    desk.move_to(after(10))
    assert await says(desk, "在吗") is Outcome.UNMATCHED
    thread = await li(desk)
    assert (thread.status, thread.unread) == (ConversationStatus.OPEN, 2)


async def test_a_rule_without_a_reply_sets_aside_at_once_with_its_own_outcome(desk: Desk) -> None:
    assert await says(desk, "嗯") is Outcome.RESOLVED
    assert await says(desk, "不急") is Outcome.SNOOZED
    thread = await li(desk)
    assert (thread.snoozed_until, thread.aside_by) == (after(1800), "put off")
    assert thread.waiting_since is not None


async def test_a_rule_that_only_resolves_keeps_the_reply_held_and_the_conversation_open(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=8) as desk:
        await says(desk, "明天")
        desk.clock.now = after(5)
        assert await says(desk, "嗯") is Outcome.RESOLVED
        assert await status(desk) is ConversationStatus.OPEN
        reply = await desk.reply(1)
        assert (reply.state, reply.due_at) == (ReplyState.HELD, after(13))


async def test_a_held_reply_sets_aside_once_it_has_been_sent(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=8) as desk:
        await says(desk, "明天")
        assert await status(desk) is ConversationStatus.OPEN
        desk.move_to(after(8))
        await desk.until_sent(1)
        assert (await li(desk)).snoozed_until == after(8 + 3600)


async def test_nothing_is_set_aside_in_draft_mode(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.DRAFT) as desk:
        await says(desk, "明天")
        await desk.opened.desk.replies.release(1)
        await desk.until_sent(1)
        assert await status(desk) is ConversationStatus.OPEN
        await says(desk, "嗯")
        assert await status(desk) is ConversationStatus.OPEN


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_reply_that_asked_after_a_pause_sets_nothing_aside_when_released(desk: Desk, at_once: bool) -> None:
    await says(desk, "谢谢")
    await desk.until_sent(1)
    replies, outbox = desk.opened.desk.replies, desk.opened.desk.outbox
    await outbox.pause()
    await outbox.resume()
    assert (await desk.reply(2)).due_at is None
    if at_once:
        assert await replies.release_held() == 1
    else:
        await replies.release(2)
    await desk.until_sent(2)
    assert await status(desk) is ConversationStatus.OPEN


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_held_reply_released_early_sets_aside_all_the_same(tmp_path: Path, at_once: bool) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.HOLD, hold_seconds=8) as desk:
        await says(desk, "明天")
        replies = desk.opened.desk.replies
        if at_once:
            assert await replies.release_held() == 1
        else:
            await replies.release(1)
        await desk.until_sent(1)
        assert await status(desk) is ConversationStatus.SNOOZED


async def test_a_shadow_rule_sets_nothing_aside(desk: Desk) -> None:
    assert await says(desk, "看看") is Outcome.UNMATCHED
    assert await status(desk) is ConversationStatus.OPEN


async def test_a_takeover_before_the_rules_last_reply_keeps_the_conversation_open(desk: Desk) -> None:
    await says(desk, "谢谢")
    await desk.until_sent(1)
    await desk.opened.desk.conversations.take_over((await li(desk)).id)
    desk.move_to(after(3))
    assert desk.states[2][-1] is ReplyState.CANCELLED
    assert await status(desk) is ConversationStatus.OPEN


async def test_a_snooze_by_hand_ends_calls_and_its_end_calls_once(desk: Desk) -> None:
    await says(desk, "退款")
    await desk.until(lambda: raised(desk) == [AttentionReason.LEFT])
    chat = (await li(desk)).id
    await desk.opened.desk.conversations.change((chat,), RowChange(RowAct.SNOOZE, after(600)))
    await desk.until(lambda: AttentionChanged(chat) in desk.events)
    assert list(desk.opened.desk.attention.unseen) == []
    desk.move_to(after(599))
    assert await status(desk) is ConversationStatus.SNOOZED
    desk.move_to(after(600))
    await desk.until(lambda: AttentionReason.BACK in raised(desk))
    assert await status(desk) is ConversationStatus.OPEN
    await desk.opened.desk.attention.look(chat)
    desk.move_to(after(700))
    await desk.restart()
    assert raised(desk).count(AttentionReason.BACK) == 1
    assert list(desk.opened.desk.attention.unseen) == []


async def test_whom_wechats_tool_serves_neither_waits_nor_calls_until_they_are_back(desk: Desk) -> None:
    await says(desk, "退款")
    chat = (await li(desk)).id
    await desk.until(lambda: raised(desk) == [AttentionReason.LEFT])
    await desk.opened.desk.conversations.arm_transfer(chat)
    assert await says(desk, "还在吗") is Outcome.TRANSFERRED
    await desk.until(lambda: AttentionChanged(chat) in desk.events)
    assert list(desk.opened.desk.attention.unseen) == []
    assert (await desk.opened.store.inbox.counts()).waiting == 0
    del desk.events[:]
    desk.move_to(after(1800))
    await desk.until(lambda: ConversationChanged(chat) in desk.events and raised(desk) == [AttentionReason.LEFT])
    assert (await desk.opened.store.inbox.counts()).waiting == 1


async def test_a_snooze_that_ends_while_the_desk_is_closed_calls_once_at_start(desk: Desk) -> None:
    await says(desk, "明天")
    await desk.until_sent(1)
    desk.clock.now = after(3700)
    await desk.restart()
    assert {call.cause for call in desk.opened.desk.attention.unseen} == {AttentionReason.BACK}
    assert await status(desk) is ConversationStatus.OPEN
    await desk.restart()
    assert {call.cause for call in desk.opened.desk.attention.unseen} == {AttentionReason.BACK}
    await desk.opened.desk.attention.look((await li(desk)).id)
    await desk.restart()
    assert list(desk.opened.desk.attention.unseen) == []


async def test_an_operators_message_leaves_a_conversation_resolved_unless_it_fails(desk: Desk) -> None:
    await says(desk, "嗯")
    chat = (await li(desk)).id
    await desk.opened.desk.replies.write(chat, "还在吗")
    await desk.until_sent(1)
    assert await status(desk) is ConversationStatus.RESOLVED
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45015))
    await desk.opened.desk.replies.write(chat, "喂")
    await desk.until(lambda: desk.states[2][-1:] == [ReplyState.FAILED])
    assert await status(desk) is ConversationStatus.OPEN
