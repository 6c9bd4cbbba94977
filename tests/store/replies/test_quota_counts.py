"""Quota that pending replies use, and replies sent since a message that came late."""

import pytest
from sqlalchemy import update

from tests.store.chats import T0, Talk, add_reply, incoming, second
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.wechat.quota import window_after_send
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.quota_counts import NOTHING_UNSENT, UnsentCount, sent_since, unsent_counts
from wxdesk.store.schema.messaging import replies

ACCEPTED = ReplyChanges(window=window_after_send)


async def test_replies_that_wait_are_promised_and_drafts_are_not(talk: Talk, store: Store) -> None:
    said = await talk.says("o1", at=second(0))
    assert said.promised == 0
    other = (await talk.says("o2", at=second(0))).conversation.id
    await talk.writes(other, "另一个人的")
    thread = said.conversation.id
    for state in (ReplyState.QUEUED, ReplyState.HELD, ReplyState.DRAFT, ReplyState.QUEUED, ReplyState.QUEUED):
        await talk.writes(thread, state.value, state=state)
    assert len(await store.outbox.claim(second(1), busy=(), limit=9, only_by_hand=False)) == 2
    again = await talk.says("o1", at=second(2))
    assert again.promised == 4  # one under way, two queued, one held
    undecided = await store.decisions.undecided()
    assert [(one.conversation.contact.openid, one.promised) for one in undecided] == [("o1", 4), ("o2", 1), ("o1", 4)]


@pytest.mark.parametrize(
    ("ways", "promised"),
    [
        ((Move.CLAIM, Move.REFUSE), 0),  # it failed, and what follows waits for whoever sends it again
        ((Move.CLAIM, Move.LOSE), 0),
        ((Move.KEEP,), 0),
        ((Move.CLAIM, Move.POSTPONE), 3),
        ((Move.CLAIM, Move.ACCEPT), 2),
    ],
)
async def test_parts_behind_one_left_to_the_operator_are_not_promised(
    talk: Talk, store: Store, ways: tuple[Move, ...], promised: int
) -> None:
    first, *_ = await talk.decides((await talk.says("o1")).message, "1", "2", "3")
    await talk.moves(first, *ways)
    assert (await talk.says("o1")).promised == promised


async def test_parts_that_leave_by_their_own_time_are_promised(talk: Talk, store: Store) -> None:
    first, _ = await talk.decides((await talk.says("o1")).message, "1", "2", state=ReplyState.HELD, due_at=second(8))
    assert (await talk.says("o1")).promised == 2
    await store.outbox.move(first.id, Move.KEEP, second(1))
    assert (await talk.says("o1")).promised == 0


@pytest.mark.parametrize(
    ("sent_at", "left"),
    # CreateTime has whole seconds; what left within the same one was sent before it, as far as anybody can tell.
    [((1, 2), 5), ((9, 2), 5), ((10.5,), 5), ((11, 2), 4), ((11, 12), 3)],
)
async def test_a_late_message_allows_what_was_not_sent_since(
    talk: Talk, store: Store, sent_at: tuple[float, ...], left: int
) -> None:
    thread = (await talk.says("o1", at=second(0))).conversation.id
    for at in sent_at:
        reply = await talk.writes(thread, "答", at=second(at))
        await store.outbox.move(reply.id, Move.CLAIM, second(at))
        await store.outbox.move(reply.id, Move.ACCEPT, second(at), ACCEPTED)
    made = await talk.hears(incoming("o1", "迟到", at=second(10)), second(60))
    assert made.conversation.window.left == left


