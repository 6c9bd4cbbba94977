"""One move of many replies at once: of those whose state allows it, with what a single one would change."""

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, Talk, add_reply, resolve, second
from wxdesk.core.model.conversation import Author, StatusChange
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import REPLY_MOVES, Move, ReplyStep, StepKind
from wxdesk.store import Store
from wxdesk.store.replies.bulk_moves import move_all
from wxdesk.store.schema.messaging import replies

S = ReplyState


def expected(before: Reply, move: Move) -> Reply:
    """What the move makes of a reply that may make it."""
    after = replace(before, state=REPLY_MOVES[before.state, move], updated_at=second(5), by="lin")
    if move is Move.KEEP:
        return replace(after, due_at=None, aside=None)
    return replace(after, aside=None) if move is Move.RELEASE and before.due_at is None else after


@pytest.mark.parametrize("move", [Move.HOLD, Move.KEEP, Move.RELEASE, Move.CANCEL])
async def test_each_reply_is_moved_if_its_state_allows_it(talk: Talk, store: Store, move: Move) -> None:
    here, there = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    made = [
        await add_reply(
            store, NewReply(thread, Author.RULE, Content(text="好"), state, due_at=due_at, aside=StatusChange(5)), T0
        )
        for thread in (here, there)
        for state in S
        for due_at in (None, second(9))
    ]
    wanted = [reply for reply in made if reply.conversation_id == here and (reply.state, move) in REPLY_MOVES]
    which = replies.c.conversation_id == here
    moved = await store._db.write(move_all, move, which, second(5), "why", by="lin", error="")
    assert moved == [expected(reply, move) for reply in wanted]
    for reply in made:
        after = next((one for one in moved if one.id == reply.id), reply)
        assert await store.replies.get(reply.id) == after
        until = after.due_at if move in (Move.HOLD, Move.KEEP) else None
        step = ReplyStep(reply.id, second(5), StepKind(move.value), "lin", None, "why", until)
        assert ((await store.replies.steps(reply.id))[-1:] == [step]) is (after is not reply)


@pytest.mark.parametrize(("why", "error", "told"), [("", "busy", "busy"), ("why", "busy", "why"), ("", "", "")])
async def test_the_step_tells_the_error_where_there_is_no_other_reason(
    talk: Talk, store: Store, why: str, error: str, told: str
) -> None:
    reply = await talk.writes((await talk.says("o1")).conversation.id, "好", state=S.HELD)
    [moved] = await store._db.write(move_all, Move.KEEP, replies.c.id == reply.id, second(5), why, error=error)
    assert (moved.error, moved.by) == (error, "")
    assert (await store.replies.steps(reply.id))[-1] == ReplyStep(reply.id, second(5), StepKind.KEEP, reason=told)


async def test_replies_that_then_need_the_operator_reopen_their_conversations(talk: Talk, store: Store) -> None:
    here, there = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    kept, _ = [await talk.writes(thread, "好") for thread in (here, there)]
    for thread in (here, there):
        await resolve(store, thread, second(1))
    await store._db.write(move_all, Move.KEEP, replies.c.id == kept.id, second(5))
    assert [(await talk.thread(thread)).resolved_at for thread in (here, there)] == [None, second(1)]
