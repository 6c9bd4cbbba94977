"""Parts of one answer, one of which lacks a value: what a human's word on the others does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.chats import T0, Talk
from wxdesk.core.errors import PartHasGap
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.store import Store

S = ReplyState
GAP = Content(ReplyKind.LINK, title="‹m.no›", url="https://a.cn", gaps=("m.no",))
WHOLE = Content(text="好")


@pytest.fixture
async def asked(talk: Talk) -> Message:
    return (await talk.says("o1")).message


async def states(store: Store, replies: list[Reply]) -> list[ReplyState]:
    return [(await store.replies.get(reply.id)).state for reply in replies]


async def drafts(store: Store, conversation_id: int, *said: Content) -> list[Reply]:
    new = [NewReply(conversation_id, Author.RULE, content, S.DRAFT) for content in said]
    return (await store.replies.write(new, T0)).written


async def test_no_part_is_let_go_before_an_earlier_one_that_lacks_a_value(
    talk: Talk, store: Store, asked: Message
) -> None:
    made = await drafts(store, asked.conversation_id, WHOLE, GAP, WHOLE)
    for part, whole in ((made[2], False), (made[2], True), (made[0], True)):
        with pytest.raises(PartHasGap, match=r"m\.no"):
            await store.outbox.settle(part.id, Move.RELEASE, T0, "lin", whole=whole)
    assert await states(store, made) == [S.DRAFT] * 3
    await store.outbox.settle(made[0].id, Move.RELEASE, T0, "lin")
    await store.outbox.edit(made[1].id, replace(GAP, title="7"), T0, "lin")
    await store.outbox.settle(made[1].id, Move.RELEASE, T0, "lin", whole=True)
    assert await states(store, made) == [S.QUEUED] * 3


async def test_a_part_that_was_stopped_lacks_nothing_any_more(talk: Talk, store: Store, asked: Message) -> None:
    made = await drafts(store, asked.conversation_id, GAP, WHOLE)
    await store.outbox.move(made[0].id, Move.CANCEL, T0)
    await store.outbox.settle(made[1].id, Move.RELEASE, T0, "lin")
    assert await states(store, made) == [S.CANCELLED, S.QUEUED]