async def test_a_message_in_time_resets_the_count(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1", at=T0)).conversation.id
    reply = await talk.writes(thread, "答", at=second(1))
    await store.outbox.move(reply.id, Move.CLAIM, second(1))
    await store.outbox.move(reply.id, Move.ACCEPT, second(1), ACCEPTED)
    assert (await talk.thread(thread)).window.left == 4
    assert (await talk.says("o1", at=second(2))).conversation.window.left == 5


async def test_an_unknown_reply_counts_as_sent(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1", at=second(0))).conversation.id
    await talk.says("o1", at=second(30))  # so that the conversation is known to have gone on
    reply = await talk.writes(thread, "答", at=second(20))
    await store.outbox.move(reply.id, Move.CLAIM, second(20))
    await store.outbox.move(reply.id, Move.LOSE, second(21), ACCEPTED)
    made = await talk.hears(incoming("o1", "迟到", at=second(10)), second(60))
    assert made.conversation.window.left == 4


async def test_an_answer_of_wechats_stands_whole(talk: Talk, store: Store) -> None:
    reply = await talk.writes((await talk.says("o1")).conversation.id, "答")
    await store.outbox.move(reply.id, Move.CLAIM, second(1))
    refused = ReplyChanges(errcode=40164, error="invalid ip", rid="6a-7b-8c")
    await store.outbox.move(reply.id, Move.POSTPONE, second(1), refused)
    await store.outbox.move(reply.id, Move.CLAIM, second(2))
    unreached = await store.outbox.move(reply.id, Move.POSTPONE, second(2), ReplyChanges(error="cannot be reached"))
    assert (unreached.errcode, unreached.error, unreached.rid) == (None, "cannot be reached", "")
    assert await store.replies.get(reply.id) == unreached


@pytest.mark.parametrize("only_by_hand", [False, True])
async def test_each_kind_is_promised_or_not(talk: Talk, store: Store, only_by_hand: bool) -> None:
    """What automatic ones are cancelled for: those under way stay promised, and what a human wrote or released."""
    thread, other = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    states = (ReplyState.HELD, ReplyState.QUEUED, ReplyState.SENDING)
    for where in (thread, other):
        for author in (Author.RULE, Author.OPERATOR):
            for state in ReplyState:
                await add_reply(store, NewReply(where, author, Content(text="好"), state), T0)
    freed = await add_reply(store, NewReply(thread, Author.RULE, Content(text="好"), ReplyState.DRAFT), T0)
    await store.outbox.move(freed.id, Move.RELEASE, T0, ReplyChanges(by="lin"))
    expected = 1 + len(states) + (1 if only_by_hand else len(states))
    assert await store.replies.promised(thread, only_by_hand=only_by_hand) == expected
    assert await store.replies.promised(thread + 9, only_by_hand=only_by_hand) == 0


async def test_by_hand_a_part_behind_a_failed_one_is_not_promised(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1")).conversation.id
    new = [NewReply(thread, Author.OPERATOR, Content(text=text), ReplyState.QUEUED) for text in "123"]
    first, *_ = (await store.replies.write(new, T0)).written
    assert await store.replies.promised(thread, only_by_hand=True) == 3
    await talk.moves(first, Move.CLAIM, Move.REFUSE)
    assert await store.replies.promised(thread, only_by_hand=True) == 0


async def test_of_each_conversation_its_own_are_counted(talk: Talk, store: Store) -> None:
    threads = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2", "o3", "o4", "o5")]
    waiting = (ReplyState.HELD, ReplyState.DRAFT, ReplyState.QUEUED, ReplyState.FAILED)
    for thread, state in zip(threads, waiting, strict=False):
        await talk.writes(thread, "好", state=state)
    await talk.writes(threads[0], "好", state=ReplyState.QUEUED)
    found = await store._db.read(unsent_counts, threads[1:])
    assert found == {threads[1]: UnsentCount(0, waits=True), threads[2]: UnsentCount(1, waits=False)}
    assert await store._db.read(unsent_counts, threads[:1]) == {threads[0]: UnsentCount(2, waits=True)}
    assert await store._db.read(unsent_counts, []) == {}
    assert UnsentCount(0, waits=False) == NOTHING_UNSENT, "which is what those have that are left out"


@pytest.mark.parametrize(
    ("state", "at", "count"),
    [
        (Move.ACCEPT, 4.999999, 0),
        (Move.ACCEPT, 5, 1),
        (Move.LOSE, 4.999999, 0),
        (Move.LOSE, 5, 1),
        (Move.REFUSE, 9, 0),
        (Move.POSTPONE, 9, 0),
    ],
)
async def test_since_a_time_what_arrived_counts_or_may_have(
    talk: Talk, store: Store, state: Move, at: float, count: int
) -> None:
    threads = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    for thread in threads:
        await talk.moves(await talk.writes(thread, "好"), Move.CLAIM, state, at=second(at))
    assert await store._db.read(sent_since, threads[0], second(5)) == count


@pytest.mark.parametrize("arrived", [4, 5])
async def test_a_reply_accepted_and_then_lost_on_its_retry_counts_once(
    talk: Talk, store: Store, arrived: float
) -> None:
    reply = await talk.writes((await talk.says("o1")).conversation.id, "好")
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(arrived))
    lost = {"state": ReplyState.UNKNOWN, "updated_at": second(9)}
    await store._db.write(lambda connection: connection.execute(update(replies).values(lost)))
    assert await store._db.read(sent_since, reply.conversation_id, second(5)) == 1


async def test_what_a_human_has_released_waits_for_nobody_to_decide(talk: Talk, store: Store) -> None:
    """Though an earlier part asks; behind one that failed it waits all the same."""
    first, then = await talk.decides((await talk.says("o1")).message, "1", "2")
    lets_go = {"by": "lin"}
    await store._db.write(lambda connection: connection.execute(update(replies).values(lets_go)))
    await talk.moves(first, Move.KEEP)
    assert await store.replies.promised(then.conversation_id, only_by_hand=False) == 1
    await talk.moves(first, Move.RELEASE, Move.CLAIM, Move.REFUSE)
    assert await store.replies.promised(then.conversation_id, only_by_hand=False) == 0
