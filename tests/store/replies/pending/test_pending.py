"""Pending replies moved many at once: which are meant, and what becomes of them."""

from datetime import datetime, timedelta

import pytest

from tests.store.chats import T0, Talk, add_reply, second
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import AFTER_PAUSE, Move
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.pending.timers import TimerTerms

S = ReplyState
CLOSES = T0.replace(microsecond=0) + timedelta(hours=48)


@pytest.fixture
async def thread(talk: Talk) -> int:
    return (await talk.says("o1")).conversation.id


async def made(
    store: Store,
    thread: int,
    text: str,
    state: ReplyState,
    due_at: datetime | None = None,
    author: Author = Author.RULE,
) -> Reply:
    return await add_reply(store, NewReply(thread, author, Content(text=text), state, due_at=due_at), T0)


def texts(replies: list[Reply]) -> list[str]:
    return [reply.content.text for reply in replies]


async def every_kind(store: Store, thread: int) -> None:
    """A rule's reply in each state, two of them held, and one that the operator wrote and that is held."""
    for state in S:
        await made(store, thread, state.value, state, second(8) if state is S.HELD else None)
    await made(store, thread, "asks", S.HELD)
    await made(store, thread, "mine", S.HELD, second(3), Author.OPERATOR)


async def test_all_that_is_held_is_released_or_stopped_but_what_the_operator_wrote(store: Store, thread: int) -> None:
    await every_kind(store, thread)
    released = await store.pending_replies.release_held("lin", second(5))
    assert texts(released) == ["held", "asks"]
    assert {(reply.state, reply.by, reply.updated_at) for reply in released} == {(S.QUEUED, "lin", second(5))}
    assert await store.pending_replies.release_held("lin", second(6)) == []
    await made(store, thread, "held later", S.HELD)
    stopped = await store.pending_replies.cancel_held("lin", second(7))
    assert [(reply.content.text, reply.state, reply.by) for reply in stopped] == [("held later", S.CANCELLED, "lin")]
    assert texts(await store.replies.pending()) == ["mine", "draft"]


async def test_only_replies_with_the_given_ids_are_released_or_cancelled(store: Store, thread: int) -> None:
    await every_kind(store, thread)
    one, two, _ = [(await made(store, thread, text, S.HELD)).id for text in ("one", "two", "three")]
    assert texts(await store.pending_replies.release_held("lin", second(5), (one,))) == ["one"]
    assert texts(await store.pending_replies.cancel_held("lin", second(6), (one, two))) == ["two"], (
        "one is not held any more"
    )
    assert await store.pending_replies.cancel_held("lin", second(6), ()) == []
    assert {"held", "asks", "three"} <= set(texts(await store.replies.pending()))


async def test_what_a_pause_keeps_back_is_counted(store: Store, thread: int) -> None:
    await every_kind(store, thread)
    assert (await store.inbox.counts()).automatic == 3  # held, asks, queued
    await store.pending_replies.release_held("lin", second(5))
    assert (await store.inbox.counts()).automatic == 1, "what a human has released leaves in a pause too"


async def test_replies_that_ask_come_first_and_drafts_last(store: Store, thread: int) -> None:
    await made(store, thread, "draft", S.DRAFT)
    await made(store, thread, "20", S.HELD, second(20))
    await made(store, thread, "10", S.HELD, second(10))
    await made(store, thread, "asks", S.HELD)
    had_a_time = await made(store, thread, "kept", S.HELD, second(1))
    assert (await store.outbox.move(had_a_time.id, Move.KEEP, T0)).due_at is None
    assert texts(await store.replies.pending()) == ["asks", "10", "20", "draft", "kept"]


async def test_a_reply_that_asks_never_leaves_by_itself_and_sets_no_timer(store: Store, thread: int) -> None:
    await made(store, thread, "asks", S.HELD)
    assert await store.pending_replies.next_wake(T0) == CLOSES
    assert (await store.pending_replies.run_timers(second(3600), TimerTerms())).moved == []


async def test_during_a_pause_only_operators_messages_leave_at_their_time(store: Store, thread: int) -> None:
    await made(store, thread, "rule", S.HELD, second(1))
    await made(store, thread, "mine", S.HELD, second(3), Author.OPERATOR)
    assert await store.pending_replies.next_wake(T0) == second(1)
    assert await store.pending_replies.next_wake(T0, only_by_hand=True) == second(3)
    assert texts((await store.pending_replies.run_timers(second(3), TimerTerms(only_by_hand=True))).moved) == ["mine"]
    assert texts((await store.pending_replies.run_timers(second(3), TimerTerms())).moved) == ["rule"]


async def test_a_reply_released_by_an_operator_leaves_during_a_pause(store: Store, thread: int) -> None:
    paused = await made(store, thread, "paused", S.QUEUED)
    freed = await made(store, thread, "freed", S.HELD)
    await store.outbox.move(freed.id, Move.RELEASE, T0, ReplyChanges(by="lin"))
    [claimed] = await store.outbox.claim(T0, busy=(), limit=9, only_by_hand=True)
    assert claimed.reply.id == freed.id
    assert (await store.replies.get(paused.id)).state is S.QUEUED


async def test_replies_that_a_pause_kept_back_are_held_after_it(store: Store, talk: Talk, thread: int) -> None:
    await every_kind(store, thread)
    await made(store, thread, "later", S.HELD, second(9))
    freed = await made(store, thread, "freed", S.HELD)
    await store.outbox.move(freed.id, Move.RELEASE, T0, ReplyChanges(by="lin"))
    await talk.writes(thread, "by hand")
    asking = await store.pending_replies.hold_after_pause(second(8))
    assert texts(asking) == ["held", "queued"]
    assert {(reply.state, reply.due_at, reply.by, reply.updated_at, reply.error) for reply in asking} == {
        (S.HELD, None, "", second(8), AFTER_PAUSE)
    }
    released = await store.outbox.move(asking[0].id, Move.RELEASE, second(9), ReplyChanges(by="lin"))
    assert released.error == "", "what has been decided does not go on asking"
    assert (await store.replies.get(freed.id)).state is S.QUEUED
