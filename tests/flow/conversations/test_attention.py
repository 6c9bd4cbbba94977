"""Conversations call for an operator: each reason once, also over restarts, until it no longer holds."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import AttentionChanged, AttentionRaised, OperatorCalled
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI, WANG = LI_LEI.openid, WANG_FANG.openid
RULES = """
[[rules]]
name = "complaint"
when = { any = ["投诉"] }
then = [{ reply = "很抱歉，马上有同事来看。" }, { notify = true }]

[[rules]]
name = "polite"
when = { any = ["谢谢"] }
continue = true
then = [{ notify = true }]

[[rules]]
name = "closing time"
when = { any = ["几点"] }
then = [{ reply = "九点" }]

[[rules]]
name = "refund"
when = { any = ["退款"] }
then = [{ take_over = true }]

[[rules]]
name = "three"
when = { any = ["三"] }
then = [{ reply = "1" }, { reply = "2" }, { reply = "3" }]

[[rules]]
name = "held"
when = { any = ["慢"] }
then = [{ reply = "稍等" }]
delivery = { hold = 60 }
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


def raised(desk: Desk) -> list[AttentionReason]:
    return [event.cause for event in desk.events if isinstance(event, AttentionRaised)]


def unseen(desk: Desk) -> set[AttentionReason]:
    return {call.cause for call in desk.opened.desk.attention.unseen}


async def causes(desk: Desk, conversation_id: int) -> set[AttentionReason]:
    [row] = await desk.opened.store.inbox.rows([conversation_id])
    return {call.cause for call in row.calls}


async def test_a_rule_calls_once_and_until_somebody_looks(desk: Desk) -> None:
    chat = (await desk.says(LI, "我要投诉")).conversation_id
    await desk.until(lambda: AttentionReason.CALLED in raised(desk))
    await desk.until_sent(1)
    await desk.restart()
    assert unseen(desk) == {AttentionReason.CALLED}
    await desk.opened.desk.attention.look(chat)
    assert unseen(desk) == set()
    assert await causes(desk, chat) == set()
    assert AttentionChanged(chat) in desk.events
    await desk.restart()
    assert unseen(desk) == set()
    assert raised(desk) == [AttentionReason.CALLED]
    assert (await desk.thread(LI)).called_at is None


@pytest.mark.parametrize("text", ["谢谢", "谢谢，几点关门"])
async def test_a_call_names_its_rule_also_where_another_rule_or_none_answers(desk: Desk, text: str) -> None:
    chat = (await desk.says(LI, text)).conversation_id
    await desk.until(lambda: AttentionReason.CALLED in raised(desk))
    assert (await desk.thread(LI)).called_by == "polite"
    assert OperatorCalled(chat, "polite") in desk.events


async def test_a_conversation_looked_at_while_calls_are_compared_does_not_ring_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = (await desk.says(LI, "我要投诉")).conversation_id
    await desk.until(lambda: raised(desk) == [AttentionReason.CALLED])
    calls = desk.opened.store.attention
    change, entered, go_on = calls.change, asyncio.Event(), asyncio.Event()

    async def later(put: Sequence[Attention], ended: Sequence[Attention]) -> None:
        entered.set()
        await go_on.wait()
        await change(put, ended)

    monkeypatch.setattr(calls, "change", later)
    await desk.says(LI, "退款")
    await entered.wait()
    look = asyncio.create_task(desk.opened.desk.attention.look(chat))
    await asyncio.wait([look], timeout=0.5)
    go_on.set()
    await look
    await desk.says(WANG, "退款")  # all before this has been compared once this has
    await desk.until(lambda: raised(desk).count(AttentionReason.LEFT) == 2)
    assert raised(desk) == [AttentionReason.CALLED, AttentionReason.LEFT, AttentionReason.LEFT]
    assert [(call.conversation_id == chat, call.cause) for call in desk.opened.desk.attention.unseen] == [
        (False, AttentionReason.LEFT)
    ]


async def test_an_unanswered_contact_calls_with_each_message_until_a_reply_is_sent(desk: Desk) -> None:
    chat = (await desk.says(LI, "退款")).conversation_id
    await desk.until(lambda: raised(desk) == [AttentionReason.LEFT])
    await desk.opened.desk.attention.look(chat)
    assert unseen(desk) == set()
    assert await causes(desk, chat) == {AttentionReason.LEFT}  # the contact still waits
    desk.move_to(START + timedelta(minutes=1))
    await desk.says(LI, "在吗")
    await desk.until(lambda: raised(desk) == [AttentionReason.LEFT, AttentionReason.LEFT])
    ended = len(desk.events)
    await desk.opened.desk.replies.write(chat, "在的")
    await desk.until(lambda: AttentionChanged(chat) in desk.events[ended:])
    assert await causes(desk, chat) == set()
    assert unseen(desk) == set()


