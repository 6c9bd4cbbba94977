"""A text too long for one message leaves in as many as the operator agreed to, in order, or not at all."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.conftest import World
from tests.flow.timed_desk import timed_desk
from wxdesk.core.errors import PartsDiffer, ReplyEmpty, ReplyTooLong, TooFewRepliesLeft
from wxdesk.core.events import DecisionMade
from wxdesk.core.model.reply import Reply
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG

PARTS = ("第一段。" * 160, "第二段。" * 160, "第三段。" * 160)
LONG = "\n\n".join(PARTS)


async def _asked(world: World) -> int:
    await world.hears(WANG_FANG.openid, "说说看", lambda event: isinstance(event, DecisionMade))
    return (await world.row_of(WANG_FANG.openid)).conversation.id


async def _replies(world: World, conversation_id: int) -> list[Reply]:
    timeline = await world.opened.store.inbox.timeline(conversation_id)
    return [item for item in timeline if isinstance(item, Reply)]


async def test_a_long_text_arrives_in_parts_in_order(world: World) -> None:
    conversation_id = await _asked(world)
    written = await world.opened.desk.replies.write_split(conversation_id, LONG, 3)
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
        ("\u200b", 1, ReplyEmpty),
        ("退" * 682 * 6, 6, TooFewRepliesLeft),
        (f'<a href="https://a.cn/{"x" * 2048}">x</a>', 2, ReplyTooLong),
    ],
)
async def test_a_long_text_of_more_parts_than_agreed_is_refused(
    world: World, text: str, parts: int, error: type[Exception]
) -> None:
    conversation_id = await _asked(world)
    with pytest.raises(error):
        await world.opened.desk.replies.write_split(conversation_id, text, parts)
    assert await _replies(world, conversation_id) == []
    assert not (await world.row_of(WANG_FANG.openid)).conversation.taken_over


@pytest.mark.parametrize("takes_over", [True, False])
async def test_a_long_text_counts_pending_replies_unless_they_are_cancelled(tmp_path: Path, takes_over: bool) -> None:
    rules = '[[rules]]\nname = "held"\nwhen = { any = ["慢"] }\nthen = [{ reply = "稍等" }]\ndelivery = { hold = 60 }\n'
    async with timed_desk(tmp_path, rules, undo_seconds=20) as desk:
        replies, preferences = desk.opened.desk.replies, desk.opened.desk.preferences
        await preferences.set(replace(preferences.now, writing_takes_over=takes_over))
        chat = (await desk.says(LI_LEI.openid, "慢")).conversation_id
        await replies.write(chat, "一")
        await replies.write(chat, "二")
        if takes_over:  # the rule's own was stopped
            assert len(await replies.write_split(chat, LONG, 3)) == 3
            assert await desk.window_left(LI_LEI.openid) == 5
        with pytest.raises(TooFewRepliesLeft, match="only 0" if takes_over else "only 2"):
            await replies.write_split(chat, LONG, 3)
