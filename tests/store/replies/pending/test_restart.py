"""After a restart or a pause, and at a stop: which replies ask, which are too late, and the next timer."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.store.chats import T0, Talk, add_reply, second
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import AFTER_PAUSE, AFTER_RESTART, ReplyStep, StepKind
from wxdesk.store import Store
from wxdesk.store.schema.messaging import replies

S = ReplyState
RULE, OPERATOR = Author.RULE, Author.OPERATOR
CLOSES = T0.replace(microsecond=0) + timedelta(hours=48)
MOMENT = timedelta(microseconds=1)
LIMIT = second(100)
BEFORE = LIMIT - MOMENT


@pytest.fixture
async def thread(talk: Talk) -> int:
    return (await talk.says("o1")).conversation.id


async def made(
    store: Store, thread: int, state: ReplyState, author: Author = RULE, at: datetime = T0, **values: object
) -> Reply:
    """A reply with whatever an earlier run has left in its row."""
    reply = await add_reply(store, NewReply(thread, author, Content(text="好"), state), at)
    if values:
        change = update(replies).where(replies.c.id == reply.id).values(values)
        await store._db.write(lambda connection: connection.execute(change))
    return await store.replies.get(reply.id)


@pytest.mark.parametrize(
    ("author", "state", "values", "asks"),
    [
        (RULE, S.HELD, {}, False),
        (RULE, S.HELD, {"due_at": BEFORE}, True),
        (RULE, S.HELD, {"due_at": LIMIT}, True),
        (RULE, S.QUEUED, {}, False),
        (RULE, S.QUEUED, {"by": "lin"}, True),
        (RULE, S.QUEUED, {"by": "lin", "updated_at": LIMIT}, False),
        (RULE, S.QUEUED, {"by": "lin", "not_before": BEFORE}, True),
        (RULE, S.QUEUED, {"by": "lin", "not_before": LIMIT}, False),
        (RULE, S.QUEUED, {"due_at": LIMIT}, False),  # it was held before
        (RULE, S.DRAFT, {}, False),
        (RULE, S.DRAFT, {"due_at": LIMIT}, False),
        (RULE, S.FAILED, {"by": "lin"}, False),
        (OPERATOR, S.HELD, {}, False),
        (OPERATOR, S.HELD, {"due_at": BEFORE}, True),
        (OPERATOR, S.HELD, {"due_at": LIMIT}, True),
        (OPERATOR, S.QUEUED, {}, True),
        (OPERATOR, S.QUEUED, {"updated_at": LIMIT}, False),
        (OPERATOR, S.QUEUED, {"not_before": LIMIT}, False),
        (OPERATOR, S.DRAFT, {}, False),
    ],
)
async def test_after_a_restart_old_and_counting_messages_ask(
    store: Store, thread: int, author: Author, state: ReplyState, values: dict[str, Any], asks: bool
) -> None:
    trouble = {"error": "busy", "errcode": -1, "rid": "r"}
    reply = await made(store, thread, state, author, **(values | trouble))
    told = await store.pending_replies.hold_after_restart(second(200), LIMIT)
    if not asks:
        assert told == []
        assert await store.replies.get(reply.id) == reply
        return
    [after] = told
    assert (after.state, after.due_at, after.error, after.errcode, after.rid) == (S.HELD, None, AFTER_RESTART, None, "")
    assert (after.by, after.updated_at) == (reply.by, second(200))
    assert (await store.replies.steps(reply.id))[-1] == ReplyStep(
        reply.id, second(200), StepKind.HOLD, reason=AFTER_RESTART
    )
    assert after == await store.replies.get(reply.id)


async def test_after_a_restart_no_reply_is_locked(store: Store, thread: int) -> None:
    held = await made(store, thread, S.HELD, due_at=BEFORE)
    old = await made(store, thread, S.QUEUED, OPERATOR)
    taken = await made(store, thread, S.DRAFT, by="lin")
    told = await store.pending_replies.hold_after_restart(second(200), LIMIT)
    assert [(one.id, one.state, one.by, one.error) for one in told] == [
        (held.id, S.HELD, "", AFTER_RESTART),
        (old.id, S.HELD, "", AFTER_RESTART),
        (taken.id, S.DRAFT, "", AFTER_RESTART),
    ]


@pytest.mark.parametrize(
    ("author", "state", "values", "held"),
    [
        (RULE, S.HELD, {"due_at": LIMIT}, True),
        (RULE, S.HELD, {"due_at": LIMIT + MOMENT}, False),
        (RULE, S.HELD, {}, False),
        (OPERATOR, S.HELD, {"due_at": LIMIT}, False),
        (RULE, S.QUEUED, {}, True),
        (RULE, S.QUEUED, {"by": "lin"}, False),
        (OPERATOR, S.QUEUED, {}, False),
        (RULE, S.DRAFT, {"due_at": LIMIT}, False),
    ],
)
async def test_after_a_pause_the_replies_it_kept_back_ask(
    store: Store, thread: int, author: Author, state: ReplyState, values: dict[str, Any], held: bool
) -> None:
    reply = await made(store, thread, state, author, error="busy", errcode=-1, rid="r", **values)
    told = await store.pending_replies.hold_after_pause(LIMIT)
    if not held:
        assert told == []
        assert await store.replies.get(reply.id) == reply
        return
    [after] = told
    assert (after.state, after.due_at, after.error, after.errcode, after.rid) == (S.HELD, None, AFTER_PAUSE, None, "")
    assert after.updated_at == LIMIT


@pytest.mark.parametrize(
    ("author", "state", "values", "by_anyone", "by_hand"),
    [
        (RULE, S.HELD, {"due_at": second(20)}, second(20), CLOSES),
        (OPERATOR, S.HELD, {"due_at": second(20)}, second(20), second(20)),
        (RULE, S.HELD, {"due_at": T0 - MOMENT}, T0 - MOMENT, CLOSES),  # it is overdue
        (RULE, S.HELD, {}, CLOSES, CLOSES),
        (RULE, S.DRAFT, {"due_at": second(20)}, CLOSES, CLOSES),
        (RULE, S.QUEUED, {"not_before": second(20)}, second(20), None),
        (OPERATOR, S.QUEUED, {"not_before": second(20)}, second(20), second(20)),
        (OPERATOR, S.QUEUED, {"not_before": T0}, None, None),
        (RULE, S.QUEUED, {"due_at": second(20)}, None, None),
        (RULE, S.SENT, {"due_at": second(20), "not_before": second(20)}, None, None),
    ],
)
async def test_the_next_timer_is_of_a_reply_with_a_time(
    store: Store,
    talk: Talk,
    thread: int,
    author: Author,
    state: ReplyState,
    values: dict[str, Any],
    by_anyone: datetime | None,
    by_hand: datetime | None,
) -> None:
    await talk.says("o0", at=T0 - timedelta(hours=1))  # whose window closes earlier, but nothing waits there
    await made(store, thread, state, author, **values)
    assert await store.pending_replies.next_wake(T0) == by_anyone
    assert await store.pending_replies.next_wake(T0, only_by_hand=True) == by_hand


async def test_the_next_timer_is_the_earliest_and_none_for_closed_windows(
    store: Store, talk: Talk, thread: int
) -> None:
    await made(store, thread, S.HELD)
    assert await store.pending_replies.next_wake(CLOSES - MOMENT) == CLOSES
    assert await store.pending_replies.next_wake(CLOSES) is None
    for seconds in (40, 20, 30):
        await made(store, thread, S.QUEUED, not_before=second(seconds))
    assert await store.pending_replies.next_wake(T0) == second(20)
    await made(store, thread, S.HELD, due_at=second(10))
    assert await store.pending_replies.next_wake(T0) == second(10)


async def test_only_queued_replies_among_the_named_are_held_back(store: Store, thread: int) -> None:
    states = (S.QUEUED, S.SENDING, S.DRAFT, S.QUEUED)
    queued, sending, draft, other = [await made(store, thread, state, OPERATOR) for state in states]
    [held] = await store.pending_replies.hold_back([queued.id, sending.id, draft.id], second(5))
    assert (held.id, held.state, held.due_at, held.error, held.errcode) == (
        queued.id,
        S.HELD,
        None,
        AFTER_RESTART,
        None,
    )
    assert [await store.replies.get(one.id) for one in (sending, draft, other)] == [sending, draft, other]


async def test_messages_that_count_down_are_released_at_a_stop(store: Store, thread: int) -> None:
    made_ = [
        await made(store, thread, state, author, due_at=due_at)
        for author in Author
        for state in S
        for due_at in (second(9), None)
        if author is not Author.CONTACT
    ]
    released = await store.pending_replies.release_undoable(second(5))
    [mine] = [one for one in made_ if one.author is OPERATOR and one.state is S.HELD and one.due_at]
    assert [(one.id, one.state, one.updated_at, one.by) for one in released] == [(mine.id, S.QUEUED, second(5), "")]
