"""One move of one reply: what it changes in the reply, and what arriving does to the conversation."""

from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select

from tests.store.chats import T0, Talk, add_reply, resolve, second
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import MoveNotAllowed, NotFound
from wxdesk.core.model.conversation import Author, ReplyWindow, StatusChange
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move, ReplyStep, StepKind
from wxdesk.core.rules.ruling import Ruling
from wxdesk.core.wechat.quota import window_after_send
from wxdesk.store import Store
from wxdesk.store.replies import moves
from wxdesk.store.replies.moves import ReplyChanges, WantedMove, move_each
from wxdesk.store.schema.messaging import replies

S = ReplyState
TROUBLE = ReplyChanges(errcode=-1, error="busy", rid="r-1", not_before=second(500))


@pytest.fixture
async def asked(talk: Talk) -> Message:
    return (await talk.says("o1", "几点")).message


async def made(store: Store, thread: int, state: ReplyState, text: str = "好") -> Reply:
    return await add_reply(store, NewReply(thread, Author.RULE, Content(text=text), state), T0)


async def answer(store: Store, message: Message, *texts: str, take_over: str = "", **fields: Any) -> list[Reply]:
    """What a rule says to a message, and hands the conversation over with if `take_over` says so."""
    thread = message.conversation_id
    new = tuple(NewReply(thread, Author.RULE, Content(text=text), S.QUEUED, rule_id=7, **fields) for text in texts)
    outcome = Outcome.HANDED_OVER if take_over else Outcome.REPLIED
    decision = Decision(message.id, thread, outcome, T0, rule_id=7, rule_name="r")
    return await store.decisions.store_rulings([Ruling(decision, new, take_over=take_over)])


async def is_promise(store: Store, reply: Reply) -> bool:
    query = select(replies.c.promise).where(replies.c.id == reply.id)
    return bool(await store._db.read(lambda connection: connection.execute(query).scalar_one()))


@pytest.mark.parametrize("move", [Move.ACCEPT, Move.POSTPONE, Move.LOSE])
async def test_only_acceptance_clears_the_last_error_of_a_reply(
    store: Store, talk: Talk, asked: Message, move: Move
) -> None:
    reply = await made(store, asked.conversation_id, S.SENDING)
    await store.outbox.move(reply.id, Move.POSTPONE, T0, TROUBLE)
    await talk.moves(reply, Move.CLAIM)
    after = await store.outbox.move(reply.id, move, second(2))
    trouble = (after.errcode, after.error, after.rid, after.not_before)
    assert trouble == ((None, "", "", None) if move is Move.ACCEPT else (-1, "busy", "r-1", second(500)))
    assert after.sent_at == (second(2) if move is Move.ACCEPT else None)
    assert after == await store.replies.get(reply.id)


async def test_release_clears_the_last_error_and_keep_clears_the_deadline(store: Store, asked: Message) -> None:
    reply = await made(store, asked.conversation_id, S.HELD)
    held = await store.outbox.move(reply.id, Move.HOLD, T0, replace(TROUBLE, due_at=second(9), by="lin"))
    assert (held.due_at, held.not_before, held.errcode, held.error) == (second(9), second(500), -1, "busy")
    kept = await store.outbox.move(reply.id, Move.KEEP, second(1), ReplyChanges(by="wang"))
    assert (kept.due_at, kept.not_before, kept.errcode, kept.by) == (None, second(500), -1, "wang")
    released = await store.outbox.move(reply.id, Move.RELEASE, second(2))
    assert (released.errcode, released.error, released.rid, released.not_before) == (None, "", "", None)
    assert (released.by, released.attempts) == ("wang", 0)
    assert released == await store.replies.get(reply.id)


async def test_only_a_confirmed_reply_is_marked_as_confirmed(store: Store, asked: Message) -> None:
    reply = await made(store, asked.conversation_id, S.SENDING)
    assert not (await store.outbox.move(reply.id, Move.ACCEPT, second(1))).confirmed


@pytest.mark.parametrize("by", ["rule", "edited", "operator"])
async def test_a_reply_answers_by_its_author_a_message_or_all_messages_before(
    store: Store, talk: Talk, asked: Message, by: str
) -> None:
    """A rule answers its message, a human all that was there when they wrote, and nobody what came afterwards."""
    thread = asked.conversation_id
    later = await talk.says("o1", "在吗", at=second(10))
    if by == "operator":
        reply = await talk.writes(thread, "九点", at=second(20))
    else:
        [reply] = await answer(store, asked, "九点")
    if by == "edited":
        await store.outbox.move(reply.id, Move.KEEP, second(11))
        await store.outbox.edit(reply.id, Content(text="九点半"), second(12))
        await store.outbox.move(reply.id, Move.RELEASE, second(13))
    last = await talk.says("o1", "喂", at=second(30))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(40))
    waits = later if by == "rule" else last
    assert (await talk.thread(thread)).waiting_since == waits.message.at


