"""What a server does to transactions that a file does not: two that wait for each other, and one that never answers."""

import asyncio
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Connection, func, select, text, true, update

from tests.postgresql import SHARED, Postgres
from tests.store.chats import T0, Talk, second
from tests.way_to_server import WayThere
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.store import Store, open_store
from wxdesk.store.engine import postgresql
from wxdesk.store.engine.postgresql import SERVER_SETTINGS, SHORT
from wxdesk.store.replies.inserting import reply_row
from wxdesk.store.schema.authored import settings
from wxdesk.store.schema.messaging import replies

pytestmark = pytest.mark.postgres


@pytest.fixture
async def shared(postgres: Postgres, home: Path) -> Store:
    return await open_store(postgres.emptied(), home)


def put(connection: Connection, first: str, second: str, value: str) -> None:
    """Change two rows, the one well before the other."""
    for key in (first, second):
        connection.execute(update(settings).where(settings.c.key == key).values(value=value))
        connection.execute(select(func.pg_sleep(0.2)))


async def test_two_deadlocked_transactions_are_both_stored_in_the_end(shared: Store) -> None:
    for key in "ab":
        await shared.settings.set(key, "old")
    await asyncio.gather(shared._db.write(put, "a", "b", "one"), shared._db.write(put, "b", "a", "two"))
    kept = [await shared.settings.get(key) for key in "ab"]
    assert kept in (["one", "one"], ["two", "two"])
    await shared.close()


async def test_more_replies_than_a_statement_can_name_leave_all_the_same(shared: Store) -> None:
    talk, many = Talk(shared), 33_000  # a statement of asyncpg's takes 32,767 values
    message = (await talk.says("o1")).message
    row = reply_row(NewReply(message.conversation_id, Author.RULE, Content(text="x"), ReplyState.QUEUED), T0)
    copied = [column for column in replies.c if column is not replies.c.id]
    copies = select(*copied).join_from(replies, func.generate_series(2, many).alias(), true())

    def fill(connection: Connection) -> None:
        connection.execute(replies.insert(), row)
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # no check of each row
        connection.execute(replies.insert().from_select(copied, copies))

    await shared._db.write(fill)
    held = [one.id for one in await shared.pending_replies.hold_after_pause(second(1))]
    assert len(held) == many
    assert len(await shared.pending_replies.cancel_held("lin", second(2), only=held)) == many
    await shared.close()


async def test_a_server_that_is_set_to_lose_commits_does_not_lose_ours(postgres: Postgres, home: Path) -> None:
    url = postgres.fresh()
    name = urlsplit(url).path[1:]
    postgres.tell(f"ALTER DATABASE {name} SET synchronous_commit = off;", "postgres")
    store = await open_store(url, home)
    try:
        setting = await store._db.write(lambda connection: connection.execute(text("SHOW synchronous_commit")).scalar())
        assert setting == "on"
    finally:
        await store.close()


async def test_connections_ended_by_the_server_are_replaced_before_they_are_used(
    shared: Store, postgres: Postgres
) -> None:
    await shared.settings.set("a", "kept")
    await asyncio.gather(*(shared.settings.get("a") for _ in range(4)))  # several connections, all used just now
    postgres.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'wxdesk'", SHARED)
    async with asyncio.timeout(20):
        while not all(one.is_closed() for one in shared._db._connections):  # type: ignore[attr-defined]  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert await asyncio.gather(*(shared.settings.get("a") for _ in range(8))) == ["kept"] * 8
    await shared.settings.set("a", "anew")
    assert await shared.settings.get("a") == "anew"
    await shared.close()


async def test_a_server_far_away_is_waited_for_as_few_times_as_a_reading_needs(
    postgres: Postgres, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "IDLE_SECONDS", -1.0)  # as after a while in which nobody read
    async with WayThere.to(postgres.emptied(), tmp_path) as way:
        store = await open_store(way.url, home)
        waited = []
        for _ in range(3):
            before = way.answers
            await store._db.read(lambda connection: connection.scalar(select(1)))
            waited.append(way.answers - before)
            await asyncio.gather(*store._db._underway)  # type: ignore[attr-defined]
        assert waited[-1] == 3  # does it stand, begin, and the answer; that it has ended the server may learn later
        await store.close()


@pytest.mark.parametrize("page", ["team.md", "team.zh-CN.md"])
def test_the_page_of_the_team_names_each_setting_that_a_pooler_must_let_through(page: str) -> None:
    [named] = re.findall(
        r"ignore_startup_parameters = (.*)", (Path(__file__).parents[3] / "docs" / page).read_text(encoding="utf-8")
    )
    assert set(named.split(", ")) == {*SERVER_SETTINGS, *SHORT} - {"application_name"}  # which PgBouncer knows
