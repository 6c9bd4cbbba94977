"""A human lets parts of an answer go: which others leave with the one that he sends, and which still ask."""

from __future__ import annotations

import pytest

from tests.store.chats import T0, Talk, second
from tests.store.replies.test_parts import claimed, comes_to, split, states
from wxdesk.core.model.content import Content
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies import parts
from wxdesk.core.replies.lifecycle import Move, StepKind
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges

S = ReplyState


@pytest.fixture
async def asked(talk: Talk) -> Message:
    return (await talk.says("o1")).message


@pytest.mark.parametrize("state", [S.DRAFT, S.HELD])
async def test_what_waits_of_an_answer_leaves_before_the_part_that_its_human_releases(
    talk: Talk, store: Store, asked: Message, state: ReplyState
) -> None:
    made = await talk.decides(asked, "1", "2", "3", "4")
    await comes_to(store, made[0], state)
    await comes_to(store, made[2], state)
    settled = await store.outbox.settle(made[2].id, Move.RELEASE, second(5), "lin")
    assert (settled[0].id, {reply.id for reply in settled}) == (made[2].id, {reply.id for reply in made})
    assert {(reply.state, reply.by) for reply in settled} == {(S.QUEUED, "lin")}
    assert [step.kind for step in await store.replies.steps(made[0].id)][-1] is StepKind.RELEASE
    assert await claimed(store, only_by_hand=True) == ["1", "2", "3", "4"]


async def test_so_it_does_where_he_chooses_among_all_that_is_held(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2", state=S.HELD)
    other = await talk.decides((await talk.says("o2")).message, "other", state=S.HELD)
    released = await store.pending_replies.release_held("lin", second(5), [made[1].id])
    assert {reply.id for reply in released} == {reply.id for reply in made}
    assert await claimed(store) == ["1", "2"]
    assert await states(store, other) == [S.HELD]


async def test_what_he_is_about_to_change_does_not_leave_with_it(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2", "3", state=S.HELD)
    await store.outbox.lock_for_edit(made[0].id, T0, "lin")
    await store.outbox.lock_for_edit(made[1].id, T0, "lin")
    await store.outbox.edit(made[1].id, Content(text="2, changed"), T0, "lin")
    await store.outbox.settle(made[2].id, Move.RELEASE, second(5), "lin")
    assert await claimed(store) == ["2, changed", "3"]
    assert await states(store, made[:1]) == [S.DRAFT]


async def asking(store: Store, conversation_id: int) -> list[Reply]:
    """An answer of which one part has left, two ask, one is a draft, and one counts down."""
    made = await split(store, conversation_id, "1", "2", "3", "4", "5")
    for reply, state in zip(made[:4], (S.SENT, S.HELD, S.HELD, S.DRAFT), strict=True):
        await comes_to(store, reply, state)
    await store.outbox.move(made[4].id, Move.HOLD, T0, ReplyChanges(due_at=second(60)))
    return made


async def test_one_word_is_for_all_parts_that_ask(store: Store, asked: Message) -> None:
    made = await asking(store, asked.conversation_id)
    known = [await store.replies.get(reply.id) for reply in made]
    assert {
        first: [part.content.text for part in found] for first, found in parts.parts_needing_operator(known).items()
    } == {made[1].id: ["2", "3", "4"]}
    settled = await store.outbox.settle(made[1].id, Move.RELEASE, second(5), "lin", whole=True)
    assert [reply.content.text for reply in settled] == ["2", "3", "4"]
    assert {(reply.state, reply.by) for reply in settled} == {(S.QUEUED, "lin")}
    assert await states(store, made) == [S.SENT, S.QUEUED, S.QUEUED, S.QUEUED, S.HELD]
    assert [step.kind for step in await store.replies.steps(made[2].id)][-1] is StepKind.RELEASE
    assert await claimed(store) == ["2", "3", "4"]


async def test_a_word_for_one_part_leaves_the_others_asking(store: Store, asked: Message) -> None:
    made = await asking(store, asked.conversation_id)
    await store.outbox.settle(made[1].id, Move.RELEASE, second(5), "lin")
    assert await states(store, made) == [S.SENT, S.QUEUED, S.HELD, S.DRAFT, S.HELD]
    await store.outbox.settle(made[2].id, Move.CANCEL, second(6), "lin")
    assert await states(store, made) == [S.SENT, S.QUEUED, S.CANCELLED, S.CANCELLED, S.CANCELLED]