async def test_a_human_has_not_answered_what_came_late_after_they_had_changed_the_reply(
    store: Store, talk: Talk, asked: Message
) -> None:
    """However old it is: nobody had seen it."""
    thread = asked.conversation_id
    [reply] = await answer(store, (await talk.says("o1", at=second(20))).message, "九点")
    await store.outbox.move(reply.id, Move.KEEP, second(21))
    await store.outbox.edit(reply.id, Content(text="九点半"), second(22))
    late = (await talk.says("o1", at=second(10))).message
    await talk.moves(reply, Move.RELEASE, Move.CLAIM, Move.ACCEPT, at=second(30))
    assert (await talk.thread(thread)).waiting_since == late.at


async def test_what_was_written_before_anyone_noted_what_was_there_answers_everything(
    store: Store, talk: Talk, asked: Message
) -> None:
    """As in a database of an early version; and only in its own conversation."""
    other = await talk.says("o2")
    reply = await talk.writes(asked.conversation_id, "九点")
    await store._db.write(lambda connection: connection.execute(replies.update().values(heard_id=None)))
    await talk.says("o1", at=second(1))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(2))
    assert (await talk.thread(asked.conversation_id)).waiting_since is None
    assert (await talk.thread(other.conversation.id)).waiting_since == other.message.at


@pytest.mark.parametrize("until", [None, 40.0, 39.0])
@pytest.mark.parametrize("way", ["automatic", "released", "operator"])
async def test_during_a_takeover_a_rules_reply_only_promises(
    store: Store, talk: Talk, asked: Message, until: float | None, way: str
) -> None:
    """As long as it lasts: its end itself does not belong to it any more."""
    thread = asked.conversation_id
    [reply] = [await talk.writes(thread, "好")] if way == "operator" else await answer(store, asked, "好")
    await store.outbox.move(reply.id, Move.CLAIM, T0, ReplyChanges(by="lin" if way == "released" else None))
    await store.outbox.take_over(thread, Takeover(None if until is None else second(until)), second(1))
    await talk.moves(reply, Move.ACCEPT, at=second(39.5))
    promises = way == "automatic" and until != 39.0
    assert await is_promise(store, reply) is promises
    assert (await talk.thread(thread)).waiting_since == (asked.at if promises else None)


async def test_a_takeover_is_over_at_its_end(store: Store, talk: Talk, asked: Message) -> None:
    [reply] = await answer(store, asked, "好")
    await talk.moves(reply, Move.CLAIM)
    await store.outbox.take_over(asked.conversation_id, Takeover(second(40)), second(1))
    await talk.moves(reply, Move.ACCEPT, at=second(40))
    assert not await is_promise(store, reply)


@pytest.mark.parametrize("edited", [False, True])
async def test_a_handing_over_rules_reply_is_a_promise_also_without_a_takeover(
    store: Store, talk: Talk, asked: Message, edited: bool
) -> None:
    [reply] = await answer(store, asked, "马上来", take_over="r")
    await store.takeovers.hand_back(asked.conversation_id)
    if edited:
        await store.outbox.move(reply.id, Move.KEEP, second(1))
        await store.outbox.edit(reply.id, Content(text="十点"), second(1))
        await store.outbox.move(reply.id, Move.RELEASE, second(1), ReplyChanges(by="lin"))
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(2))
    assert await is_promise(store, reply) is not edited
    assert ((await talk.thread(asked.conversation_id)).waiting_since is None) is edited


async def test_an_overtaken_reply_is_placed_where_it_arrived_with_its_later_parts(
    store: Store, talk: Talk, asked: Message
) -> None:
    """Neither with the part that was stopped before it, nor with the one that was sent alone."""
    first, stopped, then, alone, last = await answer(store, asked, "1", "2", "3", "4", "5")
    await talk.moves(first, Move.CLAIM)
    assert (await talk.moves(first, Move.ACCEPT, at=second(3))).placed_at is None
    await talk.moves(stopped, Move.CANCEL, at=second(3))
    await talk.moves(alone, Move.CLAIM, Move.ACCEPT, at=second(4))
    await talk.says("o1", "还有", at=second(10))
    other = await talk.writes(asked.conversation_id, "6", at=second(11))
    await talk.moves(then, Move.CLAIM)
    assert (await talk.moves(then, Move.POSTPONE, Move.CLAIM, at=second(12))).placed_at is None
    assert (await talk.moves(then, Move.ACCEPT, at=second(12))).placed_at == second(12)
    found = [(await store.replies.get(one.id)).placed_at for one in (first, stopped, then, alone, last, other)]
    assert found == [None, None, second(12), second(4), second(12), None]


