"""What is taken in hand and put back: with what was left, or asking where somebody wrote meanwhile."""

from __future__ import annotations

import pytest

from tests.store.talk import T0, Talk, second
from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.lifecycle import Move
from wxdesk.core.model import Author, Content, NewReply, Reply, ReplyState
from wxdesk.core.waiting import WROTE_MEANWHILE
from wxdesk.store import SqlStore

S = ReplyState


async def made(talk: Talk, state: ReplyState, due: float | None = None) -> Reply:
    thread = (await talk.says("li")).conversation.id
    due_at = None if due is None else second(due)
    return await talk.store.replies.add(NewReply(thread, Author.RULE, Content(text="好"), state, due_at=due_at), T0)


@pytest.mark.parametrize(("due", "at", "then"), [(60, 20, 140), (21, 20, 105), (None, 20, None)])
async def test_it_waits_again_with_what_was_left(
    talk: Talk, store: SqlStore, due: float | None, at: float, then: float | None
) -> None:
    before = await made(talk, S.HELD, due)
    kept = await store.replies.take_in_hand(before.id, second(at), "lin")
    assert (kept.state, kept.by, kept.due_at) == (S.DRAFT, "lin", None)
    back = await store.replies.put_back(before, second(100), "lin", may_leave=True)
    assert back == await store.replies.get(before.id)
    assert (back.state, back.by, back.due_at) == (S.HELD, "", None if then is None else second(then))


async def test_it_asks_where_somebody_wrote_meanwhile(talk: Talk, store: SqlStore) -> None:
    before = await made(talk, S.HELD, 60)
    await store.replies.take_in_hand(before.id, second(20), "lin")
    await talk.says("li", at=second(30))
    back = await store.replies.put_back(before, second(40), "lin", may_leave=True)
    assert (back.state, back.due_at, back.error) == (S.HELD, None, WROTE_MEANWHILE)


async def test_a_draft_stays_one_and_is_free_again(talk: Talk, store: SqlStore) -> None:
    before = await made(talk, S.DRAFT)
    assert (await store.replies.take_in_hand(before.id, second(1), "lin")).by == "lin"
    back = await store.replies.put_back(before, second(2), "lin", may_leave=True)
    assert (back.state, back.by) == (S.DRAFT, "")
    assert await store.replies.steps(before.id) == []


async def test_what_has_ended_is_not_put_back(talk: Talk, store: SqlStore) -> None:
    before = await made(talk, S.HELD, 60)
    await store.replies.take_in_hand(before.id, second(1), "lin")
    await store.replies.move(before.id, Move.CANCEL, second(2))
    with pytest.raises(MoveNotAllowed):
        await store.replies.put_back(before, second(3), "lin", may_leave=True)
