"""An operator's message in its undo time: it counts down, does not ask, and can be undone as a whole."""

from datetime import timedelta

import pytest

from tests.store.chats import T0, Talk, second
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.conversations.takeover import Takeover, TakeoverByWriting
from wxdesk.core.errors import MoveNotAllowed, NotFound
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import AFTER_RESTART, Move
from wxdesk.store import Store
from wxdesk.store.replies.pending.timers import TimerTerms

S = ReplyState


@pytest.fixture
async def thread(talk: Talk) -> int:
    return (await talk.says("o1", "在吗")).conversation.id


async def written(store: Store, thread: int, *texts: str, held: bool = True) -> list[Reply]:
    state, due_at = (S.HELD, second(3)) if held else (S.QUEUED, None)
    new = [NewReply(thread, Author.OPERATOR, Content(text=text), state, due_at=due_at) for text in texts]
    return (await store.replies.write(new, T0)).written


async def claimed(store: Store) -> list[str]:
    found = await store.outbox.claim(second(1), busy=(), limit=9, only_by_hand=False)
    return [one.reply.content.text for one in found]


async def test_a_message_that_counts_down_does_not_ask(store: Store, thread: int) -> None:
    await written(store, thread, "马上好")
    [row] = await store.inbox.rows([thread])
    assert (row.held, row.due_at) == (0, None)
    assert await store.inbox.page(InboxFilter.PENDING) == []
    assert (await store.inbox.counts()).pending == 0


async def test_a_held_message_without_a_deadline_asks(store: Store, thread: int) -> None:
    [reply] = await written(store, thread, "马上好")
    [asking] = await store.pending_replies.hold_after_restart(second(9), second(9) - timedelta(minutes=5))
    assert (asking.id, asking.state, asking.due_at, asking.error) == (reply.id, S.HELD, None, AFTER_RESTART)
    [row] = await store.inbox.page(InboxFilter.PENDING)
    assert row.held == 1
    assert (await store.inbox.counts()).pending == 1
    with pytest.raises(MoveNotAllowed):
        await store.pending_replies.undo(reply.id, "lin", second(9))


async def test_the_list_shows_it_once_it_has_arrived(store: Store, talk: Talk, thread: int) -> None:
    [reply] = await written(store, thread, "马上好")
    assert (await talk.thread(thread)).preview == "在吗"
    await talk.moves(reply, Move.RELEASE, Move.CLAIM, Move.ACCEPT, at=second(3))
    assert (await talk.thread(thread)).preview == "马上好"


async def test_all_its_messages_are_taken_back_and_found_no_more(store: Store, thread: int) -> None:
    [other] = await written(store, thread, "退款别的")
    first, second_part = await written(store, thread, "退款一", "退款二")
    undone = await store.pending_replies.undo(second_part.id, "lin", second(2))
    assert [(reply.id, reply.state, reply.by) for reply in undone.replies] == [
        (first.id, S.CANCELLED, "lin"),
        (second_part.id, S.CANCELLED, "lin"),
    ]
    assert [hit.item.id for hit in await store.inbox.search("退款")] == [other.id]
    assert (await store.replies.get(other.id)).state is S.HELD


@pytest.mark.parametrize("moves", [(Move.RELEASE,), (Move.RELEASE, Move.CLAIM), (Move.KEEP,), (Move.CANCEL,)])
async def test_undo_of_a_sent_message_changes_nothing(
    store: Store, talk: Talk, thread: int, moves: tuple[Move, ...]
) -> None:
    reply = await talk.moves((await written(store, thread, "退款"))[0], *moves)
    with pytest.raises(MoveNotAllowed):
        await store.pending_replies.undo(reply.id, "lin", second(2))
    assert await store.replies.get(reply.id) == reply
    assert len(await store.inbox.search("退款")) == 1


async def test_only_what_an_operator_wrote_is_undone(store: Store, talk: Talk, thread: int) -> None:
    message = (await talk.says("o2")).message
    [reply] = await talk.decides(message, "九点", state=S.HELD, due_at=second(8))
    with pytest.raises(MoveNotAllowed):
        await store.pending_replies.undo(reply.id, "lin", second(2))
    with pytest.raises(NotFound):
        await store.pending_replies.undo(reply.id + 99, "lin", second(2))