async def test_a_reply_that_nothing_overtook_is_placed_where_it_was_made(
    store: Store, talk: Talk, asked: Message
) -> None:
    at = (await talk.thread(asked.conversation_id)).last_at
    assert at is not None
    new = NewReply(asked.conversation_id, Author.OPERATOR, Content(text="1"), S.QUEUED, not_before=second(0))
    reply = await add_reply(store, new, at)
    await talk.moves(reply, Move.CLAIM)
    lost = await talk.moves(reply, Move.LOSE, at=second(50))
    assert lost.placed_at is None
    assert (await talk.moves(reply, Move.CONFIRM, at=second(60))).placed_at is None


@pytest.mark.parametrize(
    ("state", "move", "kept"),
    [
        (S.QUEUED, Move.CLAIM, True),
        (S.QUEUED, Move.KEEP, False),
        (S.SENDING, Move.REFUSE, False),
        (S.SENDING, Move.LOSE, False),
        (S.SENDING, Move.POSTPONE, True),
        (S.DRAFT, Move.RELEASE, False),
        (S.HELD, Move.RELEASE, False),
        (S.FAILED, Move.RETRY, True),
    ],
)
async def test_a_reply_that_an_operator_moved_sets_nothing_aside(
    store: Store, asked: Message, state: ReplyState, move: Move, kept: bool
) -> None:
    new = NewReply(asked.conversation_id, Author.RULE, Content(text="好"), state, aside=StatusChange(5))
    reply = await add_reply(store, new, T0)
    after = await store.outbox.move(reply.id, move, second(1))
    assert after.aside == (StatusChange(5) if kept else None)
    assert after == await store.replies.get(reply.id)


@pytest.mark.parametrize("taken", [None, Takeover(None), Takeover(second(2))])
async def test_a_rule_sets_aside_once_all_parts_arrived_unless_taken_over(
    store: Store, talk: Talk, asked: Message, taken: Takeover | None
) -> None:
    [reply] = await answer(store, asked, "再见", aside=StatusChange(5))
    await talk.moves(reply, Move.CLAIM)
    if taken is not None:
        await store.outbox.take_over(asked.conversation_id, taken, second(1))
    await talk.moves(reply, Move.ACCEPT, at=second(2))
    until = None if taken == Takeover(None) else second(2 + 300)
    assert (await talk.thread(asked.conversation_id)).snoozed_until == until


@pytest.mark.parametrize(("move", "opens"), [(Move.REFUSE, True), (Move.LOSE, True), (Move.POSTPONE, False)])
async def test_a_reply_that_needs_the_operator_reopens_the_conversation(
    store: Store, talk: Talk, asked: Message, move: Move, opens: bool
) -> None:
    reply = await made(store, asked.conversation_id, S.SENDING)
    await resolve(store, asked.conversation_id, second(1))
    await talk.moves(reply, move, at=second(2))
    assert ((await talk.thread(asked.conversation_id)).resolved_at is None) is opens


@pytest.mark.parametrize("move", [Move.LOSE, Move.POSTPONE, Move.REFUSE])
async def test_only_a_sent_reply_is_previewed_and_ends_the_waiting(
    store: Store, talk: Talk, asked: Message, move: Move
) -> None:
    reply = await made(store, asked.conversation_id, S.SENDING)
    before = await talk.thread(asked.conversation_id)
    await store.outbox.move(reply.id, move, second(2), ReplyChanges(window=lambda window: ReplyWindow(2, window.until)))
    after = await talk.thread(asked.conversation_id)
    assert after == replace(before, window=ReplyWindow(2, before.window.until))


@pytest.mark.parametrize("way", ["automatic", "released", "operator"])
async def test_a_sent_reply_extends_a_takeover_until_silence(
    store: Store, talk: Talk, asked: Message, way: str
) -> None:
    thread = asked.conversation_id
    [reply] = [await talk.writes(thread, "好")] if way == "operator" else await answer(store, asked, "好")
    await store.outbox.move(reply.id, Move.CLAIM, T0, ReplyChanges(by="lin" if way == "released" else None))
    await store.outbox.take_over(thread, Takeover(second(300), 300), second(0))
    await talk.moves(reply, Move.ACCEPT, at=second(100))
    found = await talk.thread(thread)
    assert (found.taken_over_until, found.preview) == (second(400), "好")


async def test_a_kept_reply_tells_its_stopped_deadline_and_by_whom(store: Store, asked: Message) -> None:
    new = NewReply(asked.conversation_id, Author.RULE, Content(text="好"), S.HELD, due_at=second(9))
    reply = await add_reply(store, new, T0)
    await store.outbox.move(reply.id, Move.KEEP, second(1), ReplyChanges(by="lin", error="why", errcode=5))
    expected = ReplyStep(reply.id, second(1), StepKind.KEEP, "lin", None, "why", second(9), 5)
    assert (await store.replies.steps(reply.id))[-1] == expected


