"""What is locked before it is changed, on PostgreSQL: who comes later waits there, and finds what the other has done.

In a SQLite file there is one writer at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, text

from tests.postgresql import Postgres
from tests.store.chats import T0, Talk, second
from wxdesk.core.errors import StoreError
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.wechat.quota import window_after_send
from wxdesk.store import Store, open_store
from wxdesk.store.replies import moves, parts
from wxdesk.store.replies.moves import ReplyChanges
from wxdesk.store.replies.pending import takeover

pytestmark = pytest.mark.postgres


@pytest.fixture
async def both(tmp_path: Path, postgres: Postgres) -> AsyncIterator[tuple[Store, asyncpg.Connection]]:
    """A store, with two answers of three parts each in two conversations, and somebody beside it."""
    url = postgres.emptied()
    store, other = await open_store(url, tmp_path), await asyncpg.connect(url)
    talk = Talk(store)
    for openid in ("o1", "o2"):
        await talk.decides((await talk.says(openid)).message, "1", "2", "3", state=ReplyState.DRAFT)
    yield store, other
    await other.close()
    await store.close()


async def waits(store: Store, body: Callable[[Connection], Any]) -> bool:
    """Tell if it waits for whoever has locked something."""

    def in_a_hurry(connection: Connection) -> None:
        connection.execute(text("SET LOCAL lock_timeout = '20ms'"))
        body(connection)

    try:
        await store._db.write(in_a_hurry)
    except StoreError:
        return True
    return False


LOCKS: dict[str, tuple[Callable[[Connection], Any], set[str]]] = {
    "a reply": (lambda connection: moves.lock_reply(connection, 2), {"reply 2", "conversation 1"}),
    "answers": (lambda connection: parts.lock_answers(connection, [2]), {"reply 1", "reply 2", "reply 3"}),
    "an answer, by its first": (
        lambda connection: parts.lock_answers(connection, [4]),
        {"reply 4", "reply 5", "reply 6"},
    ),
    "later parts": (lambda connection: parts.later_parts(connection, [2]), {"reply 2", "reply 3"}),
    "later parts than the first": (
        lambda connection: parts.later_parts(connection, [4]),
        {"reply 4", "reply 5", "reply 6"},
    ),
    "automatic ones": (
        lambda connection: takeover._lock_automatic(connection, 1),
        {"reply 1", "reply 2", "reply 3", "conversation 1"},
    ),
}


@pytest.mark.expects_log("code 55P03")
@pytest.mark.parametrize("what", LOCKS)
async def test_exactly_what_may_change_is_locked(both: tuple[Store, asyncpg.Connection], what: str) -> None:
    store, other = both
    body, locked = LOCKS[what]
    rows = [f"reply {number}" for number in range(1, 7)] + [f"conversation {number}" for number in (1, 2)]
    found = set()
    for row in rows:
        table, number = row.split()
        async with other.transaction():
            name = {"reply": "replies", "conversation": "conversations"}[table]
            await other.execute(f"SELECT FROM {name} WHERE id = {number} FOR UPDATE")
            if await waits(store, body):
                found.add(row)
    assert found == locked


ORDERED: dict[str, tuple[Callable[[Store], Awaitable[Any]], set[int]]] = {
    "replies": (lambda store: store._db.write(moves._lock_replies, [6, 2]), {2}),
    "answers": (lambda store: store._db.write(parts.lock_answers, [6, 1]), {1, 2, 3, 4, 5}),
    "later parts": (lambda store: store._db.write(parts.later_parts, [4, 1]), {1, 2, 3, 4, 5}),
    "automatic ones": (lambda store: store._db.write(takeover._lock_automatic, 2), {4, 5}),
    "a word for the last": (lambda store: store.outbox.apply_operator_move(6, Move.RELEASE, T0, "lin"), {4, 5}),
    "a word for two": (lambda store: store.pending_replies.release_held("lin", T0, [6, 3]), {1, 2, 3, 4, 5}),
}


@pytest.mark.parametrize("what", ORDERED)
async def test_replies_are_locked_in_the_order_of_their_ids(both: tuple[Store, asyncpg.Connection], what: str) -> None:
    """From the first on: so neither waits for what the other has while that one waits for it."""
    (store, other), (locks, earlier) = both, ORDERED[what]
    for number in range(6, 0, -1):  # so that the server finds the last ones first
        await other.execute("UPDATE replies SET attempts = 0 WHERE id = $1", number)
    async with other.transaction():
        await other.execute("SELECT FROM replies WHERE id = 6 FOR UPDATE")
        locking = asyncio.ensure_future(locks(store))
        while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            pass
        free = await other.fetch("SELECT id FROM replies FOR UPDATE SKIP LOCKED")
    await locking
    assert {1, 2, 3, 4, 5} - {row["id"] for row in free} == earlier


@pytest.mark.parametrize(
    ("change", "attempts", "left"),
    [("UPDATE replies SET attempts = 3", 3, 4), ("UPDATE conversations SET window_left = 3", 0, 2)],
)
async def test_a_move_reckons_with_what_another_has_just_changed(
    both: tuple[Store, asyncpg.Connection], change: str, attempts: int, left: int
) -> None:
    store, other = both
    await store.outbox.move(1, Move.RELEASE, T0)
    async with other.transaction():
        await other.execute(change)
        moving = store._db.write(moves.move, 1, Move.CLAIM, second(1), ReplyChanges(window=window_after_send))
        task = asyncio.ensure_future(moving)
        while not await other.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            pass
    assert (await task).attempts == attempts
    assert (await store.conversations.get(1)).window.left == left