async def test_messages_written_during_an_undo_period_leave_in_order(store: Store, thread: int) -> None:
    [first] = await written(store, thread, "一")
    await written(store, thread, "二", held=False)
    assert await claimed(store) == []
    await store.pending_replies.undo(first.id, "lin", second(1))
    assert await claimed(store) == ["二"]


async def test_a_rules_reply_does_not_wait_behind_a_message_that_counts_down(
    store: Store, talk: Talk, thread: int
) -> None:
    message = (await talk.says("o1", "几点")).message
    await written(store, thread, "一")
    await talk.decides(message, "九点")
    assert await claimed(store) == ["九点"]


async def test_a_pause_does_not_keep_a_message_that_counts_down(store: Store, thread: int) -> None:
    [reply] = await written(store, thread, "一")
    assert await store.pending_replies.next_wake(T0, only_by_hand=True) == second(3)
    assert (await store.pending_replies.run_timers(second(2), TimerTerms(only_by_hand=True))).moved == []
    tended = await store.pending_replies.run_timers(second(3), TimerTerms(only_by_hand=True))
    assert [(one.id, one.state) for one in tended.moved] == [(reply.id, S.QUEUED)]


async def test_at_a_stop_it_may_leave_at_once_or_is_held_back(store: Store, talk: Talk, thread: int) -> None:
    [gone], [kept] = await written(store, thread, "一"), await written(store, thread, "二")
    automatic = await talk.decides((await talk.says("o2")).message, "九点", state=S.HELD, due_at=second(8))
    hurried = await store.pending_replies.release_undoable(second(1))
    assert [(reply.id, reply.state) for reply in hurried] == [(gone.id, S.QUEUED), (kept.id, S.QUEUED)]
    await talk.moves(gone, Move.CLAIM, Move.ACCEPT)
    [held] = await store.pending_replies.hold_back([gone.id, kept.id], second(2))
    assert (held.id, held.state, held.due_at, held.error) == (kept.id, S.HELD, None, AFTER_RESTART)
    assert await store.replies.get(automatic[0].id) == automatic[0]


MINUTE = timedelta(minutes=1)


async def speaks(store: Store, thread: int, at: float, *texts: str, span: timedelta | None = MINUTE) -> int:
    """What an operator writes at a time, in several messages; the id of the first."""
    new = [
        NewReply(thread, Author.OPERATOR, Content(text=text), S.HELD, due_at=second(99)) for text in texts or ("好",)
    ]
    return (await store.replies.write(new, second(at), span)).written[0].id


async def stands(store: Store, thread: int) -> Takeover | None:
    found = await store.conversations.get(thread)
    if not found.taken_over:
        return None
    return Takeover(found.taken_over_until, found.takeover_silence, found.takeover_by_writing)


def by_writing(at: float) -> Takeover:
    return Takeover(second(at) + MINUTE, by_writing=True)


@pytest.mark.parametrize(
    ("order", "left"),
    [
        ("1", [3]),
        ("12", [3, 3]),
        ("123", [3, 3, None]),
        ("213", [3, 3, None]),
        ("231", [3, 1, None]),
        ("321", [2, 1, None]),
        ("312", [2, 2, None]),
        ("132", [3, 2, None]),
    ],
)
async def test_undoing_each_leaves_the_takeover_of_the_others(
    store: Store, thread: int, order: str, left: list[float | None]
) -> None:
    """In whatever order: it ends a minute after what stands of their words, and with the last one it is gone."""
    spoken = {str(at): await speaks(store, thread, at) for at in (1, 2, 3)}
    found = []
    for which in order:
        undone = await store.pending_replies.undo(spoken[which], "lin", second(5))
        found.append(await stands(store, thread))
        restored = None if undone.takeover is None else undone.takeover.before
        assert undone.takeover is None or restored == found[-1]
    assert found == [None if at is None else by_writing(at) for at in left]


