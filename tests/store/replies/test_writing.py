"""A new reply as it is stored: the row, its first step, and what the conversation shows."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, select, update

from tests.store.chats import T0, Talk, add_reply, resolve, second
from wxdesk.core.conversations.takeover import Takeover, TakeoverByWriting
from wxdesk.core.errors import NotFound
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.conversation import Author, StatusChange
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyKind, ReplyState
from wxdesk.core.replies.lifecycle import BORN_BY, Move, ReplyStep, StepKind
from wxdesk.store import Store
from wxdesk.store.replies.inserting import insert_replies, load_replies
from wxdesk.store.schema.messaging import conversations, replies

S, K = ReplyState, StepKind
MINUTE = timedelta(minutes=1)
SOURCE = ModeSource.ACCOUNT


@pytest.fixture
async def thread(talk: Talk) -> int:
    return (await talk.says("o1", "在吗")).conversation.id


def new(thread: int, text: str = "好", state: ReplyState = S.QUEUED, **fields: Any) -> NewReply:
    given: dict[str, object] = {"author": Author.OPERATOR} | fields
    return NewReply(thread, content=Content(text=text), state=state, **given)  # type: ignore[arg-type]


async def test_a_new_reply_is_stored_with_its_fields_only(store: Store, talk: Talk, thread: int) -> None:
    content = Content(ReplyKind.LINK, title="看这里", url="https://a.cn")
    given: dict[str, Any] = {
        "message_id": (await talk.says("o1")).message.id,
        "rule_id": 7,
        "rule_name": "r",
        "rule_revision": 3,
        "due_at": second(20),
        "not_before": second(10),
        "mode": ReplyMode.HOLD,
        "mode_from": ModeSource.RULE,
        "aside": StatusChange(5),
        "error": "why",
    }
    at = second(1)
    reply = await add_reply(store, NewReply(thread, Author.RULE, content, S.HELD, **given), at)
    expected = Reply(reply.id, thread, "shop", "o1", Author.RULE, content, S.HELD, at, at, **given)
    assert reply == expected == await store.replies.get(reply.id)


@pytest.mark.parametrize(
    ("state", "fields", "kind", "reason", "until"),
    [
        (S.HELD, {"due_at": second(9), "mode_from": SOURCE}, K.HOLD, BORN_BY[SOURCE], second(9)),
        (S.HELD, {"mode_from": SOURCE, "error": "why"}, K.HOLD, "why", None),
        (S.HELD, {"error": "why"}, K.HOLD, "", None),
        (S.DRAFT, {"mode_from": SOURCE}, K.KEEP, BORN_BY[SOURCE], None),
        (S.DRAFT, {}, None, "", None),
        (S.QUEUED, {"mode_from": SOURCE}, None, "", None),
        (S.FAILED, {"mode_from": SOURCE}, None, "", None),
    ],
)
async def test_the_first_step_tells_why_a_reply_waits(
    store: Store,
    thread: int,
    state: ReplyState,
    fields: dict[str, Any],
    kind: StepKind | None,
    reason: str,
    until: datetime | None,
) -> None:
    reply = await add_reply(store, new(thread, state=state, author=Author.RULE, **fields), second(1))
    expected = [] if kind is None else [ReplyStep(reply.id, second(1), kind, reason=reason, until=until)]
    assert await store.replies.steps(reply.id) == expected


@pytest.mark.parametrize("author", [Author.RULE, Author.OPERATOR])
@pytest.mark.parametrize("state", list(S))
async def test_a_rules_draft_reopens_the_conversation(
    store: Store, talk: Talk, thread: int, author: Author, state: ReplyState
) -> None:
    other = (await talk.says("o2")).conversation.id
    for one in (thread, other):
        await resolve(store, one, second(1))
    await add_reply(store, new(thread, state=state, author=author), second(2))
    opens = author is Author.RULE and state in (S.DRAFT, S.HELD, S.FAILED, S.UNKNOWN)
    assert ((await talk.thread(thread)).resolved_at is None) is opens
    assert (await talk.thread(other)).resolved_at == second(1)


async def test_ids_grow_in_the_order_given_and_each_is_found(store: Store, thread: int) -> None:
    texts = ["退款三", "退款一", "退款二"]
    made = (await store.replies.write([new(thread, text) for text in texts], T0)).written
    assert [reply.content.text for reply in made] == texts
    assert [reply.id for reply in made] == sorted(reply.id for reply in made)
    assert {hit.item.id for hit in await store.inbox.search("退款")} == {reply.id for reply in made}
    assert await store._db.write(insert_replies, []) == []
    assert await store._db.read(load_replies, [made[2].id, 99, made[0].id]) == [made[0], made[2]]


@pytest.mark.parametrize(
    ("fields", "shown", "goes_on"),
    [
        ({}, True, True),
        ({"due_at": second(30), "state": S.HELD}, False, True),  # it can still be taken back
        ({"due_at": second(30), "state": S.HELD, "author": Author.RULE}, True, True),
        ({"not_before": second(30)}, False, False),
        ({"not_before": second(30), "author": Author.RULE}, False, False),
    ],
)
async def test_a_reply_that_leaves_now_is_previewed_and_extends_a_takeover(
    store: Store, talk: Talk, thread: int, fields: dict[str, Any], shown: bool, goes_on: bool
) -> None:
    other = (await talk.says("o2", "在吗")).conversation.id
    for one in (thread, other):
        await store.outbox.take_over(one, Takeover(second(300), 300), second(0))
        called = {"called_at": second(1), "called_by": "r"}
        await store._db.write(lambda connection: connection.execute(update(conversations).values(called)))  # noqa: B023
    await add_reply(store, new(thread, "好", **fields), second(20))
    here, there = await talk.thread(thread), await talk.thread(other)
    assert here.preview == ("好" if shown else "在吗")
    assert here.taken_over_until == (second(320) if goes_on else second(300))
    assert (here.called_at, here.called_by) == (None, "")
    assert (there.preview, there.taken_over_until, there.called_by) == ("在吗", second(300), "r")


async def test_the_last_of_several_messages_is_previewed(store: Store, talk: Talk, thread: int) -> None:
    await store.replies.write([new(thread, "1"), new(thread, "2")], second(20))
    assert (await talk.thread(thread)).preview == "2"


async def test_a_reply_answers_the_messages_before_it(store: Store, talk: Talk, thread: int) -> None:
    heard = (await talk.says("o1", at=second(1))).message
    await talk.says("o2", at=second(2))
    reply = await add_reply(store, new(thread), T0)
    ids = await store._db.read(lambda connection: connection.scalars(select(replies.c.heard_id)).all())
    assert (list(ids), reply.conversation_id) == ([heard.id], thread)


async def test_writing_takes_over_and_remembers_what_was_before(store: Store, talk: Talk, thread: int) -> None:
    [automatic] = await talk.decides((await talk.says("o1")).message, "规则", state=S.DRAFT)
    wrote = await store.replies.write([new(thread, "1"), new(thread, "2")], second(5), MINUTE)
    assert wrote.takeover == TakeoverByWriting(None, Takeover(second(65), by_writing=True))
    assert (await talk.thread(thread)).taken_over_until == second(65)
    assert [one.passed_by for one in wrote.passed] == [wrote.written[0].id]
    assert wrote.passed == [await store.replies.get(automatic.id)]
    stored = await store._db.read(
        lambda connection: connection.scalars(select(replies.c.takeover).order_by(replies.c.id)).all()
    )
    assert list(stored) == [None, wrote.takeover, None]


async def test_writing_does_not_remember_a_takeover_by_hand(store: Store, talk: Talk, thread: int) -> None:
    await store.outbox.take_over(thread, Takeover(None), T0)
    await store.replies.write([new(thread)], second(5), MINUTE)
    stored = await store._db.read(lambda connection: connection.scalars(select(replies.c.takeover)).all())
    assert list(stored) == [None]
    with pytest.raises(NotFound) as refused:
        await store.replies.write([new(thread + 9)], second(5))
    assert refused.value.values == {"noun": "conversation"}
    with pytest.raises(NotFound) as refused:
        await store.replies.get(99)
    assert refused.value.values == {"noun": "reply"}


async def test_answers_are_read_whole_and_in_order(store: Store, thread: int) -> None:
    first, alone = [
        (await store.replies.write([new(thread, text) for text in texts], T0)).written for texts in ("12", "3")
    ]
    assert await store.replies.parts([alone[0].id, first[0].id]) == [*first, *alone]
    assert await store.replies.parts([first[1].id]) == first[1:]


async def test_rule_answers_to_messages_are_read_in_order(store: Store, talk: Talk) -> None:
    asked = [(await talk.says(openid)).message for openid in ("o1", "o1", "o2", "o3")]
    made = [reply for message in asked for reply in await talk.decides(message, "1", "2")]
    assert await store.replies.to_messages([asked[2].id, asked[0].id]) == [*made[:2], *made[4:6]]


async def test_pending_replies_are_read_without_deadline_first_and_drafts_last(store: Store, thread: int) -> None:
    dues = (("2", S.HELD, 20), ("d1", S.DRAFT, None), ("1", S.HELD, 10), ("d2", S.DRAFT, 5), ("0", S.HELD, None))
    for text, state, due in (*dues, ("3", S.HELD, 20), ("q", S.QUEUED, None), ("f", S.FAILED, None)):
        await add_reply(store, new(thread, text, state, due_at=None if due is None else second(due)), T0)
    expected = ["0", "1", "2", "3"]
    assert [reply.content.text for reply in await store.replies.pending()][:4] == expected
    drafts = [reply for reply in await store.replies.pending() if reply.state is S.DRAFT]
    assert {reply.content.text for reply in drafts} == {"d1", "d2"}
    for some in (replies.c.id > 0, replies.c.id < 3):  # so that the database finds the oldest ones last
        change = update(replies).where(some).values(due_at=None)
        await store._db.write(Connection.execute, change)
    assert [reply.content.text for reply in await store.replies.pending()] == ["2", "1", "0", "3", "d1", "d2"]


async def test_a_move_returns_the_reply_as_it_is_stored(store: Store, talk: Talk, thread: int) -> None:
    reply = await add_reply(store, new(thread, state=S.HELD, due_at=second(9)), T0)
    moved = await talk.moves(reply, Move.RELEASE, at=second(1))
    assert moved == replace(reply, state=S.QUEUED, updated_at=second(1))
