"""Releasing parts of an answer: which other parts leave with one, and which still ask."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, update

from tests.store.chats import T0, Talk, add_reply, second
from tests.store.replies.test_parts import claimed, comes_to, split, states
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies import parts
from wxdesk.core.replies.lifecycle import Move, StepKind
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.schema.messaging import replies

S = ReplyState


@pytest.fixture
async def asked(talk: Talk) -> Message:
    return (await talk.says("o1")).message


@pytest.mark.parametrize("state", [S.DRAFT, S.HELD])
async def test_waiting_earlier_parts_leave_before_a_released_part(
    talk: Talk, store: Store, asked: Message, state: ReplyState
) -> None:
    made = await talk.decides(asked, "1", "2", "3", "4")
    await comes_to(store, made[0], state)
    await comes_to(store, made[2], state)
    settled = await store.outbox.apply_operator_move(made[2].id, Move.RELEASE, second(5), "lin")
    assert (settled[0].id, {reply.id for reply in settled}) == (made[2].id, {reply.id for reply in made})
    assert {(reply.state, reply.by) for reply in settled} == {(S.QUEUED, "lin")}
    assert [step.kind for step in await store.replies.steps(made[0].id)][-1] is StepKind.RELEASE
    assert await claimed(store, only_by_hand=True) == ["1", "2", "3", "4"]


async def test_waiting_earlier_parts_leave_with_a_part_chosen_among_all_held(
    talk: Talk, store: Store, asked: Message
) -> None:
    made = await talk.decides(asked, "1", "2", state=S.HELD)
    other = await talk.decides((await talk.says("o2")).message, "other", state=S.HELD)
    released = await store.pending_replies.release_held("lin", second(5), [made[1].id])
    assert {reply.id for reply in released} == {reply.id for reply in made}
    assert await claimed(store) == ["1", "2"]
    assert await states(store, other) == [S.HELD]


async def test_a_part_being_edited_does_not_leave_with_a_later_one(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2", "3", state=S.HELD)
    await store.outbox.lock_for_edit(made[0].id, T0, "lin")
    await store.outbox.lock_for_edit(made[1].id, T0, "lin")
    await store.outbox.edit(made[1].id, Content(text="2, changed"), T0, "lin")
    await store.outbox.apply_operator_move(made[2].id, Move.RELEASE, second(5), "lin")
    assert await claimed(store) == ["2, changed", "3"]
    assert await states(store, made[:1]) == [S.DRAFT]


async def asking(store: Store, conversation_id: int) -> list[Reply]:
    """An answer of which one part has left, two ask, one is a draft, and one counts down."""
    made = await split(store, conversation_id, "1", "2", "3", "4", "5")
    for reply, state in zip(made[:4], (S.SENT, S.HELD, S.HELD, S.DRAFT), strict=True):
        await comes_to(store, reply, state)
    await store.outbox.move(made[4].id, Move.HOLD, T0, ReplyChanges(due_at=second(60)))
    return made


async def test_releasing_an_answer_whole_releases_all_parts_that_ask(store: Store, asked: Message) -> None:
    made = await asking(store, asked.conversation_id)
    known = [await store.replies.get(reply.id) for reply in made]
    assert {
        first: [part.content.text for part in found] for first, found in parts.parts_needing_operator(known).items()
    } == {made[1].id: ["2", "3", "4"]}
    settled = await store.outbox.apply_operator_move(made[1].id, Move.RELEASE, second(5), "lin", whole=True)
    assert [reply.content.text for reply in settled] == ["2", "3", "4"]
    assert {(reply.state, reply.by) for reply in settled} == {(S.QUEUED, "lin")}
    assert await states(store, made) == [S.SENT, S.QUEUED, S.QUEUED, S.QUEUED, S.HELD]
    assert [step.kind for step in await store.replies.steps(made[2].id)][-1] is StepKind.RELEASE
    assert await claimed(store) == ["2", "3", "4"]


async def test_releasing_one_part_leaves_the_others_asking(store: Store, asked: Message) -> None:
    made = await asking(store, asked.conversation_id)
    await store.outbox.apply_operator_move(made[1].id, Move.RELEASE, second(5), "lin")
    assert await states(store, made) == [S.SENT, S.QUEUED, S.HELD, S.DRAFT, S.HELD]
    await store.outbox.apply_operator_move(made[2].id, Move.CANCEL, second(6), "lin")
    assert await states(store, made) == [S.SENT, S.QUEUED, S.CANCELLED, S.CANCELLED, S.CANCELLED]


TROUBLE = ReplyChanges(errcode=-1, error="busy", rid="r", not_before=second(500))


async def troubled(store: Store, reply: Reply) -> None:
    """Bring a queued reply back from a call that failed, and let it ask."""
    await store.outbox.move(reply.id, Move.CLAIM, T0)
    await store.outbox.move(reply.id, Move.POSTPONE, T0, TROUBLE)
    await store.outbox.move(reply.id, Move.HOLD, T0)


@pytest.mark.parametrize("way", ["the last", "the first, whole", "all that is held"])
async def test_parts_released_together_forget_their_troubles(
    talk: Talk, store: Store, asked: Message, way: str
) -> None:
    made = await talk.decides(asked, "1", "2")
    for reply in made:
        await troubled(store, reply)
    if way == "all that is held":
        told = await store.pending_replies.release_held("lin", second(5))
    else:
        which, whole = (made[1], False) if way == "the last" else (made[0], True)
        told = await store.outbox.apply_operator_move(which.id, Move.RELEASE, second(5), "lin", whole=whole)
    assert {reply.id for reply in told} == {reply.id for reply in made}
    assert {(one.errcode, one.error, one.rid, one.not_before, one.by) for one in told} == {(None, "", "", None, "lin")}


async def test_the_parts_after_a_retried_part_forget_their_troubles(talk: Talk, store: Store) -> None:
    """And no other draft that was passed over leaves with it."""
    answers = [await talk.decides((await talk.says(openid)).message, "1", "2") for openid in ("o1", "o2")]
    for first, then in answers:
        await comes_to(store, first, S.FAILED)
        await store.outbox.move(then.id, Move.KEEP, T0, replace(TROUBLE, due_at=None))
        new = NewReply(first.conversation_id, Author.OPERATOR, Content(text="3"), S.SENT)
        await store.replies.write([new], T0, timedelta(minutes=1))
    told = await store.outbox.apply_operator_move(answers[0][0].id, Move.RETRY, second(5), "lin")
    assert [(one.id, one.state) for one in told][:2] == [(one.id, S.QUEUED) for one in answers[0]]
    freed = await store.replies.get(answers[0][1].id)
    assert (freed.errcode, freed.error, freed.rid, freed.not_before) == (None, "", "", None)
    assert await states(store, answers[1]) == [S.FAILED, S.DRAFT]


async def test_releasing_an_answer_whole_touches_no_other_answer(talk: Talk, store: Store, asked: Message) -> None:
    made = await asking(store, asked.conversation_id)
    lacks = Content(text="‹a.b›", gaps=("a.b",))
    thread = (await talk.says("o2")).conversation.id
    for where in (thread, asked.conversation_id):
        await add_reply(store, NewReply(where, Author.RULE, lacks, S.DRAFT), T0)
    await store.replies.write([NewReply(thread, Author.RULE, lacks, S.DRAFT)] * 2, T0)
    await comes_to(store, made[4], S.HELD)
    change = update(replies).where(replies.c.id == made[4].id).values(content=lacks, state=S.CANCELLED)
    await store._db.write(lambda connection: connection.execute(change))
    told = await store.outbox.apply_operator_move(made[1].id, Move.RELEASE, second(5), "lin", whole=True)
    assert [one.id for one in told] == [one.id for one in made[1:4]]
    assert {one.state for one in await store.replies.pending()} == {S.DRAFT}


async def test_parts_that_have_left_are_not_cancelled_with_an_earlier_one(
    talk: Talk, store: Store, asked: Message
) -> None:
    made = await talk.decides(asked, "1", "2", "3", "4")
    for reply, state in zip(made, (S.FAILED, S.SENT, S.UNKNOWN), strict=False):
        await comes_to(store, reply, state)
    told = await store.outbox.apply_operator_move(made[0].id, Move.CANCEL, second(5), "lin")
    assert [one.id for one in told] == [made[0].id, made[3].id]
    assert await states(store, made) == [S.CANCELLED, S.SENT, S.UNKNOWN, S.CANCELLED]


async def test_a_move_that_lets_nothing_go_tells_of_its_reply_alone(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2")
    told = await store.outbox.apply_operator_move(made[0].id, Move.KEEP, second(5), "lin")
    assert told == [await store.replies.get(made[0].id)]
    assert await states(store, made) == [S.DRAFT, S.QUEUED]


@pytest.mark.parametrize(
    ("state", "by", "edited", "leaves"),
    [
        (S.HELD, "lin", False, True),
        (S.HELD, "", False, True),
        (S.DRAFT, "", False, True),
        (S.DRAFT, "lin", True, True),
        (S.DRAFT, "lin", False, False),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
async def test_an_earlier_part_leaves_with_a_later_one_unless_it_is_locked(
    talk: Talk, store: Store, asked: Message, state: ReplyState, by: str, edited: bool, leaves: bool, place: int
) -> None:
    made = await talk.decides(asked, "1", "2", "3")
    [other] = await talk.decides((await talk.says("o1")).message, "4")
    for reply, row in ((made[2], {"state": S.DRAFT}), (made[place], {"state": state, "by": by, "edited": edited})):
        change = update(replies).where(replies.c.id == reply.id).values(row)
        await store._db.write(Connection.execute, change)
    told = await store.outbox.apply_operator_move(made[2].id, Move.RELEASE, second(5), "lin")
    assert made[2].id in {one.id for one in told}
    assert (made[place].id in {one.id for one in told}) is leaves
    assert (await states(store, [made[place], other])) == [S.QUEUED if leaves else state, S.QUEUED]
    assert (await store.replies.get(other.id)).by == ""


@pytest.mark.parametrize("state", [S.FAILED, S.DRAFT])
async def test_no_answer_waits_for_a_part_of_another(
    talk: Talk, store: Store, asked: Message, state: ReplyState
) -> None:
    stopped = await talk.decides(asked, "1", "2", "3")
    await comes_to(store, stopped[0], S.SENT)
    await comes_to(store, stopped[1], state)
    await talk.decides((await talk.says("o1")).message, "4", "5")
    await talk.decides((await talk.says("o2")).message, "6", "7")
    assert await claimed(store) == ["4", "6", "5", "7"]


async def test_a_part_that_asks_does_not_wait_for_itself(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2")
    await comes_to(store, made[1], S.HELD)
    assert await store.replies.promised(asked.conversation_id, only_by_hand=False) == 2


async def test_releasing_the_first_part_releases_none_behind_a_failed_one(
    talk: Talk, store: Store, asked: Message
) -> None:
    made = await talk.decides(asked, "1", "2", "3")
    await comes_to(store, made[0], S.HELD)
    await comes_to(store, made[1], S.FAILED)
    told = await store.outbox.apply_operator_move(made[0].id, Move.RELEASE, second(5), "lin")
    assert [one.id for one in told] == [made[0].id]
    assert (await store.replies.get(made[2].id)).by == ""


async def test_a_failed_part_behind_a_cancelled_one_stays_failed(talk: Talk, store: Store, asked: Message) -> None:
    made = await talk.decides(asked, "1", "2", "3")
    await comes_to(store, made[0], S.HELD)
    await comes_to(store, made[1], S.FAILED)
    told = await store.pending_replies.cancel_held("lin", second(5))
    assert [one.id for one in told] == [made[0].id, made[2].id]
    assert await states(store, made) == [S.CANCELLED, S.FAILED, S.CANCELLED]
