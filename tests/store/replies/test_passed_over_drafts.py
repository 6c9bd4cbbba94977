"""Drafts that an operator passes over by writing himself, on either engine: they stay, and ask nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.store.chats import T0, Talk, resolve, second
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.errors import UnsettledReply
from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move, ReplyStep, StepKind, is_passed_over
from wxdesk.core.replies.on_new_message import WORD_TAKEN_BACK, WROTE_INSTEAD
from wxdesk.store import Store

S = ReplyState

MINUTE = timedelta(minutes=1)


K = StepKind


@pytest.fixture
async def draft(talk: Talk) -> Reply:
    """What a rule has prepared."""
    [made] = await talk.decides((await talk.says("o1")).message, "九点", state=S.DRAFT)
    return made


async def writes(store: Store, thread: int, text: str, at: datetime = T0) -> Reply:
    """An operator writes, and could still take it back."""
    new = NewReply(thread, Author.OPERATOR, Content(text=text), S.HELD, due_at=second(3))
    [written] = (await store.replies.write([new], at, MINUTE)).written
    return written


async def test_it_stays_a_draft_and_asks_nobody(store: Store, draft: Reply) -> None:
    thread = draft.conversation_id
    assert (await store.inbox.counts()).pending == 1
    new = NewReply(thread, Author.OPERATOR, Content(text="十点"), S.QUEUED)
    instead = await store.replies.write([new], second(1), MINUTE)
    [passed] = instead.passed
    assert (passed.id, passed.state, passed.passed_by) == (draft.id, S.DRAFT, instead.written[0].id)
    assert is_passed_over(passed)
    assert await store.replies.get(draft.id) == passed
    [row] = await store.inbox.rows([thread])
    assert row.drafts == 0
    assert (await store.inbox.counts()).pending == 0
    assert await store.inbox.page(InboxFilter.PENDING) == []


async def test_it_can_still_be_sent(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    [released] = await store.outbox.settle(draft.id, Move.RELEASE, second(1), "lin")
    assert (released.state, released.by) == (S.QUEUED, "lin")


async def test_once_he_changes_it_it_is_his_and_asks(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    edited = await store.outbox.edit(draft.id, Content(text="九点半"), second(1), "lin")
    assert not is_passed_over(edited)
    assert (await store.inbox.counts()).pending == 1


async def test_what_he_has_in_hand_is_not_passed_over(store: Store, talk: Talk, draft: Reply) -> None:
    [changed] = await talk.decides((await talk.says("o1")).message, "八点", state=S.DRAFT)
    [elsewhere] = await talk.decides((await talk.says("o2")).message, "七点", state=S.DRAFT)
    await store.outbox.lock_for_edit(draft.id, second(1), "lin")
    await store.outbox.edit(changed.id, Content(text="八点半"), second(1), "lin")
    await writes(store, draft.conversation_id, "稍等")
    found = [await store.replies.get(one.id) for one in (draft, changed, elsewhere)]
    assert [is_passed_over(one) for one in found] == [False] * 3


async def test_what_is_written_is_kept_from_passing_over_where_he_lets_the_rules_go_on(
    store: Store, draft: Reply
) -> None:
    await store.replies.write([NewReply(draft.conversation_id, Author.OPERATOR, Content(text="稍等"), S.QUEUED)], T0)
    assert not is_passed_over(await store.replies.get(draft.id))


async def test_it_asks_again_when_he_takes_back_what_he_wrote(store: Store, draft: Reply) -> None:
    written = await writes(store, draft.conversation_id, "十点")
    await resolve(store, draft.conversation_id, second(1))
    undone = await store.pending_replies.undo(written.id, "lin", second(2))
    [asking] = undone.passed
    assert (asking.id, asking.state, asking.passed_by, asking.error) == (draft.id, S.DRAFT, None, WORD_TAKEN_BACK)
    assert [row.drafts for row in await store.inbox.page(InboxFilter.PENDING)] == [1]


async def test_it_does_not_while_something_else_stands_that_he_wrote_since(store: Store, draft: Reply) -> None:
    first, second_word = [await writes(store, draft.conversation_id, text) for text in ("十", "十点")]
    assert (await store.pending_replies.undo(first.id, "lin", second(1))).passed == [await store.replies.get(draft.id)]
    assert is_passed_over(await store.replies.get(draft.id))
    [asking] = (await store.pending_replies.undo(second_word.id, "lin", second(2))).passed
    assert not is_passed_over(asking)


@pytest.mark.parametrize("state", [S.QUEUED, S.FAILED, S.UNKNOWN])
async def test_it_asks_again_when_what_he_wrote_does_not_leave_after_all(
    store: Store, talk: Talk, draft: Reply, state: ReplyState
) -> None:
    written = await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.release_undoable(second(1))
    if state is not S.QUEUED:
        await talk.moves(written, Move.CLAIM, Move.REFUSE if state is S.FAILED else Move.LOSE)
        assert is_passed_over(await store.replies.get(draft.id))  # it is that one which asks him
    [stopped, asking] = await store.outbox.settle(written.id, Move.CANCEL, second(2), "lin")
    assert (stopped.id, asking.id, asking.passed_by) == (written.id, draft.id, None)


async def test_so_it_does_when_all_that_asks_is_stopped(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.hold_after_restart(second(1), second(-300), "closed", "late")
    moved = await store.pending_replies.cancel_held("lin", second(2))
    assert [(one.id == draft.id, one.state) for one in moved] == [(False, S.CANCELLED), (True, S.DRAFT)]
    assert (await store.inbox.counts()).pending == 1


async def test_what_he_takes_in_hand_asks_until_he_leaves_it_as_it_was(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.release_undoable(second(1))
    await resolve(store, draft.conversation_id, second(1))
    before = await store.replies.get(draft.id)
    assert not is_passed_over(await store.outbox.lock_for_edit(draft.id, second(2), "lin"))
    assert [row.drafts for row in await store.inbox.page(InboxFilter.PENDING)] == [1]
    assert await store.inbox.page(InboxFilter.RESOLVED) == []
    assert is_passed_over(await store.outbox.put_back(before, second(3), "lin", may_leave=True))
    assert (await store.inbox.counts()).pending == 0


async def test_what_he_changes_in_a_resolved_conversation_opens_it(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.release_undoable(second(1))
    await resolve(store, draft.conversation_id, second(1))
    await store.outbox.edit(draft.id, Content(text="九点半"), second(2), "lin")
    assert await store.inbox.page(InboxFilter.RESOLVED) == []


async def test_what_he_released_and_what_comes_back_is_his(store: Store, talk: Talk, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    [released] = await store.outbox.settle(draft.id, Move.RELEASE, second(1), "lin")
    back = await talk.moves(released, Move.HOLD, Move.KEEP, at=second(2))
    assert (back.state, is_passed_over(back)) == (S.DRAFT, False)
    assert (await store.inbox.counts()).pending == 1


async def test_written_again_it_says_no_more_that_something_was_taken_back(store: Store, draft: Reply) -> None:
    written = await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.undo(written.id, "lin", second(1))
    await writes(store, draft.conversation_id, "十点整", second(2))
    passed = await store.replies.get(draft.id)
    assert (is_passed_over(passed), passed.error) == (True, "")


@pytest.mark.parametrize("undone", [True, False])
async def test_what_he_has_in_hand_asks_also_when_he_leaves_it_if_his_word_does_not_stand_any_more(
    store: Store, talk: Talk, draft: Reply, undone: bool
) -> None:
    written = await writes(store, draft.conversation_id, "十点")
    before = await store.replies.get(draft.id)
    await store.outbox.lock_for_edit(draft.id, second(1), "lin")
    if undone:
        await store.pending_replies.undo(written.id, "lin", second(2))
    else:
        await store.pending_replies.release_undoable(second(1))
        await talk.moves(written, Move.CLAIM, Move.REFUSE)
        await store.outbox.settle(written.id, Move.CANCEL, second(2), "lin")
    assert not is_passed_over(await store.outbox.put_back(before, second(3), "lin", may_leave=True))
    assert (await store.inbox.counts()).pending == 1


@pytest.mark.parametrize("move", [Move.RETRY, Move.CONFIRM])
async def test_the_rest_of_an_answer_follows_a_part_that_is_sent_again_but_not_one_that_had_arrived(
    store: Store, talk: Talk, move: Move
) -> None:
    first, rest = await talk.decides((await talk.says("o1")).message, "一", "二")
    await talk.moves(first, Move.CLAIM, Move.REFUSE if move is Move.RETRY else Move.LOSE)
    await writes(store, first.conversation_id, "三", second(1))
    assert is_passed_over(await store.replies.get(rest.id))
    settled = await store.outbox.settle(first.id, move, second(2), "lin")
    left = await store.replies.get(rest.id)
    if move is Move.CONFIRM:  # what the contact has read of it came before the human's word
        assert (left.state, is_passed_over(left)) == (S.DRAFT, True)
    else:
        assert {one.id: one.state for one in settled}[rest.id] is S.QUEUED
        assert left.by == "lin"


async def test_it_hinders_nobody_who_is_done(store: Store, draft: Reply) -> None:
    with pytest.raises(UnsettledReply):
        await resolve(store, draft.conversation_id, second(1))
    written = await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.release_undoable(second(1))
    for move in (Move.CLAIM, Move.ACCEPT):
        await store.outbox.move(written.id, move, second(2))
    await resolve(store, draft.conversation_id, second(3))
    assert [row.conversation.id for row in await store.inbox.page(InboxFilter.RESOLVED)] == [draft.conversation_id]


async def told(store: Store, reply: Reply) -> list[tuple[StepKind, datetime, str]]:
    return [(step.kind, step.at, step.reason) for step in await store.replies.steps(reply.id)]


async def test_its_history_tells_when_he_wrote_instead_and_that_it_was_sent_after_all(
    store: Store, draft: Reply
) -> None:
    await writes(store, draft.conversation_id, "十点", second(1))
    await writes(store, draft.conversation_id, "十点整", second(2))  # what stands instead stood there already
    await store.outbox.settle(draft.id, Move.RELEASE, second(3), "lin")
    assert await store.replies.steps(draft.id) == [
        ReplyStep(draft.id, second(1), K.INSTEAD),
        ReplyStep(draft.id, second(3), K.RELEASE, by="lin"),
    ]


async def test_its_history_tells_each_time_that_it_asks_again_and_why(store: Store, draft: Reply) -> None:
    first, then = [await writes(store, draft.conversation_id, text, second(1)) for text in ("十", "十点")]
    await store.pending_replies.undo(first.id, "lin", second(2))  # the other one stands still
    await store.pending_replies.undo(then.id, "lin", second(3))
    again = await writes(store, draft.conversation_id, "十点整", second(4))
    await store.pending_replies.release_undoable(second(5))
    await store.outbox.settle(again.id, Move.CANCEL, second(6), "lin")
    assert await told(store, draft) == [
        (K.INSTEAD, second(1), ""),
        (K.ASK, second(3), WORD_TAKEN_BACK),
        (K.INSTEAD, second(4), ""),
        (K.ASK, second(6), WORD_TAKEN_BACK),
    ]


async def test_what_was_held_tells_once_that_he_wrote_instead(store: Store, talk: Talk) -> None:
    [held] = await talk.decides((await talk.says("o1")).message, "九点", state=S.HELD, due_at=second(8))
    written = await writes(store, held.conversation_id, "十点", second(1))
    await store.pending_replies.undo(written.id, "lin", second(2))
    await writes(store, held.conversation_id, "十点整", second(3))
    assert (await told(store, held))[1:] == [
        (K.KEEP, second(1), WROTE_INSTEAD),
        (K.ASK, second(2), WORD_TAKEN_BACK),
        (K.INSTEAD, second(3), ""),
    ]


async def test_what_he_had_in_hand_tells_why_it_asks_when_he_has_left_it(store: Store, draft: Reply) -> None:
    written = await writes(store, draft.conversation_id, "十点", second(1))
    before = await store.replies.get(draft.id)
    await store.outbox.lock_for_edit(draft.id, second(2), "lin")
    await store.pending_replies.undo(written.id, "lin", second(3))
    await store.outbox.put_back(before, second(4), "lin", may_leave=True)
    assert await told(store, draft) == [
        (K.INSTEAD, second(1), ""),
        (K.TAKE, second(2), ""),
        (K.ASK, second(3), WORD_TAKEN_BACK),
        (K.LEAVE, second(4), ""),
    ]


async def test_what_he_has_changed_asks_all_the_time_and_tells_nothing_of_his_word(store: Store, draft: Reply) -> None:
    written = await writes(store, draft.conversation_id, "十点", second(1))
    await store.outbox.edit(draft.id, Content(text="九点半"), second(2), "lin")
    await store.pending_replies.undo(written.id, "lin", second(3))
    assert [kind for kind, _, _ in await told(store, draft)] == [K.INSTEAD, K.EDIT]
