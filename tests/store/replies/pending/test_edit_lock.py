"""What is taken in hand and put back: with what was left, or asking where somebody wrote meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.store.chats import T0, Talk, second
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import CHANGED_BY, Move, ReplyStep, StepKind
from wxdesk.core.replies.on_new_message import WINDOW_CLOSED, WROTE_MEANWHILE
from wxdesk.store import Store

K = StepKind
S = ReplyState


async def made(talk: Talk, state: ReplyState, due: float | None = None) -> Reply:
    thread = (await talk.says("li")).conversation.id
    due_at = None if due is None else second(due)
    return await talk.store.replies.add(NewReply(thread, Author.RULE, Content(text="好"), state, due_at=due_at), T0)


@pytest.mark.parametrize(("due", "at", "then"), [(60, 20, 140), (21, 20, 105), (None, 20, None)])
async def test_it_waits_again_with_what_was_left(
    talk: Talk, store: Store, due: float | None, at: float, then: float | None
) -> None:
    before = await made(talk, S.HELD, due)
    kept = await store.outbox.lock_for_edit(before.id, second(at), "lin")
    assert (kept.state, kept.by, kept.due_at) == (S.DRAFT, "lin", None)
    back = await store.outbox.put_back(before, second(100), "lin", may_leave=True)
    assert back == await store.replies.get(before.id)
    assert (back.state, back.by, back.due_at) == (S.HELD, "", None if then is None else second(then))


async def test_it_asks_where_somebody_wrote_meanwhile(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD, 60)
    await store.outbox.lock_for_edit(before.id, second(20), "lin")
    await talk.says("li", at=second(30))
    back = await store.outbox.put_back(before, second(40), "lin", may_leave=True)
    assert (back.state, back.due_at, back.error) == (S.HELD, None, WROTE_MEANWHILE)


async def test_a_draft_stays_one_and_is_free_again(talk: Talk, store: Store) -> None:
    before = await made(talk, S.DRAFT)
    assert (await store.outbox.lock_for_edit(before.id, second(1), "lin")).by == "lin"
    back = await store.outbox.put_back(before, second(2), "lin", may_leave=True)
    assert (back.state, back.by) == (S.DRAFT, "")
    assert await store.replies.steps(before.id) == [
        ReplyStep(before.id, second(1), K.TAKE, by="lin"),
        ReplyStep(before.id, second(2), K.LEAVE, by="lin"),
    ]


async def test_what_is_in_his_hand_already_leaves_no_step_when_he_takes_and_leaves_it_once_more(
    talk: Talk, store: Store
) -> None:
    before = await made(talk, S.DRAFT)
    await store.outbox.lock_for_edit(before.id, second(1), "lin")
    his = await store.outbox.edit(before.id, Content(text="您好"), second(2), "lin")
    await store.outbox.lock_for_edit(before.id, second(3), "lin")
    await store.outbox.put_back(his, second(4), "lin", may_leave=True)
    assert [step.kind for step in await store.replies.steps(before.id)] == [K.TAKE, K.EDIT]


@pytest.mark.parametrize("own", [ReplyMode.DRAFT, None])
async def test_what_was_held_and_stays_a_draft_says_whose_mode_keeps_it(
    talk: Talk, store: Store, own: ReplyMode | None
) -> None:
    thread = (await talk.says("li")).conversation.id
    new = NewReply(thread, Author.RULE, Content(text="好"), S.HELD, due_at=second(60), mode=ReplyMode.HOLD)
    before = await store.replies.add(new, T0)
    await store.outbox.lock_for_edit(before.id, second(1), "lin")
    await store.conversations.set_mode(thread, own)
    back = await store.outbox.put_back(before, second(2), "lin", may_leave=False)
    source = ModeSource.ACCOUNT if own is None else ModeSource.CONVERSATION
    assert back.state is S.DRAFT
    last = (await store.replies.steps(before.id))[-1]
    assert last == ReplyStep(before.id, second(2), K.LEAVE, by="lin", reason=CHANGED_BY[source])


async def test_what_was_held_and_stays_a_draft_says_that_the_reply_window_has_closed(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD, 60)
    await store.outbox.lock_for_edit(before.id, second(1), "lin")
    closed = T0 + timedelta(hours=49)
    assert (await store.outbox.put_back(before, closed, "lin", may_leave=True)).state is S.DRAFT
    last = (await store.replies.steps(before.id))[-1]
    assert last == ReplyStep(before.id, closed, K.LEAVE, by="lin", reason=WINDOW_CLOSED)


async def test_what_has_ended_is_not_put_back(talk: Talk, store: Store) -> None:
    before = await made(talk, S.HELD, 60)
    await store.outbox.lock_for_edit(before.id, second(1), "lin")
    await store.outbox.move(before.id, Move.CANCEL, second(2))
    with pytest.raises(MoveNotAllowed):
        await store.outbox.put_back(before, second(3), "lin", may_leave=True)
