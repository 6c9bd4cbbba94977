"""The claim of the outbox at its edges, and calls that a crash cut off."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from msgspec.structs import replace

from tests.postgresql import Postgres
from tests.store.chats import T0, Talk, add_reply, resolve, second
from wxdesk.core.model.conversation import Author, ReplyWindow, StatusChange
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.store import Store, open_store
from wxdesk.store.replies.moves import ReplyChanges

S = ReplyState


async def claimed(store: Store, at: float = 9, **wishes: Any) -> list[str]:
    found = await store.outbox.claim(second(at), **({"busy": (), "limit": 9, "only_by_hand": False} | wishes))  # type: ignore[arg-type]
    return [one.reply.content.text for one in found]


async def later(store: Store, thread: int, text: str, at: float) -> Reply:
    """What an operator writes for a time of their choice."""
    new = NewReply(thread, Author.OPERATOR, Content(text=text), S.QUEUED, not_before=second(at))
    return await add_reply(store, new, T0)


async def leave(store: Store, reply: Reply, left: int) -> None:
    """Let so many replies be left in the reply window of this one's contact."""

    def only(window: ReplyWindow) -> ReplyWindow:
        return replace(window, left=left)

    await store.outbox.move(reply.id, Move.CLAIM, T0, ReplyChanges(window=only))


@pytest.mark.parametrize("left", [0, 1, 5])
async def test_a_call_cut_off_counts_against_the_quota_that_was_left(talk: Talk, store: Store, left: int) -> None:
    threads = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2", "o3")]
    written = [await talk.writes(thread, "好") for thread in threads]
    for reply in written[:2]:
        await leave(store, reply, left)
    await talk.moves(written[1], Move.ACCEPT)
    await store.outbox.recover(second(60))
    assert [(await talk.thread(thread)).window.left for thread in threads] == [max(0, left - 1), left, 5]


async def test_a_call_cut_off_reopens_its_conversation_and_sets_nothing_aside(talk: Talk, store: Store) -> None:
    threads = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    new = NewReply(threads[0], Author.RULE, Content(text="好"), S.QUEUED, rule_id=7, aside=StatusChange())
    reply = await add_reply(store, new, T0)
    await talk.moves(reply, Move.CLAIM)
    for thread in threads:
        await resolve(store, thread, second(1))
    [lost] = await store.outbox.recover(second(60))
    assert lost == await store.replies.get(reply.id)
    assert (lost.state, lost.aside) == (S.UNKNOWN, None)
    assert [(await talk.thread(thread)).resolved_at for thread in threads] == [None, second(1)]


async def test_only_replies_being_sent_are_queued_again(talk: Talk, store: Store) -> None:
    threads = [(await talk.says(openid)).conversation.id for openid in ("o1", "o2")]
    sending, failed = [await talk.writes(thread, "好") for thread in threads]
    await talk.moves(sending, Move.CLAIM)
    failed = await talk.moves(failed, Move.CLAIM, Move.REFUSE)
    assert [one.id for one in await store.outbox.unclaim(second(5), ())] == [sending.id]
    assert await store.replies.get(failed.id) == failed


async def test_a_reply_for_later_lets_others_pass_until_its_time(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1")).conversation.id
    await later(store, thread, "at 10", 10)
    for text in ("now", "after"):
        await talk.writes(thread, text)
    assert await claimed(store, 9.999999) == ["now"]
    await talk.moves((await store.replies.parts([2]))[0], Move.ACCEPT)
    assert await claimed(store, 10) == ["at 10"]


async def test_a_conversation_with_a_call_under_way_keeps_nobody_else_waiting(talk: Talk, store: Store) -> None:
    for openid in ("o1", "o2"):
        thread = (await talk.says(openid)).conversation.id
        for text in ("first", "second"):
            await talk.writes(thread, f"{openid} {text}")
    assert await claimed(store, limit=1) == ["o1 first"]
    assert await claimed(store) == ["o2 first"]
    assert await claimed(store) == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("held", "left"), [("SELECT FROM replies WHERE id = 1", ["2"]), ("SELECT FROM conversations", ["1", "2"])]
)
async def test_replies_locked_elsewhere_are_left_for_the_next_claim(
    tmp_path: Path, postgres: Postgres, held: str, left: list[str]
) -> None:
    """What another changes at this moment neither keeps the claim waiting nor is claimed."""
    url = postgres.emptied()
    store, other = await open_store(url, tmp_path), await asyncpg.connect(url)
    talk = Talk(store)
    for number in "12":
        await talk.writes((await talk.says(f"o{number}")).conversation.id, number)
    try:
        async with other.transaction():
            await other.execute(f"{held} FOR UPDATE")
            async with asyncio.timeout(20):
                assert await claimed(store) == left
    finally:
        await other.close()
        await store.close()
