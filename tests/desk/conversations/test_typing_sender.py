"""The typing indicator is sent while an operator types and WeChat allows it, else nothing is."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.prepared import SQLITE, prepare
from tests.sandbox.worlds import HandClock
from tests.store.chats import Talk
from wxdesk.core.errors import NotSent
from wxdesk.core.events import MessageKept, ReplyChanged, TypingAsked
from wxdesk.core.model.account import Account
from wxdesk.core.model.reply import ReplyState
from wxdesk.desk.conversations.typing_sender import TypingIndicator
from wxdesk.desk.replies.operator_typing import OperatorTyping
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.store import Store, open_store
from wxdesk.threads import end_tasks


class Wire:
    """What would leave for WeChat: (openid, on). `fails` raises instead; `slow` holds each call until it is set."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bool]] = []
        self.fails = False
        self.slow: asyncio.Event | None = None
        self.entered = asyncio.Event()

    async def typing(self, account: Account, openid: str, *, on: bool) -> None:
        self.entered.set()
        if self.slow is not None and on:
            await self.slow.wait()
        self.calls.append((openid, on))
        if self.fails:
            raise NotSent("WeChat cannot be reached")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path)
    opened = await open_store(SQLITE, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def conversation_id(store: Store) -> int:
    return (await Talk(store).says("o_li", "在吗")).conversation.id


@pytest.fixture
def typing(store: Store, wire: Wire, clock: HandClock, conversation_id: int) -> TypingIndicator:
    account, _ = demo_account()
    made = TypingIndicator(
        store, wire, {account.name: account}, OperatorTyping(lambda _: None, clock), clock, lambda: True
    )
    made.on_event(MessageKept(conversation_id, 1))
    return made


async def shows(typing: TypingIndicator, conversation_id: int) -> None:
    await typing.show(conversation_id)
    await told(typing)


async def stops(typing: TypingIndicator, conversation_id: int) -> None:
    await typing.stop(conversation_id)
    await told(typing)


async def told(typing: TypingIndicator) -> None:
    """What `run` does until nothing is left to tell."""
    while not typing._asked.empty():
        await typing._tell(*typing._asked.get_nowait())


async def test_many_key_strokes_are_one_call(typing: TypingIndicator, wire: Wire, conversation_id: int) -> None:
    for _ in range(30):
        await shows(typing, conversation_id)
    assert wire.calls == [("o_li", True)]


async def test_a_rule_can_send_typing(typing: TypingIndicator, wire: Wire, conversation_id: int) -> None:
    typing.on_event(TypingAsked(conversation_id))
    work = asyncio.create_task(typing.run())
    await wire.entered.wait()
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    assert wire.calls == [("o_li", True)]


async def test_typing_is_sent_again_when_it_has_run_out(
    typing: TypingIndicator, wire: Wire, clock: HandClock, conversation_id: int
) -> None:
    for _ in range(29):
        await shows(typing, conversation_id)
        clock.forward(seconds=1)
    assert wire.calls == [("o_li", True)] * 2


async def test_typing_is_not_sent_thirty_seconds_after_the_customers_last_message(
    typing: TypingIndicator, wire: Wire, clock: HandClock, conversation_id: int
) -> None:
    clock.forward(seconds=30)
    await shows(typing, conversation_id)
    typing.on_event(ReplyChanged(conversation_id, 1, ReplyState.QUEUED))
    await shows(typing, conversation_id)
    assert wire.calls == []
    typing.on_event(ReplyChanged(conversation_id, 1, ReplyState.SENT))
    await shows(typing, conversation_id)
    assert wire.calls == [("o_li", True)]


async def test_typing_is_not_sent_to_a_customer_who_has_not_written(
    typing: TypingIndicator, wire: Wire, conversation_id: int
) -> None:
    await shows(typing, conversation_id + 1)
    assert wire.calls == []


async def test_an_emptied_composer_ends_typing_once(typing: TypingIndicator, wire: Wire, conversation_id: int) -> None:
    await stops(typing, conversation_id)
    await shows(typing, conversation_id)
    await stops(typing, conversation_id)
    await stops(typing, conversation_id)
    assert wire.calls == [("o_li", True), ("o_li", False)]


async def test_typing_that_has_run_out_is_not_ended(
    typing: TypingIndicator, wire: Wire, clock: HandClock, conversation_id: int
) -> None:
    await shows(typing, conversation_id)
    clock.forward(seconds=15)
    await stops(typing, conversation_id)
    assert wire.calls == [("o_li", True)]


async def test_a_sent_message_ends_typing_without_a_call(
    typing: TypingIndicator, wire: Wire, conversation_id: int
) -> None:
    await shows(typing, conversation_id)
    typing.on_event(ReplyChanged(conversation_id, 1, ReplyState.SENT))
    await stops(typing, conversation_id)
    assert wire.calls == [("o_li", True)]
    await shows(typing, conversation_id)
    assert wire.calls == [("o_li", True)] * 2


async def test_the_end_never_overtakes_the_beginning(
    typing: TypingIndicator, wire: Wire, store: Store, conversation_id: int
) -> None:
    wire.slow = asyncio.Event()
    work = asyncio.create_task(typing.run())
    await typing.show(conversation_id)
    await wire.entered.wait()
    await typing.stop(conversation_id)
    for _ in range(5):  # time enough for the end, were it allowed to go first
        await store.conversations.get(conversation_id)
    assert wire.calls == []
    wire.slow.set()
    async with asyncio.timeout(10):
        while len(wire.calls) < 2:
            await store.conversations.get(conversation_id)
    await end_tasks([work])
    assert wire.calls == [("o_li", True), ("o_li", False)]


async def test_nobody_waits_for_a_call_that_hangs_nor_is_an_old_one_made(
    typing: TypingIndicator, wire: Wire, clock: HandClock, store: Store
) -> None:
    wire.slow = asyncio.Event()
    work = asyncio.create_task(typing.run())
    talk = Talk(store)
    talk._keys = itertools.count(10)  # the fixture had others
    customers = [(await talk.says(f"o_{number}", "在吗")).conversation.id for number in range(3)]
    for conversation_id in customers:
        typing.on_event(MessageKept(conversation_id, 1))
        async with asyncio.timeout(10):
            await typing.show(conversation_id)
    await wire.entered.wait()
    clock.forward(seconds=15)
    await typing.show(customers[-1])
    wire.slow.set()
    async with asyncio.timeout(10):
        while not typing._asked.empty() or len(wire.calls) < 2:
            await store.conversations.get(customers[0])
    await end_tasks([work])
    assert wire.calls == [("o_0", True), ("o_2", True)]


async def test_a_failed_typing_call_is_ignored(typing: TypingIndicator, wire: Wire, conversation_id: int) -> None:
    wire.fails = True
    await shows(typing, conversation_id)
    await stops(typing, conversation_id)


async def test_typing_in_a_deleted_conversation_is_ignored(typing: TypingIndicator, wire: Wire) -> None:
    typing.on_event(MessageKept(999, 1))
    await shows(typing, 999)
    assert wire.calls == []


async def test_typing_is_not_sent_where_the_preference_is_off(
    store: Store, wire: Wire, clock: HandClock, conversation_id: int
) -> None:
    account, _ = demo_account()
    typing = TypingIndicator(
        store, wire, {account.name: account}, OperatorTyping(lambda _: None, clock), clock, lambda: False
    )
    typing.on_event(MessageKept(conversation_id, 1))
    await shows(typing, conversation_id)
    await stops(typing, conversation_id)
    assert wire.calls == []


def test_times_of_last_messages_are_forgotten_in_time(typing: TypingIndicator, clock: HandClock) -> None:
    for number in range(1000):
        typing.on_event(MessageKept(number, 1))
        clock.now += timedelta(seconds=1)
    assert len(typing._last_word) <= 30
