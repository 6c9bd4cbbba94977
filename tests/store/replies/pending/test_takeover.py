"""What a takeover stops, and what a human has in hand and keeps, on either engine."""

from __future__ import annotations

from datetime import timedelta

from tests.store.chats import Talk, second
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.content import Content
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move, StepKind
from wxdesk.core.replies.on_new_message import WROTE_INSTEAD
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges

S = ReplyState


async def stand(store: Store, *replies: Reply) -> list[ReplyState]:
    return [(await store.replies.get(reply.id)).state for reply in replies]


async def test_all_that_nobody_has_touched_is_cancelled(talk: Talk, store: Store) -> None:
    asked, other = (await talk.says("o1")).message, (await talk.says("o2")).message
    [queued] = await talk.decides(asked, "1")
    [draft] = await talk.decides((await talk.says("o1")).message, "2", state=S.DRAFT)
    [held] = await talk.decides((await talk.says("o1")).message, "3", state=S.HELD, due_at=second(8))
    [elsewhere] = await talk.decides(other, "4")
    told = await store.outbox.cancel_automatic(asked.conversation_id, "operator", second(1))
    assert sorted((reply.id, reply.by) for reply in told) == [(one.id, "operator") for one in (queued, draft, held)]
    assert await stand(store, queued, draft, held, elsewhere) == [S.CANCELLED] * 3 + [S.QUEUED]


async def test_a_takeover_leaves_a_draft_to_its_human(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    [queued] = await talk.decides(asked, "1")
    [draft] = await talk.decides((await talk.says("o1")).message, "2", state=S.DRAFT)
    [held] = await talk.decides((await talk.says("o1")).message, "3", state=S.HELD, due_at=second(8))
    [asks] = await talk.decides((await talk.says("o1")).message, "4", state=S.HELD)
    told = await store.outbox.take_over(asked.conversation_id, Takeover(None), second(1))
    assert [(reply.id, reply.by) for reply in told] == [(queued.id, "operator"), (held.id, "operator")]
    assert await stand(store, queued, draft, held, asks) == [S.CANCELLED, S.DRAFT, S.CANCELLED, S.HELD]


async def test_what_would_leave_is_a_draft_for_whoever_writes_instead(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    [queued] = await talk.decides(asked, "1")
    [draft] = await talk.decides((await talk.says("o1")).message, "2", state=S.DRAFT)
    [held] = await talk.decides((await talk.says("o1")).message, "3", state=S.HELD, due_at=second(8))
    [released] = await talk.decides((await talk.says("o1")).message, "4", state=S.DRAFT)
    await store.outbox.settle(released.id, Move.RELEASE, second(1), "lin")
    new = NewReply(asked.conversation_id, Author.OPERATOR, Content(text="5"), S.QUEUED)
    told = (await store.replies.write([new], second(1), timedelta(minutes=1))).drafted
    assert [(reply.id, reply.due_at, reply.by) for reply in told] == [(queued.id, None, ""), (held.id, None, "")]
    assert await stand(store, queued, draft, held, released) == [S.DRAFT, S.DRAFT, S.DRAFT, S.QUEUED]
    last = (await store.replies.steps(held.id))[-1]
    assert (last.kind, last.reason) == (StepKind.KEEP, WROTE_INSTEAD)


async def test_an_answer_can_be_left_as_it_is(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    first, second_part, third = await talk.decides(asked, "1", "2", "3")
    [other] = await talk.decides((await talk.says("o1")).message, "4")
    await talk.moves(first, Move.CLAIM)
    await store.outbox.cancel_automatic(asked.conversation_id, "WeChat", second(1), but_answer=first.id)
    assert await stand(store, first, second_part, third, other) == [S.SENDING, S.QUEUED, S.QUEUED, S.CANCELLED]


async def test_what_a_human_has_released_or_sends_again_stays_on_its_way(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    [draft] = await talk.decides(asked, "1", state=S.DRAFT)
    [failed] = await talk.decides((await talk.says("o1")).message, "2")
    await store.outbox.settle(draft.id, Move.RELEASE, second(1), "lin")
    await talk.moves(draft, Move.CLAIM, Move.POSTPONE)  # WeChat was busy
    await talk.moves(failed, Move.CLAIM, Move.REFUSE)
    await store.outbox.settle(failed.id, Move.RETRY, second(1), "lin")
    assert await store.outbox.cancel_automatic(asked.conversation_id, "operator", second(2)) == []
    assert await stand(store, draft, failed) == [S.QUEUED, S.QUEUED]


async def test_what_a_human_has_prepared_stays_a_draft(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    made = [(await talk.decides((await talk.says("o1")).message, text, state=S.DRAFT))[0] for text in "12"]
    [counts_down] = await talk.decides((await talk.says("o1")).message, "3", state=S.HELD, due_at=second(8))
    await store.outbox.edit(made[0].id, Content(text="better"), second(1), "lin")
    await store.outbox.move(made[1].id, Move.HOLD, second(1), ReplyChanges(due_at=second(9)))
    await store.outbox.settle(made[1].id, Move.KEEP, second(1), "lin")
    await store.outbox.edit(counts_down.id, Content(text="better too"), second(1), "lin")
    [told] = await store.outbox.cancel_automatic(asked.conversation_id, "operator", second(2))
    assert (told.id, told.state, told.due_at) == (counts_down.id, S.DRAFT, None)
    assert await stand(store, *made, counts_down) == [S.DRAFT] * 3
    assert [step.kind for step in await store.replies.steps(counts_down.id)] == [
        StepKind.HOLD,
        StepKind.EDIT,
        StepKind.KEEP,
    ]
