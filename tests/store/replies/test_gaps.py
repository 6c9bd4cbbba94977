"""A reply with a gap does not leave, and in an answer of several parts it blocks the later ones."""

from contextlib import nullcontext

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, Talk, add_reply, second
from wxdesk.core.errors import PartHasGap, ReplyHasGap
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyKind, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.store import Store
from wxdesk.store.schema.messaging import replies

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


async def test_no_part_is_released_before_an_earlier_one_with_a_gap(talk: Talk, store: Store, asked: Message) -> None:
    made = await drafts(store, asked.conversation_id, WHOLE, GAP, WHOLE)
    for part, whole in ((made[2], False), (made[2], True), (made[0], True)):
        with pytest.raises(PartHasGap, match=r"m\.no"):
            await store.outbox.apply_operator_move(part.id, Move.RELEASE, T0, "lin", whole=whole)
    assert await states(store, made) == [S.DRAFT] * 3
    await store.outbox.apply_operator_move(made[0].id, Move.RELEASE, T0, "lin")
    await store.outbox.edit(made[1].id, replace(GAP, title="7"), T0, "lin")
    await store.outbox.apply_operator_move(made[1].id, Move.RELEASE, T0, "lin", whole=True)
    assert await states(store, made) == [S.QUEUED] * 3


async def test_a_gap_in_a_cancelled_part_blocks_nothing(talk: Talk, store: Store, asked: Message) -> None:
    made = await drafts(store, asked.conversation_id, GAP, WHOLE)
    await store.outbox.move(made[0].id, Move.CANCEL, T0)
    await store.outbox.apply_operator_move(made[1].id, Move.RELEASE, T0, "lin")
    assert await states(store, made) == [S.CANCELLED, S.QUEUED]


LACKS, FILLED = Content(text="‹order.no›", gaps=("order.no",)), Content(text="No. 7", gaps=("order.no",))


async def made(store: Store, thread: int, state: ReplyState, content: Content) -> Reply:
    return await add_reply(store, NewReply(thread, Author.RULE, content, state), T0)


@pytest.mark.parametrize(("state", "move"), [(S.DRAFT, Move.HOLD), (S.HELD, Move.RELEASE), (S.FAILED, Move.RETRY)])
async def test_a_reply_with_a_gap_is_not_released(store: Store, asked: Message, state: ReplyState, move: Move) -> None:
    reply = await made(store, asked.conversation_id, state, LACKS)
    with pytest.raises(ReplyHasGap, match=r"order\.no"):
        await store.outbox.move(reply.id, move, second(1))
    assert await store.replies.get(reply.id) == reply
    whole = await made(store, asked.conversation_id, state, FILLED)
    await store.outbox.move(whole.id, move, second(1))


@pytest.mark.parametrize(
    ("state", "move"), [(S.HELD, Move.KEEP), (S.HELD, Move.CANCEL), (S.QUEUED, Move.CLAIM), (S.SENDING, Move.LOSE)]
)
async def test_a_reply_with_a_gap_can_be_kept_and_cancelled(
    store: Store, asked: Message, state: ReplyState, move: Move
) -> None:
    reply = await made(store, asked.conversation_id, state, LACKS)
    assert (await store.outbox.move(reply.id, move, second(1))).state is not state


@pytest.mark.parametrize(
    ("gaps", "refused"),
    [((0,), PartHasGap), ((1,), PartHasGap), ((2,), ReplyHasGap), ((3,), None), ((0, 1), PartHasGap)],
)
async def test_the_value_that_an_earlier_part_lacks_keeps_the_third_of_four(
    store: Store, asked: Message, gaps: tuple[int, ...], refused: type[Exception] | None
) -> None:
    """The first one missing is named; what other answers lack is nothing to it."""
    thread = asked.conversation_id
    for _ in range(2):
        await made(store, thread, S.DRAFT, Content(text="‹a.b›", gaps=("a.b",)))
        contents = [
            Content(text=f"‹gap.{place}›" if place in gaps else "1", gaps=(f"gap.{place}",)) for place in range(4)
        ]
        new = [NewReply(thread, Author.RULE, content, S.DRAFT) for content in contents]
        *_, third, _last = (await store.replies.write(new, T0)).written
        others = [NewReply(thread, Author.RULE, Content(text="‹a.b›", gaps=("a.b",)), S.DRAFT)] * 2
        await store.replies.write(others, T0)
    change = replies.update().where(replies.c.part_of.is_(None)).values(edited=True)
    await store._db.write(lambda connection: connection.execute(change))
    with pytest.raises(refused, match=rf"gap\.{gaps[0]}") if refused else nullcontext():
        await store.outbox.move(third.id, Move.RELEASE, second(1))


async def test_an_edit_keeps_the_value_that_is_missing(store: Store, asked: Message) -> None:
    reply = await made(store, asked.conversation_id, S.DRAFT, LACKS)
    assert (await store.outbox.edit(reply.id, Content(text="No. ‹order.no›"), second(1))).content.gaps == LACKS.gaps
    with pytest.raises(ReplyHasGap):
        await store.outbox.move(reply.id, Move.RELEASE, second(2))
