"""What the timers do at a time: to which replies, up to which moment, and which stay."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.store.chats import T0, Talk, add_reply, second
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import TOO_LATE, Move, ReplyStep, StepKind
from wxdesk.core.replies.on_new_message import HANDED_OVER, LAST_MOMENT, WINDOW_CLOSED
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.pending.timers import WRITING, TimerMoves, TimerTerms

S = ReplyState
CLOSES = T0.replace(microsecond=0) + timedelta(hours=48)
MOMENT = timedelta(microseconds=1)
KINDS: dict[str, tuple[Author, ReplyState, bool]] = {
    "counts down": (Author.RULE, S.HELD, True),
    "asks": (Author.RULE, S.HELD, False),
    "draft": (Author.RULE, S.DRAFT, False),
    "queued": (Author.RULE, S.QUEUED, True),  # it was held before
    "undoable": (Author.OPERATOR, S.HELD, True),
    "mine asks": (Author.OPERATOR, S.HELD, False),
    "mine": (Author.OPERATOR, S.QUEUED, True),
}


@pytest.fixture
async def thread(talk: Talk) -> int:
    return (await talk.says("o1")).conversation.id


async def made(
    store: Store,
    thread: int,
    text: str,
    due_at: datetime | None = None,
    state: ReplyState = S.HELD,
    author: Author = Author.RULE,
    not_before: datetime | None = None,
) -> Reply:
    new = NewReply(thread, author, Content(text=text), state, due_at=due_at, not_before=not_before)
    return await add_reply(store, new, T0)


async def every_kind(store: Store, thread: int, due_at: datetime) -> list[Reply]:
    return [
        await made(store, thread, text, due_at if counts else None, state, author)
        for text, (author, state, counts) in KINDS.items()
    ]


def told(replies: list[Reply]) -> list[tuple[str, ReplyState, str]]:
    return [(reply.content.text, reply.state, reply.error) for reply in replies]


async def run(store: Store, at: datetime, **terms: Any) -> TimerMoves:
    return await store.pending_replies.run_timers(at, TimerTerms(**terms))


async def test_only_due_replies_leave(store: Store, thread: int) -> None:
    before = await every_kind(store, thread, second(8))
    await made(store, thread, "later", second(8) + MOMENT)
    ran = await run(store, second(8))
    assert told(ran.moved) == [("counts down", S.QUEUED, ""), ("undoable", S.QUEUED, "")]
    assert ran.handed_over == []
    left = [reply for reply in before if reply.id not in {one.id for one in ran.moved}]
    assert [await store.replies.get(reply.id) for reply in left] == left


async def test_waiting_replies_become_drafts_at_the_end_of_the_window(store: Store, talk: Talk, thread: int) -> None:
    await every_kind(store, thread, CLOSES + timedelta(hours=1))
    open_still = await made(store, (await talk.says("o2", at=second(60))).conversation.id, "open")
    assert (await run(store, CLOSES - MOMENT)).moved == []
    moved = (await run(store, CLOSES)).moved
    expected = [(text, S.DRAFT, WINDOW_CLOSED) for text in ("counts down", "asks", "mine asks", "draft")]
    assert told(moved) == expected
    assert {reply.updated_at for reply in moved[:3]} == {CLOSES}
    assert moved == [await store.replies.get(reply.id) for reply in moved]
    assert (await run(store, CLOSES + MOMENT)).moved == [], "each is told once"
    assert await store.replies.get(open_still.id) == open_still


@pytest.mark.parametrize("paused", [False, True])
async def test_nothing_that_a_rule_says_goes_to_who_is_blocked(
    store: Store, talk: Talk, thread: int, paused: bool
) -> None:
    await every_kind(store, thread, second(99))
    other = await made(store, (await talk.says("o2")).conversation.id, "other", second(99))
    contact = (await talk.thread(thread)).contact
    await store.conversations.change_contact(contact.id, ContactChange(blocked=True))
    moved = (await run(store, second(1), only_by_hand=paused)).moved
    assert [(reply.content.text, reply.state, reply.by) for reply in moved] == [
        ("counts down", S.CANCELLED, "operator"),
        ("asks", S.CANCELLED, "operator"),
    ]
    assert {reply.updated_at for reply in moved} == {second(1)}
    assert await store.replies.get(other.id) == other


@pytest.mark.parametrize(
    ("until", "then"),
    [
        (second(20), second(20)),
        (second(8), None),  # as late as it is already
        (CLOSES, CLOSES - LAST_MOMENT),
    ],
)
async def test_while_the_operator_writes_rules_wait(
    store: Store, talk: Talk, thread: int, until: datetime, then: datetime | None
) -> None:
    before = await every_kind(store, thread, second(8))
    other = await made(store, (await talk.says("o2")).conversation.id, "other", second(8))
    moved = (await run(store, second(7), held_until={thread: until})).moved
    if then is None:
        assert moved == []
    else:
        assert [(reply.content.text, reply.state, reply.due_at) for reply in moved] == [("counts down", S.HELD, then)]
        step = (await store.replies.steps(moved[0].id))[-1]
        assert step == ReplyStep(moved[0].id, second(7), StepKind.HOLD, reason=WRITING, until=then)
    left = [reply for reply in (*before, other) if reply.id not in {one.id for one in moved}]
    assert [await store.replies.get(reply.id) for reply in left] == left


@pytest.mark.parametrize("beyond", [False, True])
async def test_typing_holds_each_conversation_until_its_own_time_and_not_in_a_pause(
    store: Store, talk: Talk, thread: int, beyond: bool
) -> None:
    """Nor is it put off beyond the end of the conversation's own reply window."""
    there = (await talk.says("o2", at=second(60))).conversation.id
    for one in (thread, there):
        await made(store, one, str(one), second(8))
    closing = CLOSES - LAST_MOMENT
    then = [closing, closing + timedelta(seconds=60)] if beyond else [second(20), second(30)]
    held_until = dict.fromkeys((thread, there), CLOSES + timedelta(hours=1))
    if not beyond:
        held_until = dict(zip((thread, there), then, strict=True))
    assert (await run(store, second(7), held_until=held_until, only_by_hand=True)).moved == []
    moved = (await run(store, second(7), held_until=held_until)).moved
    assert [reply.due_at for reply in moved] == then


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("hands_over", [False, True])
async def test_at_the_last_moment_it_is_handed_over_where_that_is_wished(
    store: Store, thread: int, hands_over: bool, paused: bool
) -> None:
    last = CLOSES - LAST_MOMENT
    await made(store, thread, "due before", last - MOMENT)
    await every_kind(store, thread, last)
    ran = await run(store, last, only_by_hand=paused, **({"hands_over": True} if hands_over else {}))
    mine, rules = [("undoable", S.QUEUED, "")], [(text, S.QUEUED, "") for text in ("due before", "counts down")]
    if paused:
        assert (told(ran.moved), told(ran.handed_over)) == (mine, [])
    elif hands_over:
        assert (told(ran.moved), told(ran.handed_over)) == (rules[:1] + mine, [("counts down", S.DRAFT, HANDED_OVER)])
    else:
        assert (told(ran.moved), told(ran.handed_over)) == (rules + mine, [])


