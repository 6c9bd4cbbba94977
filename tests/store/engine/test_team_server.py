"""What only a server does: its errors in words, and a view that stays as it is while others write."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, select, text

from tests.postgresql import SHARED, Postgres
from wxdesk.core.errors import StoreError
from wxdesk.store import Store, failures, open_store
from wxdesk.store.engine.postgresql import PostgresqlDatabase
from wxdesk.store.schema.authored import settings

pytestmark = pytest.mark.postgres


@pytest.fixture
async def team(postgres: Postgres, home: Path) -> AsyncIterator[Store]:
    store = await open_store(postgres.emptied(), home)
    yield store
    await store.close()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("08P01", failures.POOLER),
        ("42P05", failures.POOLED),
        ("53100", failures.SERVER_FULL),
        ("53200", failures.BUSY),
        ("53300", failures.BUSY),
        ("57014", failures.CANCELLED),
        ("57P01", failures.UNREACHABLE),
        ("40001", failures.CROSSED),
        ("25006", failures.STANDBY),
        ("42501", failures.NO_RIGHT),
        ("XX001", failures.DAMAGED),
        ("XX000", failures.OTHER),
        ("22012", failures.OTHER),
    ],
)
@pytest.mark.expects_log("database error: .*, code")
async def test_an_error_of_the_server_is_called_what_it_is(team: Store, code: str, reason: str) -> None:
    def fails(connection: Connection) -> None:
        connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"))

    with pytest.raises(StoreError) as caught:
        await team._db.write(fails)
    assert str(caught.value) == reason


@pytest.mark.expects_log("database error: .*, code 57014")
async def test_a_query_that_takes_too_long_is_broken_off_and_says_so(team: Store) -> None:
    def sleeps(connection: Connection) -> None:
        connection.execute(text("SET LOCAL statement_timeout = 20"))
        connection.execute(text("SELECT pg_sleep(60)"))

    with pytest.raises(StoreError, match="broke the query off"):
        await team._db.read(sleeps)


async def test_a_read_sees_one_view_while_others_write(team: Store, postgres: Postgres) -> None:
    def twice(connection: Connection) -> list[int | None]:
        counted = select(func.count()).select_from(settings)
        before = connection.scalar(counted)
        postgres.tell("INSERT INTO settings (key, value) VALUES ('a', 'b')", SHARED)
        return [before, connection.scalar(counted)]

    assert await team._db.read(twice) == [0, 0]
    assert await team.settings.get("a") == "b"
    await team.settings.set("a", "c")  # whoever writes on that connection afterwards may


async def test_a_statement_about_several_is_planned_once_for_any_number(team: Store) -> None:
    said: list[str] = []
    assert isinstance(team._db, PostgresqlDatabase)
    event.listen(team._db._engine.sync_engine, "before_cursor_execute", lambda _c, _d, text, *_: said.append(text))
    await team.inbox.rows([1])
    first, said[:] = {*said}, []
    await team.inbox.rows([1, 2, 3])
    assert {*said} == first


@pytest.mark.expects_log("database error: .*, code 25006")
async def test_a_reader_of_a_server_cannot_write(team: Store) -> None:
    def puts(connection: Connection) -> None:
        connection.execute(settings.insert().values(key="a", value="b"))

    with pytest.raises(StoreError, match="takes no changes"):
        await team._db.read(puts)
