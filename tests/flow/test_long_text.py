"""A text too long for one message leaves in as many as the operator agreed to, in order, or not at all."""

from __future__ import annotations

import pytest

from tests.flow.conftest import World
from wxdesk.core.errors import PartsDiffer, ReplyEmpty, ReplyTooLong, TooFewLeft
from wxdesk.core.events import DecisionMade
from wxdesk.core.model import Reply
from wxdesk.sandbox.customers import WANG_FANG

PARTS = ("第一段。" * 160, "第二段。" * 160, "第三段。" * 160)
LONG = "\n\n".join(PARTS)


async def _asked(world: World) -> int:
    await world.hears(WANG_FANG.openid, "说说看", lambda event: isinstance(event, DecisionMade))
    return (await world.row_of(WANG_FANG.openid)).conversation.id


async def _replies(world: World, conversation_id: int) -> list[Reply]:
    timeline = await world.opened.desk.store.conversations.timeline(conversation_id)
    return [item for item in timeline if isinstance(item, Reply)]


async def test_the_parts_arrive_in_order(world: World) -> None:
    conversation_id = await _asked(world)
    written = await world.opened.desk.handoff.write_split(conversation_id, LONG, 3)
    assert tuple(reply.content.text for reply in written) == PARTS
    assert [reply.part_of for reply in written] == [None, written[0].id, written[0].id]
    await world.sandbox.wait_for_reply(WANG_FANG.openid, after=2)
    assert tuple(sent.text for sent in world.sandbox.sent) == PARTS
    row = await world.row_of(WANG_FANG.openid)
    assert row.conversation.taken_over


@pytest.mark.parametrize(
    ("text", "parts", "error"),
    [
        (LONG, 2, PartsDiffer),
        (LONG, 4, PartsDiffer),
        ("短", 2, PartsDiffer),
        (" \n", 1, ReplyEmpty),
        ("退" * 682 * 6, 6, TooFewLeft),
        (f'<a href="https://a.cn/{"x" * 2048}">x</a>', 2, ReplyTooLong),
    ],
)
async def test_nothing_leaves_that_was_not_agreed_to(
    world: World, text: str, parts: int, error: type[Exception]
) -> None:
    conversation_id = await _asked(world)
    with pytest.raises(error):
        await world.opened.desk.handoff.write_split(conversation_id, text, parts)
    assert await _replies(world, conversation_id) == []
    assert not (await world.row_of(WANG_FANG.openid)).conversation.taken_over