async def test_a_reply_that_is_not_due_is_not_handed_over(store: Store, thread: int) -> None:
    await made(store, thread, "good", CLOSES - LAST_MOMENT)
    ran = await run(store, CLOSES - LAST_MOMENT - MOMENT, hands_over=True)
    assert ran == TimerMoves()


async def test_a_reply_due_long_ago_asks(store: Store, thread: int) -> None:
    await every_kind(store, thread, second(8) - MOMENT)
    await made(store, thread, "in time", second(8))
    ran = await run(store, second(9), stale_before=second(8))
    expected = [
        ("counts down", S.HELD, TOO_LATE),
        ("undoable", S.HELD, TOO_LATE),
        ("in time", S.QUEUED, ""),
    ]
    assert told(ran.moved) == expected
    assert [reply.due_at for reply in ran.moved[:2]] == [None, None]
    assert ran.moved == [await store.replies.get(reply.id) for reply in ran.moved]


async def test_a_reply_that_is_not_due_is_not_late(store: Store, thread: int) -> None:
    await made(store, thread, "good", second(20))
    assert (await run(store, second(9), stale_before=second(30))).moved == []


async def test_an_operators_reply_for_a_time_long_past_is_held(store: Store, thread: int) -> None:
    """Not what was tried already, and not what is a rule's."""
    tried = await made(store, thread, "tried", state=S.QUEUED, author=Author.OPERATOR)
    await store.outbox.claim(T0, busy=(), limit=1, only_by_hand=False)
    await store.outbox.move(tried.id, Move.POSTPONE, T0, ReplyChanges(not_before=second(2)))
    for author in (Author.OPERATOR, Author.RULE):
        for text, time in (("past", second(8) - MOMENT), ("just now", second(8))):
            await made(store, thread, text, second(3), S.QUEUED, author, time)
    [held] = (await run(store, second(9), stale_before=second(8))).moved
    assert (held.content.text, held.author, held.state, held.error) == ("past", Author.OPERATOR, S.HELD, TOO_LATE)
    assert (held.due_at, held.not_before, held.updated_at) == (None, None, second(9))
    assert held == await store.replies.get(held.id)


@pytest.mark.parametrize("state", [S.QUEUED, S.FAILED, S.SENT])
async def test_timers_move_nothing_where_no_reply_waits(store: Store, thread: int, state: ReplyState) -> None:
    await made(store, thread, "好", second(1), state)
    assert await run(store, CLOSES) == TimerMoves()


async def test_without_a_limit_nothing_is_late(store: Store, thread: int) -> None:
    await made(store, thread, "past", state=S.QUEUED, author=Author.OPERATOR, not_before=second(1))
    await made(store, thread, "counts down", second(1))
    assert told((await run(store, second(9))).moved) == [("counts down", S.QUEUED, "")]
