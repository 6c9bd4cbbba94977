"""Messages that wait to be decided: bounded in memory, in order, each once."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.desk.intake_room import Room, open_room, written
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.message import Message
from wxdesk.desk.messages import intake

MOST = 60


async def keep(room: Room, numbers: range) -> None:
    await asyncio.gather(*(room.intake.keep(written(n)) for n in numbers))


async def decided(room: Room) -> dict[str, list[int]]:
    """The numbers of each contact's messages, in the order in which they were decided on."""
    found: dict[str, list[tuple[int, int]]] = {}
    for row in await room.store.inbox.page(InboxFilter.ALL):
        for item in await room.store.inbox.timeline(row.conversation.id, limit=4 * MOST):
            assert isinstance(item, Message)
            decision = await room.store.decision_history.for_message(item.id)
            assert decision is not None
            found.setdefault(row.conversation.contact.openid, []).append((decision.message_id, int(item.text)))
    return {openid: [number for _, number in sorted(pairs)] for openid, pairs in found.items()}


async def test_the_backlog_is_bounded_in_memory_and_decided_once_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MOST_IN_MEMORY", MOST)
    async with open_room(tmp_path) as room:
        await keep(room, range(3 * MOST))
        assert len(room.intake._fresh) == MOST
        thinking = asyncio.create_task(room.think(4 * MOST))
        for begin in range(3 * MOST, 4 * MOST, 10):  # while it reads from the disk what did not fit
            await keep(room, range(begin, begin + 10))
        await thinking
        numbers = await decided(room)
    assert {openid: sorted(found) for openid, found in numbers.items()} == numbers
    assert Counter(number for found in numbers.values() for number in found) == Counter(range(4 * MOST))
    assert room.decided == 4 * MOST


async def test_being_asked_to_look_again_at_each_turn_holds_up_no_message(tmp_path: Path) -> None:
    """As by what other servers keep, or what WeChat repeats, in a flood."""
    async with open_room(tmp_path) as room:
        await keep(room, range(5))

        async def ask() -> None:
            while True:
                room.intake.look_for_more()
                await asyncio.sleep(0)

        asking = asyncio.create_task(ask())
        await room.think(5)
        asking.cancel()
    assert room.decided == 5
