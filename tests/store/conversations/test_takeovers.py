"""Takeovers that end by themselves: what moves their end, and what is left of them."""

from datetime import datetime, timedelta

import pytest

from tests.store.chats import Talk, add_reply, entering, incoming, resolve, second
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import NotFound
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def thread(talk: Talk, store: Store) -> int:
    """Taken over at 0 s, until five minutes have passed in silence."""
    made = await talk.says("li")
    await store.outbox.take_over(made.conversation.id, Takeover(second(300), 300), second(1))
    return made.conversation.id


async def until(talk: Talk, thread: int) -> float | None:
    found = (await talk.thread(thread)).taken_over_until
    return None if found is None else (found - second(0)).total_seconds()


async def writes(store: Store, thread: int, at: datetime) -> Reply:
    """An operator writes, which takes over for a minute, and could still take it back."""
    new = NewReply(thread, Author.OPERATOR, Content(text="在的"), ReplyState.HELD, due_at=at + timedelta(seconds=9))
    [written] = (await store.replies.write([new], at, MINUTE)).written
    return written


async def taken_back(store: Store, written: Reply) -> Takeover | None:
    """The takeover that applies again since this was undone."""
    undone = (await store.pending_replies.undo(written.id, "lin", written.created_at)).takeover
    assert undone is not None
    return undone.before


async def test_messages_of_either_side_extend_a_takeover_until_silence(talk: Talk, store: Store, thread: int) -> None:
    heard = await talk.hears(incoming("li", "在吗", at=second(90)), second(100))  # on its way for ten seconds
    assert heard.conversation.taken_over_until == second(400)
    assert await until(talk, thread) == 400
    written = await talk.writes(thread, "在的", second(200))
    assert await until(talk, thread) == 500
    await talk.moves(written, Move.CLAIM, Move.ACCEPT, at=second(230))
    assert await until(talk, thread) == 530
    await talk.hears(entering("li", second(300)), second(300))  # nobody wrote
    assert await until(talk, thread) == 530


async def test_a_reply_for_later_extends_a_takeover_when_it_is_sent(talk: Talk, store: Store, thread: int) -> None:
    new = NewReply(thread, Author.OPERATOR, Content(text="稍后"), ReplyState.QUEUED, not_before=second(250))
    written = await add_reply(store, new, second(100))
    assert await until(talk, thread) == 300
    await talk.moves(written, Move.CLAIM, Move.ACCEPT, at=second(260))
    assert await until(talk, thread) == 560


async def test_messages_do_not_extend_a_takeover_for_a_time(talk: Talk, store: Store, thread: int) -> None:
    await store.outbox.take_over(thread, Takeover(second(300)), second(1))
    await talk.says("li", at=second(100))
    await talk.moves(await talk.writes(thread, "在的", second(200)), Move.CLAIM, Move.ACCEPT, at=second(201))
    assert await until(talk, thread) == 300


async def test_messages_do_not_revive_an_ended_takeover(talk: Talk, store: Store, thread: int) -> None:
    heard = await talk.says("li", at=second(300))
    assert heard.conversation.taken_over_until == second(300)
    await talk.moves(await talk.writes(thread, "在的", second(310)), Move.CLAIM, Move.ACCEPT, at=second(311))
    assert await until(talk, thread) == 300


async def test_a_hand_back_and_a_rules_takeover_clear_end_and_silence(talk: Talk, store: Store, thread: int) -> None:
    await store.takeovers.hand_back(thread)
    await talk.says("li", at=second(10))
    handed_back = await talk.thread(thread)
    assert (handed_back.taken_over, handed_back.taken_over_until, handed_back.takeover_silence) == (False, None, None)
    await store.outbox.take_over(thread, Takeover(second(300), 300), second(1))
    message = (await talk.says("li", at=second(400))).message
    decision = Decision(message.id, thread, Outcome.HANDED_OVER, second(400))
    await store.decisions.store_rulings([Ruling(decision, take_over="Refunds")])
    by_rule = await talk.thread(thread)
    assert (by_rule.taken_over, by_rule.taken_over_until, by_rule.takeover_silence) == (True, None, None)


@pytest.mark.parametrize(
    ("takeover", "stays"),
    [
        (Takeover(None, by_rule="打烊后"), False),
        (Takeover(second(1800), by_writing=True), False),
        (Takeover(None), True),
        (Takeover(second(1800)), True),
    ],
    ids=("by a rule", "by writing", "until handed back", "for a time"),
)
async def test_a_message_after_resolving_ends_a_takeover_that_nobody_chose(
    talk: Talk, store: Store, takeover: Takeover, stays: bool
) -> None:
    thread = (await talk.says("wang")).conversation.id
    await store.outbox.take_over(thread, takeover, second(1))
    assert (await talk.says("wang", "在吗", second(2))).conversation.taken_over
    await resolve(store, thread, second(3))
    assert (await talk.hears(entering("wang", second(4)), second(4))).conversation.taken_over
    heard = (await talk.says("wang", "包邮吗", second(5))).conversation
    assert (heard.taken_over, heard.taken_over_by, heard.takeover_by_writing) == (stays, "", False)
    assert await talk.thread(thread) == heard