async def test_moves_of_several_are_made_in_the_order_asked_and_all_or_none(
    store: Store, talk: Talk, asked: Message
) -> None:
    other = (await talk.says("o2")).message
    one, two = [await made(store, thread, S.SENDING) for thread in (other.conversation_id, asked.conversation_id)]
    wanted = [
        WantedMove(two.id, Move.ACCEPT, second(1), ReplyChanges()),
        WantedMove(one.id, Move.LOSE, second(2), ReplyChanges()),
    ]
    with pytest.raises(NotFound) as refused:
        await store._db.write(move_each, [*wanted, WantedMove(99, Move.ACCEPT, second(1), ReplyChanges())])
    assert refused.value.values == {"noun": "reply"}
    moved = await store._db.write(move_each, wanted)
    assert [(reply.id, reply.state, reply.updated_at) for reply in moved] == [
        (two.id, S.SENT, second(1)),
        (one.id, S.UNKNOWN, second(2)),
    ]


async def test_of_several_that_arrive_each_changes_its_own_row_and_its_own_conversation(
    store: Store, talk: Talk, asked: Message
) -> None:
    threads = [asked.conversation_id, *[(await talk.says(f"o{n}")).message.conversation_id for n in (2, 3)]]
    arriving = [await made(store, thread, S.SENDING, f"to {thread}") for thread in threads]
    changes = ReplyChanges(errcode=0, error="", window=window_after_send)
    moved = await store._db.write(
        move_each, [WantedMove(one.id, Move.ACCEPT, second(n), changes) for n, one in enumerate(arriving)]
    )
    assert [(one.state, one.sent_at) for one in moved] == [(S.SENT, second(n)) for n in range(3)]
    assert [await store.replies.get(one.id) for one in moved] == moved
    found = [await talk.thread(thread) for thread in threads]
    assert [one.preview for one in found] == [f"to {thread}" for thread in threads]
    assert [one.window.left for one in found] == [4, 4, 4]


async def test_an_edit_is_signed_answers_what_was_there_and_is_found(store: Store, talk: Talk, asked: Message) -> None:
    new = NewReply(asked.conversation_id, Author.RULE, Content(text="旧的"), S.HELD, aside=StatusChange())
    reply = await add_reply(store, new, T0)
    heard = (await talk.says("o1", at=second(1))).message
    await talk.says("o2", at=second(1))

    edited = await store.outbox.edit(reply.id, Content(text="新的"), second(2), "lin")
    assert (edited.operator, edited.aside, edited.edited, edited.updated_at) == ("lin", None, True, second(2))
    assert edited == await store.replies.get(reply.id)
    [heard_id] = await store._db.read(
        lambda connection: connection.scalars(select(replies.c.heard_id).where(replies.c.id == reply.id)).all()
    )
    assert heard_id == heard.id
    expected = ReplyStep(reply.id, second(2), StepKind.EDIT, by="lin", before=Content(text="旧的"))
    assert (await store.replies.steps(reply.id))[-1] == expected
    assert [len(await store.inbox.search(text)) for text in ("旧的", "新的")] == [0, 1]


@pytest.mark.parametrize("held", [False, True])
async def test_editing_a_reply_that_asks_reopens_the_conversation(
    store: Store, talk: Talk, asked: Message, held: bool
) -> None:
    """What counts down and was written by a human does not ask."""
    new = NewReply(asked.conversation_id, Author.OPERATOR, Content(text="好"), S.HELD, due_at=second(9))
    reply = await add_reply(store, new, T0)
    await resolve(store, asked.conversation_id, second(1))
    if not held:
        await store._db.write(lambda connection: connection.execute(replies.update().values(due_at=None)))
    await store.outbox.edit(reply.id, Content(text="新的"), second(2))
    assert ((await talk.thread(asked.conversation_id)).resolved_at is None) is not held


async def test_a_refused_move_names_the_state_and_the_move(store: Store, asked: Message) -> None:
    reply = await made(store, asked.conversation_id, S.SENT)
    with pytest.raises(MoveNotAllowed) as refused:
        await store.outbox.edit(reply.id, Content(text="新的"), second(2))
    assert refused.value.values == {"state": "sent", "move": "edit"}
    stale = replace(reply, state=S.DRAFT)
    with pytest.raises(MoveNotAllowed) as refused:
        await store._db.write(moves.update_guarded, stale, "edit", {"edited": True})
    assert refused.value.values == {"state": "draft", "move": "edit"}
    assert await store.replies.get(reply.id) == reply
