"""What is promised to a contact, and what was sent since a message that came late."""

from __future__ import annotations

import pytest

from tests.store.chats import T0, Talk, incoming, second
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.wechat.quota import window_after_send
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges

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
async def test_what_waits_behind_a_part_that_is_left_to_a_human_is_not_promised(
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


async def test_what_may_have_been_delivered_counts_as_sent(talk: Talk, store: Store) -> None:
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
