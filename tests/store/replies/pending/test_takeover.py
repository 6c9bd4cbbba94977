"""Which replies a takeover cancels, and which an operator keeps, on either engine."""

import asyncio
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import Connection, update

from tests.postgresql import Postgres
from tests.store.chats import T0, Talk, add_reply, second
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import NotFound
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move, StepKind
from wxdesk.core.replies.on_new_message import SPOKE_MEANWHILE, WINDOW_CLOSED, WROTE_INSTEAD
from wxdesk.store import Store, open_store
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.schema.messaging import replies

S = ReplyState


async def stand(store: Store, *replies: Reply) -> list[ReplyState]:
    return [(await store.replies.get(reply.id)).state for reply in replies]


async def test_a_takeover_cancels_untouched_rule_replies(talk: Talk, store: Store) -> None:
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


async def test_writing_makes_drafts_of_rule_replies_that_would_leave(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    [queued] = await talk.decides(asked, "1")
    [draft] = await talk.decides((await talk.says("o1")).message, "2", state=S.DRAFT)
    [held] = await talk.decides((await talk.says("o1")).message, "3", state=S.HELD, due_at=second(8))
    [released] = await talk.decides((await talk.says("o1")).message, "4", state=S.DRAFT)
    await store.outbox.apply_operator_move(released.id, Move.RELEASE, second(1), "lin")
    new = NewReply(asked.conversation_id, Author.OPERATOR, Content(text="5"), S.QUEUED)
    told = (await store.replies.write([new], second(1), timedelta(minutes=1))).drafted
    assert [(reply.id, reply.due_at, reply.by) for reply in told] == [(queued.id, None, ""), (held.id, None, "")]
    assert await stand(store, queued, draft, held, released) == [S.DRAFT, S.DRAFT, S.DRAFT, S.QUEUED]
    last = (await store.replies.steps(held.id))[-1]
    assert (last.kind, last.reason) == (StepKind.KEEP, WROTE_INSTEAD)


async def test_cancelling_can_spare_one_answer(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    first, second_part, third = await talk.decides(asked, "1", "2", "3")
    [other] = await talk.decides((await talk.says("o1")).message, "4")
    await talk.moves(first, Move.CLAIM)
    await store.outbox.cancel_automatic(asked.conversation_id, "WeChat", second(1), but_answer=first.id)
    assert await stand(store, first, second_part, third, other) == [S.SENDING, S.QUEUED, S.QUEUED, S.CANCELLED]


async def test_released_and_retried_replies_survive_a_takeover(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    [draft] = await talk.decides(asked, "1", state=S.DRAFT)
    [failed] = await talk.decides((await talk.says("o1")).message, "2")
    await store.outbox.apply_operator_move(draft.id, Move.RELEASE, second(1), "lin")
    await talk.moves(draft, Move.CLAIM, Move.POSTPONE)  # WeChat was busy
    await talk.moves(failed, Move.CLAIM, Move.REFUSE)
    await store.outbox.apply_operator_move(failed.id, Move.RETRY, second(1), "lin")
    assert await store.outbox.cancel_automatic(asked.conversation_id, "operator", second(2)) == []
    assert await stand(store, draft, failed) == [S.QUEUED, S.QUEUED]


async def test_drafts_edited_by_an_operator_survive_a_takeover(talk: Talk, store: Store) -> None:
    asked = (await talk.says("o1")).message
    made = [(await talk.decides((await talk.says("o1")).message, text, state=S.DRAFT))[0] for text in "12"]
    [counts_down] = await talk.decides((await talk.says("o1")).message, "3", state=S.HELD, due_at=second(8))
    await store.outbox.edit(made[0].id, Content(text="better"), second(1), "lin")
    await store.outbox.move(made[1].id, Move.HOLD, second(1), ReplyChanges(due_at=second(9)))
    await store.outbox.apply_operator_move(made[1].id, Move.KEEP, second(1), "lin")
    await store.outbox.edit(counts_down.id, Content(text="better too"), second(1), "lin")
    [told] = await store.outbox.cancel_automatic(asked.conversation_id, "operator", second(2))
    assert (told.id, told.state, told.due_at) == (counts_down.id, S.DRAFT, None)
    assert await stand(store, *made, counts_down) == [S.DRAFT] * 3
    assert [step.kind for step in await store.replies.steps(counts_down.id)] == [
        StepKind.HOLD,
        StepKind.EDIT,
        StepKind.KEEP,
    ]


async def drafts(store: Store, thread: int) -> dict[str, Reply]:
    """Drafts of which only the first two are locked and a rule's; the second cannot be sent any more."""
    rows: dict[str, dict[str, object]] = {
        "locked": {},
        "closed": {"error": WINDOW_CLOSED},
        "free": {"by": ""},
        "written": {"author": Author.OPERATOR},
        "queued": {"state": S.QUEUED},
    }
    found = {}
    for text, values in rows.items():
        made = await add_reply(store, NewReply(thread, Author.RULE, Content(text=text), S.DRAFT), T0)
        change = update(replies).where(replies.c.id == made.id).values({"by": "lin", "error": "busy"} | values)
        await store._db.write(Connection.execute, change)
        found[text] = await store.replies.get(made.id)
    return found


@pytest.mark.parametrize("way", ["takes over", "writes", "stops the rules"])
async def test_a_locked_reply_asks_after_a_takeover_or_message(talk: Talk, store: Store, way: str) -> None:
    threads = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    here, there = [await drafts(store, thread) for thread in threads]
    if way == "takes over":
        assert await store.outbox.take_over(threads[0], Takeover(None), second(1)) == []
    elif way == "writes":
        new = NewReply(threads[0], Author.OPERATOR, Content(text="5"), S.QUEUED)
        assert (await store.replies.write([new], second(1), timedelta(minutes=1))).drafted == []
    else:
        [free] = await store.outbox.cancel_automatic(threads[0], "operator", second(1))
        assert free.id == here["free"].id
    after = {text: (await store.replies.get(reply.id)).error for text, reply in here.items()}
    locked = "busy" if way == "stops the rules" else SPOKE_MEANWHILE
    assert after == dict.fromkeys(here, "busy") | {"locked": locked, "closed": WINDOW_CLOSED}
    assert [await store.replies.get(reply.id) for reply in there.values()] == list(there.values())


@pytest.mark.parametrize("way", ["takes over", "stops the rules", "writes"])
async def test_a_takeover_stops_only_rule_replies_of_its_conversation(talk: Talk, store: Store, way: str) -> None:
    threads = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    made = [
        await add_reply(store, NewReply(thread, author, Content(text="好"), state, due_at=due_at), T0)
        for thread in threads
        for author in (Author.RULE, Author.OPERATOR)
        for state in S
        for due_at in ((second(9), None) if state is S.HELD else (None,))
    ]
    mine = [one for one in made if one.conversation_id == threads[0] and one.author is Author.RULE]
    if way == "takes over":
        told = await store.outbox.take_over(threads[0], Takeover(None), second(1))
        stopped = [one for one in mine if one.state is S.QUEUED or one.due_at]
    elif way == "stops the rules":
        told = await store.outbox.cancel_automatic(threads[0], "lin", second(1))
        stopped = [one for one in mine if one.state in (S.DRAFT, S.HELD, S.QUEUED)]
    else:
        new = NewReply(threads[0], Author.OPERATOR, Content(text="5"), S.QUEUED)
        told = (await store.replies.write([new], second(1), timedelta(minutes=1))).drafted
        stopped = [one for one in mine if one.state in (S.HELD, S.QUEUED)]
    state, by = (S.DRAFT, "") if way == "writes" else (S.CANCELLED, "operator" if way == "takes over" else "lin")
    assert [(one.id, one.state, one.by, one.updated_at) for one in told] == [
        (one.id, state, by, second(1)) for one in stopped
    ]
    left = [one for one in made if one not in stopped and not (way == "writes" and one.state is S.DRAFT)]
    assert [await store.replies.get(one.id) for one in left] == left
    taken = (await talk.thread(threads[0])).taken_over
    assert taken is (way != "stops the rules")


async def test_edited_replies_that_would_leave_become_drafts_at_a_takeover(talk: Talk, store: Store) -> None:
    [reply] = await talk.decides((await talk.says("o1")).message, "1")
    [counts] = await talk.decides((await talk.says("o1")).message, "2", state=S.HELD, due_at=second(8))
    await store.outbox.edit(counts.id, Content(text="better"), second(1), "lin")
    told = await store.outbox.take_over(reply.conversation_id, Takeover(None), second(2))
    assert [(one.id, one.state) for one in told] == [(reply.id, S.CANCELLED), (counts.id, S.DRAFT)]


async def test_taking_over_an_unknown_conversation_is_refused(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.outbox.take_over(99, Takeover(None), second(1))


async def test_cancelling_spares_only_the_parts_of_the_named_answer(talk: Talk, store: Store) -> None:
    answers = [await talk.decides((await talk.says("o1")).message, "1", "2") for _ in range(3)]
    thread = answers[0][0].conversation_id
    told = await store.outbox.cancel_automatic(thread, "WeChat", second(1), but_answer=answers[1][0].id)
    assert [one.id for one in told] == [one.id for one in (*answers[0], *answers[2])]


@pytest.mark.postgres
@pytest.mark.parametrize(("held", "moves"), [("replies", [Move.CLAIM]), ("conversations", [Move.CLAIM, Move.REFUSE])])
async def test_cancelling_waits_for_changes_of_replies_and_conversation_under_way(
    tmp_path: Path, postgres: Postgres, held: str, moves: list[Move]
) -> None:
    """What is queued meanwhile, as after a call that WeChat was too busy for or by a decision, is stopped as well.

    A reply that is being sent is locked before its conversation, so who holds that may only queue another one.
    """
    url = postgres.emptied()
    store, other = await open_store(url, tmp_path), await asyncpg.connect(url)
    talk = Talk(store)
    [reply] = await talk.decides((await talk.says("o1")).message, "1")
    await talk.moves(reply, *moves)
    try:
        async with other.transaction():
            await other.execute(f"SELECT FROM {held} FOR UPDATE")
            stopping = asyncio.create_task(store.outbox.cancel_automatic(reply.conversation_id, "lin", second(1)))
            while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                pass
            await other.execute("UPDATE replies SET state = 'queued'")
        assert [one.state for one in await stopping] == [S.CANCELLED]
    finally:
        await other.close()
        await store.close()
