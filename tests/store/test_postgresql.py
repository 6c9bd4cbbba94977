"""What a server does to transactions that a file does not: two that wait for each other, and one that never answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update

from tests.postgresql import Postgres
from tests.store.talk import T0, Talk, second
from wxdesk.core.errors import DatabaseInUse
from wxdesk.core.model import Author, Content, NewReply, ReplyState
from wxdesk.store import SqlStore, database_lock, open_store
from wxdesk.store.new_replies import reply_row
from wxdesk.store.schema import replies, settings

pytestmark = pytest.mark.postgres


@pytest.fixture
async def shared(postgres: Postgres, home: Path) -> SqlStore:
    return await open_store(postgres.emptied(), home)


def put(connection: Connection, first: str, second: str, value: str) -> None:
    """Change two rows, the one well before the other."""
    for key in (first, second):
        connection.execute(update(settings).where(settings.c.key == key).values(value=value))
        connection.execute(select(func.pg_sleep(0.2)))


async def test_one_database_has_one_desk(postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_lock, "PATIENCE_SECONDS", 0.2)
    url = postgres.emptied()
    first = await open_store(url, tmp_path / "one")
    with pytest.raises(DatabaseInUse, match="one database has one desk"):
        await open_store(url, tmp_path / "two")
    await first.settings.set("a", "b")
    await first.close()
    second = await open_store(url, tmp_path / "two")
    assert await second.settings.get("a") == "b"
    await second.close()


async def test_of_two_that_wait_for_each_other_both_are_kept_in_the_end(shared: SqlStore) -> None:
    for key in "ab":
        await shared.settings.set(key, "old")
    await asyncio.gather(shared._db.write(put, "a", "b", "one"), shared._db.write(put, "b", "a", "two"))
    kept = [await shared.settings.get(key) for key in "ab"]
    assert kept in (["one", "one"], ["two", "two"])
    await shared.close()


async def test_more_than_a_statement_can_name_wait_and_leave_all_the_same(shared: SqlStore) -> None:
    talk, many = Talk(shared), 33_000  # a statement of asyncpg's takes 32,767 values
    message = (await talk.says("o1")).message
    row = reply_row(NewReply(message.conversation_id, Author.RULE, Content(text="x"), ReplyState.QUEUED), T0)
    await shared._db.write(lambda connection: connection.execute(replies.insert(), [row] * many))
    assert len(await shared.waiting.ask_after_pause(second(1), "why")) == many
    assert len(await shared.waiting.cancel_held("lin", second(2))) == many
    await shared.close()