async def test_takeovers_with_an_end_are_found_in_the_order_of_their_ends(
    talk: Talk, store: Store, thread: int
) -> None:
    for name, end in (("late", second(900)), ("early", second(100)), ("never", None)):
        made = await talk.says(name)
        await store.outbox.take_over(made.conversation.id, Takeover(end), second(1))
    names = [one.contact.openid for one in await store.takeovers.ending(second(100))]
    assert names == ["li", "late"]
    assert next(one.contact.openid for one in await store.takeovers.ending(second(99))) == "early"
    assert await store.takeovers.end_of(thread) == second(300)
    assert await store.takeovers.end_of(9999) is None


async def test_an_ended_takeover_is_forgotten_unless_somebody_waits(talk: Talk, store: Store, thread: int) -> None:
    assert await store.takeovers.end(thread, second(299)) is None
    waiting = await store.takeovers.end(thread, second(300))
    assert waiting is not None
    assert waiting.waiting_since is not None
    assert (await talk.thread(thread)).taken_over
    answer = NewReply(thread, Author.OPERATOR, Content(text="在的"), ReplyState.QUEUED)
    await talk.moves(await add_reply(store, answer, second(301)), Move.CLAIM, Move.ACCEPT, at=second(302))
    ended = await store.takeovers.end(thread, second(303))
    assert ended is not None
    assert ended.waiting_since is None
    forgotten = await talk.thread(thread)
    assert (forgotten.taken_over, forgotten.taken_over_until, forgotten.takeover_silence) == (False, None, None)
    assert await store.takeovers.end(thread, second(304)) is None


async def test_ending_open_ended_takeovers_leaves_those_with_an_end(talk: Talk, store: Store, thread: int) -> None:
    endless = (await talk.says("han")).conversation.id
    await talk.says("wang")  # nobody has taken that one over
    await store.outbox.take_over(endless, Takeover(None), second(1))
    assert [one.id for one in await store.takeovers.endless()] == [endless]
    [ended] = await store.takeovers.end_open_ended(second(20))
    assert (ended.id, ended.taken_over_until) == (endless, second(20))
    assert await store.takeovers.endless() == []
    assert await until(talk, thread) == 300


async def test_writing_begins_a_takeover_and_extends_it_until_undone(talk: Talk, store: Store) -> None:
    thread = (await talk.says("han")).conversation.id
    spoken = await writes(store, thread, second(10))
    taken = await talk.thread(thread)
    assert (taken.taken_over, taken.taken_over_until, taken.takeover_by_writing) == (True, second(70), True)
    again = await writes(store, thread, second(30))
    assert await until(talk, thread) == 90
    assert await taken_back(store, again) == Takeover(second(70), by_writing=True)
    assert await until(talk, thread) == 70
    assert await taken_back(store, spoken) is None
    given_back = await talk.thread(thread)
    assert (given_back.taken_over, given_back.taken_over_until, given_back.takeover_by_writing) == (False, None, False)
    with pytest.raises(NotFound):
        await writes(store, 9999, second(30))


async def test_a_takeover_by_hand_replaces_one_begun_by_writing_and_survives_undo(talk: Talk, store: Store) -> None:
    thread = (await talk.says("han")).conversation.id
    first = await writes(store, thread, second(10))
    await store.outbox.take_over(thread, Takeover(second(40)), second(1))
    then = await writes(store, thread, second(20))
    for taken_over_by_choice in (None, first, then):  # and no undo ends what was chosen
        if taken_over_by_choice is not None:
            await store.pending_replies.undo(taken_over_by_choice.id, "lin", second(21))
        chosen = await talk.thread(thread)
        assert (chosen.taken_over_until, chosen.takeover_by_writing) == (second(40), False)


async def test_the_last_undo_restores_the_takeover_before_all_messages(talk: Talk, store: Store) -> None:
    thread = (await talk.says("han")).conversation.id
    first, then = await writes(store, thread, second(10)), await writes(store, thread, second(30))
    assert (await store.pending_replies.undo(first.id, "lin", second(31))).takeover is None
    assert await until(talk, thread) == 90
    assert await taken_back(store, then) is None
    assert not (await talk.thread(thread)).taken_over


async def test_an_undo_leaves_a_takeover_that_was_changed_meanwhile(talk: Talk, store: Store) -> None:
    thread = (await talk.says("han")).conversation.id
    written = await writes(store, thread, second(10))
    assert await store.takeovers.postpone_end(thread, second(70), second(75))
    assert (await store.pending_replies.undo(written.id, "lin", second(11))).takeover is None
    assert await until(talk, thread) == 75


async def test_undo_restores_no_takeover_where_writing_began_none(talk: Talk, store: Store, thread: int) -> None:
    new = NewReply(thread, Author.OPERATOR, Content(text="在的"), ReplyState.HELD, due_at=second(20))
    [written] = (await store.replies.write([new], second(10))).written
    assert (await store.pending_replies.undo(written.id, "lin", second(11))).takeover is None
    assert (await talk.thread(thread)).taken_over


async def test_postponing_a_takeover_fails_if_its_end_has_changed(talk: Talk, store: Store, thread: int) -> None:
    assert await store.takeovers.postpone_end(thread, second(299), second(400)) is False
    assert await until(talk, thread) == 300
    assert await store.takeovers.postpone_end(thread, second(300), second(310)) is True
    assert await until(talk, thread) == 310
    await store.takeovers.hand_back(thread)
    assert await store.takeovers.postpone_end(thread, second(310), second(320)) is False
    assert not (await talk.thread(thread)).taken_over
