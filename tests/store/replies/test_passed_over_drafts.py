"""Drafts that an operator passes over by writing instead, on either engine: they stay, and do not ask."""

from datetime import datetime, timedelta

import pytest

from tests.store.chats import T0, Talk, resolve, second
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.errors import UnsettledReply
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
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


async def test_a_passed_over_draft_stays_a_draft_and_does_not_ask(store: Store, draft: Reply) -> None:
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


async def test_a_passed_over_draft_can_still_be_released(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    [released] = await store.outbox.apply_operator_move(draft.id, Move.RELEASE, second(1), "lin")
    assert (released.state, released.by) == (S.QUEUED, "lin")


async def test_an_edited_draft_is_not_passed_over_any_more(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    edited = await store.outbox.edit(draft.id, Content(text="九点半"), second(1), "lin")
    assert not is_passed_over(edited)
    assert (await store.inbox.counts()).pending == 1


async def test_drafts_edited_being_edited_or_elsewhere_are_not_passed_over(
    store: Store, talk: Talk, draft: Reply
) -> None:
    [changed] = await talk.decides((await talk.says("o1")).message, "八点", state=S.DRAFT)
    [elsewhere] = await talk.decides((await talk.says("o2")).message, "七点", state=S.DRAFT)
    await store.outbox.lock_for_edit(draft.id, second(1), "lin")
    await store.outbox.edit(changed.id, Content(text="八点半"), second(1), "lin")
    await writes(store, draft.conversation_id, "稍等")
    found = [await store.replies.get(one.id) for one in (draft, changed, elsewhere)]
    assert [is_passed_over(one) for one in found] == [False] * 3


async def test_writing_passes_over_no_draft_where_it_does_not_take_over(store: Store, draft: Reply) -> None:
    await store.replies.write([NewReply(draft.conversation_id, Author.OPERATOR, Content(text="稍等"), S.QUEUED)], T0)
    assert not is_passed_over(await store.replies.get(draft.id))


async def test_a_passed_over_draft_asks_again_after_undo(store: Store, draft: Reply) -> None:
    written = await writes(store, draft.conversation_id, "十点")
    await resolve(store, draft.conversation_id, second(1))
    undone = await store.pending_replies.undo(written.id, "lin", second(2))
    [asking] = undone.passed
    assert (asking.id, asking.state, asking.passed_by, asking.error) == (draft.id, S.DRAFT, None, WORD_TAKEN_BACK)
    assert [row.drafts for row in await store.inbox.page(InboxFilter.PENDING)] == [1]


async def test_a_passed_over_draft_does_not_ask_while_another_message_is_left(store: Store, draft: Reply) -> None:
    first, second_word = [await writes(store, draft.conversation_id, text) for text in ("十", "十点")]
    assert (await store.pending_replies.undo(first.id, "lin", second(1))).passed == [await store.replies.get(draft.id)]
    assert is_passed_over(await store.replies.get(draft.id))
    [asking] = (await store.pending_replies.undo(second_word.id, "lin", second(2))).passed
    assert not is_passed_over(asking)


@pytest.mark.parametrize("state", [S.QUEUED, S.FAILED, S.UNKNOWN])
async def test_a_passed_over_draft_asks_again_when_the_message_instead_is_cancelled(
    store: Store, talk: Talk, draft: Reply, state: ReplyState
) -> None:
    written = await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.release_undoable(second(1))
    if state is not S.QUEUED:
        await talk.moves(written, Move.CLAIM, Move.REFUSE if state is S.FAILED else Move.LOSE)
        assert is_passed_over(await store.replies.get(draft.id))  # the failed message asks instead
    [stopped, asking] = await store.outbox.apply_operator_move(written.id, Move.CANCEL, second(2), "lin")
    assert (stopped.id, asking.id, asking.passed_by) == (written.id, draft.id, None)


async def test_a_passed_over_draft_asks_again_when_all_held_messages_are_cancelled(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.hold_after_restart(second(1), second(-300))
    moved = await store.pending_replies.cancel_held("lin", second(2))
    assert [(one.id == draft.id, one.state) for one in moved] == [(False, S.CANCELLED), (True, S.DRAFT)]
    assert (await store.inbox.counts()).pending == 1


async def test_a_passed_over_draft_asks_while_it_is_being_edited(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.release_undoable(second(1))
    await resolve(store, draft.conversation_id, second(1))
    before = await store.replies.get(draft.id)
    assert not is_passed_over(await store.outbox.lock_for_edit(draft.id, second(2), "lin"))
    assert [row.drafts for row in await store.inbox.page(InboxFilter.PENDING)] == [1]
    assert await store.inbox.page(InboxFilter.RESOLVED) == []
    assert is_passed_over(await store.outbox.unlock(before, second(3), "lin", may_leave=True))
    assert (await store.inbox.counts()).pending == 0


async def test_editing_a_passed_over_draft_reopens_a_resolved_conversation(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.release_undoable(second(1))
    await resolve(store, draft.conversation_id, second(1))
    await store.outbox.edit(draft.id, Content(text="九点半"), second(2), "lin")
    assert await store.inbox.page(InboxFilter.RESOLVED) == []


async def test_a_released_draft_that_is_kept_again_is_not_passed_over(store: Store, talk: Talk, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点")
    [released] = await store.outbox.apply_operator_move(draft.id, Move.RELEASE, second(1), "lin")
    back = await talk.moves(released, Move.HOLD, Move.KEEP, at=second(2))
    assert (back.state, is_passed_over(back)) == (S.DRAFT, False)
    assert (await store.inbox.counts()).pending == 1


async def test_a_draft_passed_over_again_does_not_say_that_a_message_was_undone(store: Store, draft: Reply) -> None:
    written = await writes(store, draft.conversation_id, "十点")
    await store.pending_replies.undo(written.id, "lin", second(1))
    await writes(store, draft.conversation_id, "十点整", second(2))
    passed = await store.replies.get(draft.id)
    assert (is_passed_over(passed), passed.error) == (True, "")


@pytest.mark.parametrize("undone", [True, False])
async def test_a_draft_unlocked_after_the_message_instead_is_gone_asks(
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
        await store.outbox.apply_operator_move(written.id, Move.CANCEL, second(2), "lin")
    assert not is_passed_over(await store.outbox.unlock(before, second(3), "lin", may_leave=True))
    assert (await store.inbox.counts()).pending == 1


@pytest.mark.parametrize("move", [Move.RETRY, Move.CONFIRM])
async def test_passed_over_parts_follow_a_retried_part_but_not_a_confirmed_one(
    store: Store, talk: Talk, move: Move
) -> None:
    first, rest = await talk.decides((await talk.says("o1")).message, "一", "二")
    await talk.moves(first, Move.CLAIM, Move.REFUSE if move is Move.RETRY else Move.LOSE)
    await writes(store, first.conversation_id, "三", second(1))
    assert is_passed_over(await store.replies.get(rest.id))
    settled = await store.outbox.apply_operator_move(first.id, move, second(2), "lin")
    left = await store.replies.get(rest.id)
    if move is Move.CONFIRM:  # what the contact has read of it came before the human's word
        assert (left.state, is_passed_over(left)) == (S.DRAFT, True)
    else:
        assert {one.id: one.state for one in settled}[rest.id] is S.QUEUED
        assert left.by == "lin"


async def test_a_passed_over_draft_does_not_keep_a_conversation_from_being_resolved(store: Store, draft: Reply) -> None:
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


async def test_the_history_tells_once_that_a_draft_was_passed_over_and_its_release(store: Store, draft: Reply) -> None:
    await writes(store, draft.conversation_id, "十点", second(1))
    await writes(store, draft.conversation_id, "十点整", second(2))  # what stands instead stood there already
    await store.outbox.apply_operator_move(draft.id, Move.RELEASE, second(3), "lin")
    assert await store.replies.steps(draft.id) == [
        ReplyStep(draft.id, second(1), K.INSTEAD),
        ReplyStep(draft.id, second(3), K.RELEASE, by="lin"),
    ]


async def test_the_history_tells_each_time_that_a_draft_asks_again_and_why(store: Store, draft: Reply) -> None:
    first, then = [await writes(store, draft.conversation_id, text, second(1)) for text in ("十", "十点")]
    await store.pending_replies.undo(first.id, "lin", second(2))  # the other one stands still
    await store.pending_replies.undo(then.id, "lin", second(3))
    again = await writes(store, draft.conversation_id, "十点整", second(4))
    await store.pending_replies.release_undoable(second(5))
    await store.outbox.apply_operator_move(again.id, Move.CANCEL, second(6), "lin")
    assert await told(store, draft) == [
        (K.INSTEAD, second(1), ""),
        (K.ASK, second(3), WORD_TAKEN_BACK),
        (K.INSTEAD, second(4), ""),
        (K.ASK, second(6), WORD_TAKEN_BACK),
    ]


async def test_the_history_of_a_held_reply_tells_once_that_it_was_passed_over(store: Store, talk: Talk) -> None:
    [held] = await talk.decides((await talk.says("o1")).message, "九点", state=S.HELD, due_at=second(8))
    written = await writes(store, held.conversation_id, "十点", second(1))
    await store.pending_replies.undo(written.id, "lin", second(2))
    await writes(store, held.conversation_id, "十点整", second(3))
    assert (await told(store, held))[1:] == [
        (K.KEEP, second(1), WROTE_INSTEAD),
        (K.ASK, second(2), WORD_TAKEN_BACK),
        (K.INSTEAD, second(3), ""),
    ]


async def test_the_history_of_a_draft_being_edited_tells_why_it_asks(store: Store, draft: Reply) -> None:
    written = await writes(store, draft.conversation_id, "十点", second(1))
    before = await store.replies.get(draft.id)
    await store.outbox.lock_for_edit(draft.id, second(2), "lin")
    await store.pending_replies.undo(written.id, "lin", second(3))
    await store.outbox.unlock(before, second(4), "lin", may_leave=True)
    assert await told(store, draft) == [
        (K.INSTEAD, second(1), ""),
        (K.LOCK, second(2), ""),
        (K.ASK, second(3), WORD_TAKEN_BACK),
        (K.UNLOCK, second(4), ""),
    ]


async def test_the_history_of_an_edited_draft_does_not_tell_of_an_undo(store: Store, draft: Reply) -> None:
    written = await writes(store, draft.conversation_id, "十点", second(1))
    await store.outbox.edit(draft.id, Content(text="九点半"), second(2), "lin")
    await store.pending_replies.undo(written.id, "lin", second(3))
    assert [kind for kind, _, _ in await told(store, draft)] == [K.INSTEAD, K.EDIT]