async def test_a_reply_window_about_to_close_unanswered_calls_and_a_closed_one_does_not(desk: Desk) -> None:
    chat = (await desk.says(LI, "没有规则认得这句")).conversation_id
    desk.move_to(START + timedelta(hours=46, seconds=-1))
    await desk.says(WANG, "三")
    await desk.until_sent(3)
    assert raised(desk) == []
    desk.move_to(START + timedelta(hours=46))
    await desk.until(lambda: raised(desk) == [AttentionReason.CLOSING])
    assert await causes(desk, chat) == {AttentionReason.CLOSING}
    await desk.restart()
    assert unseen(desk) == {AttentionReason.CLOSING}
    await desk.opened.desk.attention.look(chat)
    await desk.restart()
    assert unseen(desk) == set()
    assert await causes(desk, chat) == {AttentionReason.CLOSING}
    ended = len(desk.events)
    desk.move_to(START + timedelta(hours=48))
    await desk.until(lambda: AttentionChanged(chat) in desk.events[ended:])
    assert await causes(desk, chat) == set()
    assert raised(desk) == [AttentionReason.CLOSING]


async def test_a_reply_window_that_nears_its_end_while_the_desk_is_closed_calls_at_start(desk: Desk) -> None:
    await desk.says(LI, "没有规则认得这句")
    desk.clock.now = START + timedelta(hours=47)
    await desk.restart()
    assert unseen(desk) == {AttentionReason.CLOSING}


async def test_the_warning_before_a_window_closes_follows_its_preference(desk: Desk) -> None:
    chat = (await desk.says(LI, "没有规则认得这句")).conversation_id
    desk.move_to(START + timedelta(hours=45))
    kept = desk.opened.desk.preferences
    await kept.set(replace(kept.now, warn_hours=3))
    await desk.until(lambda: raised(desk) == [AttentionReason.CLOSING])
    ended = len(desk.events)
    await kept.set(replace(kept.now, warn_hours=0))
    await desk.until(lambda: AttentionChanged(chat) in desk.events[ended:])
    assert await causes(desk, chat) == set()


async def test_a_waiting_contact_calls_when_only_the_reserve_of_replies_is_left(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=-1))
    chat = (await desk.says(LI, "三")).conversation_id
    await desk.until_refused(1)
    desk.clock.now = START + timedelta(seconds=1)
    await desk.says(LI, "三")  # allowed again are 5, of which 3 are promised and 2 kept: nobody answers this one
    desk.move_to(START + timedelta(seconds=30))
    await desk.until_sent(3)
    await desk.until(lambda: raised(desk) == [AttentionReason.RESERVE])
    assert await causes(desk, chat) == {AttentionReason.RESERVE}


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (SimulatedFault(FaultKind.ERRCODE, errcode=45015), AttentionReason.FAILED),
        (SimulatedFault(FaultKind.DROP), AttentionReason.UNKNOWN),
    ],
)
async def test_a_reply_that_did_not_arrive_calls_until_it_is_settled(
    desk: Desk, fault: SimulatedFault, cause: AttentionReason
) -> None:
    chat = (await desk.says(LI, "没有规则认得这句")).conversation_id
    desk.sandbox.faults.plan(fault)
    reply = await desk.opened.desk.replies.write(chat, "您好")
    await desk.until(lambda: cause in raised(desk))
    assert desk.opened.desk.attention.ringing == {chat}
    await desk.opened.desk.replies.cancel(reply.id)
    await desk.until(lambda: cause not in unseen(desk))
    assert raised(desk).count(cause) == 1


async def test_a_held_reply_calls_without_ringing_until_it_is_cancelled(desk: Desk) -> None:
    chat = (await desk.says(LI, "慢")).conversation_id
    await desk.until(lambda: raised(desk) == [AttentionReason.HELD])
    assert desk.opened.desk.attention.ringing == frozenset()
    [reply] = await desk.opened.store.replies.pending()
    assert reply.state is ReplyState.HELD
    await desk.opened.desk.replies.cancel(reply.id)
    await desk.until(lambda: unseen(desk) == set())
    assert await causes(desk, chat) == set()


async def test_calling_conversations_stand_first_and_under_for_you(desk: Desk) -> None:
    calling = (await desk.says(LI, "我要投诉")).conversation_id
    await desk.until_sent(1)
    await desk.until(lambda: raised(desk) == [AttentionReason.CALLED])
    desk.move_to(START + timedelta(minutes=1))
    other = (await desk.says(WANG, "三")).conversation_id
    await desk.until_sent(4)
    store = desk.opened.store
    shown = [row.conversation.id for row in await store.inbox.page(InboxFilter.ALL)]
    assert shown == [calling, other]
    assert [row.conversation.id for row in await store.inbox.page(InboxFilter.NEEDS_HUMAN)] == [calling]
    assert (await store.inbox.counts()).needs_human == 1
    await desk.opened.desk.attention.look(calling)
    assert [row.conversation.id for row in await store.inbox.page(InboxFilter.ALL)] == [other, calling]
    assert await store.inbox.page(InboxFilter.NEEDS_HUMAN) == []


async def test_longest_waiting_passes_over_contacts_whose_window_is_closed(desk: Desk) -> None:
    await desk.says(LI, "没有规则认得这句")
    desk.move_to(START + timedelta(hours=1))
    await desk.says(WANG, "我也没有")
    alarms = desk.opened.desk.attention
    longest = await alarms.longest_waiting()
    assert longest is not None
    assert longest.contact.openid == LI
    desk.move_to(START + timedelta(hours=48, minutes=30))
    longest = await alarms.longest_waiting()
    assert longest is not None
    assert longest.contact.openid == WANG
    desk.move_to(START + timedelta(hours=50))
    assert await alarms.longest_waiting() is None
