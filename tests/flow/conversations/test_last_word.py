"""Commands during a decision: no rule's reply leaves once one has returned, by what WeChat received."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.flow.timed_desk import Desk, timed_desk
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import DecisionMade, Event, MessageKept
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import Reply, ReplyState

PEOPLE = 40
READERS = 12
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
cooldown = { per_conversation = 50 }
then = [{ reply = "{{ message.text }}：九点" }]
"""
"""The rule asks for the past, so that the desk reads it between the message and its decision."""

type Act = Callable[[Desk, int], Awaitable[object]]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


def openid_of(n: int) -> str:
    return f"oLASTWORD{n:019d}"


async def take_over(desk: Desk, thread: int) -> None:
    await desk.opened.desk.conversations.take_over(thread)


async def switch_off(desk: Desk, thread: int) -> None:
    await desk.opened.desk.conversations.set_mode(thread, ReplyMode.OFF)


async def switch_all_off(desk: Desk, _thread: int) -> None:
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.OFF, 0)


async def switch_rule_off(desk: Desk, _thread: int) -> None:
    rulebook = desk.opened.desk.rules.rulebook
    [rule] = await rulebook.all()
    await rulebook.set_enabled(rule.id, False)


async def pause(desk: Desk, _thread: int) -> None:
    await desk.opened.desk.outbox.pause()


def had(desk: Desk) -> set[str]:
    """What WeChat has, or gets by a call that has begun."""
    under_way = {f"#{reply_id}" for reply_id, states in desk.states.items() if states[-1] is ReplyState.SENDING}
    return {sent.text for sent in desk.sandbox.sent} | under_way


@pytest.mark.parametrize("act", [take_over, switch_off])
async def test_no_rule_reply_leaves_after_a_takeover_or_mode_off_has_returned(desk: Desk, act: Act) -> None:
    allowed: dict[int, set[str]] = {}
    tasks: list[asyncio.Task[None]] = []

    async def command(thread: int) -> None:
        await act(desk, thread)
        allowed[thread] = had(desk)

    def hear(event: Event) -> None:
        if isinstance(event, MessageKept):
            tasks.append(asyncio.create_task(command(event.conversation_id)))

    desk.opened.desk.bus.subscribe(hear)
    await all_write(desk)
    await asyncio.gather(*tasks)
    await nothing_is_under_way(desk)
    for n in range(PEOPLE):
        thread = (await desk.thread(openid_of(n))).id
        for reply in await desk.opened.store.inbox.timeline(thread):
            if isinstance(reply, Reply) and reply.state is not ReplyState.CANCELLED:
                assert reply.content.text in allowed[thread] or f"#{reply.id}" in allowed[thread], (n, reply.state)
    assert len(allowed) == PEOPLE


@pytest.mark.parametrize("act", [switch_all_off, switch_rule_off, pause])
async def test_no_rule_replies_once_a_pause_or_switching_off_has_returned(desk: Desk, act: Act) -> None:
    allowed: set[str] = set()
    decided: set[int] = set()
    tasks: list[asyncio.Task[None]] = []

    async def command(thread: int) -> None:
        await act(desk, thread)
        allowed.update(had(desk))
        decided.update(event.message_id for event in desk.events if isinstance(event, DecisionMade))

    def hear(event: Event) -> None:
        if isinstance(event, MessageKept) and not tasks:
            tasks.append(asyncio.create_task(command(event.conversation_id)))

    desk.opened.desk.bus.subscribe(hear)
    await all_write(desk)
    await asyncio.gather(*tasks)
    await nothing_is_under_way(desk)
    made = [event.message_id for event in desk.events if isinstance(event, DecisionMade)]
    for message_id in set(made) - decided:
        decision = await desk.opened.store.decision_history.for_message(message_id)
        assert decision is not None
        assert decision.outcome is not Outcome.REPLIED


async def all_write(desk: Desk) -> None:
    """One after the other, while the window reads so much that the rules' own questions have to wait."""

    async def read() -> None:
        while True:
            await desk.opened.store.inbox.page(InboxFilter.ALL)

    readers = [asyncio.create_task(read()) for _ in range(READERS)]
    try:
        for n in range(PEOPLE):
            await desk.sandbox.say(openid_of(n), f"几点 {n}")
        await all_decided(desk)
    finally:
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


async def all_decided(desk: Desk) -> None:
    await desk.until(lambda: sum(isinstance(event, DecisionMade) for event in desk.events) >= PEOPLE)


async def nothing_is_under_way(desk: Desk) -> None:
    moving = {ReplyState.SENDING}
    if desk.opened.pause.on is False:
        moving |= {ReplyState.QUEUED}
    await desk.until(lambda: not any(states[-1] in moving for states in desk.states.values()))