async def test_undo_returns_the_takeover_that_it_restored(store: Store, talk: Talk, thread: int) -> None:
    other = (await talk.says("o2")).conversation.id
    first = await speaks(store, thread, 1, "1", "2")
    await speaks(store, other, 2)
    undone = await store.pending_replies.undo(first + 1, "lin", second(5))
    assert undone.takeover == TakeoverByWriting(None, by_writing(1))
    assert [reply.content.text for reply in undone.replies] == ["1", "2"]
    assert (await stands(store, thread), await stands(store, other)) == (None, by_writing(2))


@pytest.mark.parametrize("chosen", [Takeover(None), Takeover(second(99)), None])
async def test_a_takeover_that_somebody_has_changed_since_stays(
    store: Store, thread: int, chosen: Takeover | None
) -> None:
    reply = await speaks(store, thread, 1)
    if chosen is None:
        await store.takeovers.hand_back(thread)
    else:
        await store.outbox.take_over(thread, chosen, second(2))
    assert (await store.pending_replies.undo(reply, "lin", second(5))).takeover is None
    assert await stands(store, thread) == chosen


@pytest.mark.parametrize("chosen", [Takeover(second(3)), None])
async def test_an_undo_restores_the_takeover_before_its_own_message(
    store: Store, thread: int, chosen: Takeover | None
) -> None:
    first = await speaks(store, thread, 1)
    if chosen is None:
        await store.takeovers.hand_back(thread)
    else:
        await store.outbox.take_over(thread, chosen, second(2))
    then = await speaks(store, thread, 4)
    assert (await store.pending_replies.undo(first, "lin", second(5))).takeover is None
    assert await stands(store, thread) == by_writing(4)
    undone = await store.pending_replies.undo(then, "lin", second(5))
    assert undone.takeover == TakeoverByWriting(chosen, by_writing(4))
    assert await stands(store, thread) == chosen


async def test_undo_of_a_message_that_did_not_take_over_restores_nothing(store: Store, thread: int) -> None:
    first = await speaks(store, thread, 1, span=None)
    then = await speaks(store, thread, 2)
    assert (await store.pending_replies.undo(first, "lin", second(5))).takeover is None
    assert await stands(store, thread) == by_writing(2)
    await store.pending_replies.undo(then, "lin", second(5))
    assert await stands(store, thread) is None


async def test_an_undo_that_comes_too_late_is_refused(store: Store, talk: Talk, thread: int) -> None:
    reply = await talk.writes(thread, "好")
    with pytest.raises(MoveNotAllowed) as refused:
        await store.pending_replies.undo(reply.id, "lin", second(2))
    assert refused.value.values == {"state": "queued", "move": "undo"}


@pytest.mark.parametrize("moves", [(Move.RELEASE,), (Move.RELEASE, Move.CLAIM), (Move.KEEP,)])
async def test_parts_that_count_down_no_more_are_not_undone(
    store: Store, talk: Talk, thread: int, moves: tuple[Move, ...]
) -> None:
    first, then = await written(store, thread, "1", "2")
    [after] = await written(store, thread, "3")
    first = await talk.moves(first, *moves)
    undone = await store.pending_replies.undo(then.id, "lin", second(2))
    assert [(reply.id, reply.state, reply.updated_at) for reply in undone.replies] == [
        (then.id, S.CANCELLED, second(2))
    ]
    assert (await store.replies.get(after.id)).state is S.HELD
    assert await store.replies.get(first.id) == first


async def test_the_next_of_their_words_counts_whether_it_has_left_or_not(store: Store, talk: Talk, thread: int) -> None:
    first, then, last = [await speaks(store, thread, at) for at in (1, 2, 3)]
    await talk.moves(await store.replies.get(then), Move.RELEASE, Move.CLAIM, Move.ACCEPT)
    await store.pending_replies.undo(first, "lin", second(5))
    await store.pending_replies.undo(last, "lin", second(6))
    assert await stands(store, thread) == by_writing(2)
