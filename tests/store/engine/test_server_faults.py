"""Each fault of a database server is told in one sentence: at opening, by doctor, and while a desk works."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.postgresql import Postgres
from tests.store.chats import T0, Talk
from tests.way_to_server import SOCKET, WayThere
from wxdesk import i18n
from wxdesk.core.errors import StoreError
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.desk.messages.store_watch import database_failure
from wxdesk.store import StoreStatus, check_store, failures, open_store, unsafe_settings
from wxdesk.store.engine import postgresql
from wxdesk.store.engine.server import check_server
from wxdesk.store.opening import parse_url

pytestmark = [pytest.mark.postgres, pytest.mark.expects_log("database error|pushes|lock on the database")]

PASSWORD = "correct-horse"
NUMBERS = itertools.count(1)


class Place:
    """A database of its own with a user of its own, who has the rights that wxdesk needs."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.user = f"desk_user_{next(NUMBERS)}"
        url = make_url(postgres.fresh())
        self.name = str(url.database)
        self.admin(
            f"CREATE ROLE {self.user} LOGIN PASSWORD '{PASSWORD}'; ALTER DATABASE {self.name} OWNER TO {self.user};"
        )
        self.folder = Path(str(url.query["host"]))
        self.url = f"postgresql://{self.user}:{PASSWORD}@/{self.name}?host={self.folder}"

    def admin(self, sql: str) -> None:
        self.postgres.tell(sql, "postgres")

    def here(self, sql: str) -> None:
        self.postgres.tell(sql, self.name)


@pytest.fixture
def place(postgres: Postgres) -> Iterator[Place]:
    made = Place(postgres)
    yield made
    made.admin(f"ALTER ROLE {made.user} RESET ALL; DROP DATABASE IF EXISTS {made.name} (FORCE); DROP ROLE {made.user};")


@contextlib.asynccontextmanager
async def over_tcp(place: Place, query: str) -> AsyncIterator[str]:
    """The way of a server elsewhere, where TLS is a question."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, there = await asyncio.open_unix_connection(place.folder / SOCKET)
        await asyncio.gather(_copy(reader, there), _copy(answers, writer))

    async with await asyncio.start_server(carry, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield f"postgresql://{place.user}:{PASSWORD}@{host}:{port}/{place.name}?{query}"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


@contextlib.asynccontextmanager
async def as_it_is(place: Place) -> AsyncIterator[str]:
    yield place.url


type Way = Callable[[Place], AbstractAsyncContextManager[str]]


@contextlib.asynccontextmanager
async def behind_hba(place: Place, line: str) -> AsyncIterator[str]:
    """The server asks this user for what `line` says."""
    file = place.postgres.server.pgdata / "pg_hba.conf"
    before = file.read_text(encoding="utf-8")
    file.write_text(f"local all {place.user} {line}\n{before}", encoding="utf-8")
    place.admin("SELECT pg_reload_conf();")
    try:
        yield place.url.replace(PASSWORD, "wrong")
    finally:
        file.write_text(before, encoding="utf-8")
        place.admin("SELECT pg_reload_conf();")


def told(sql: str) -> Way:
    @contextlib.asynccontextmanager
    async def way(place: Place) -> AsyncIterator[str]:
        place.admin(sql.format(user=place.user, name=place.name))
        yield place.url

    return way


def parameter(query: str) -> Way:
    @contextlib.asynccontextmanager
    async def way(place: Place) -> AsyncIterator[str]:
        yield f"{place.url}&{query}"

    return way


AT_THE_START: dict[str, tuple[Way, str, V]] = {
    "password": (lambda place: behind_hba(place, "scram-sha-256"), failures.WRONG_PASSWORD, V.DATABASE_FAILED),
    "entry": (lambda place: behind_hba(place, "reject"), failures.NO_ENTRY, V.DATABASE_FAILED),
    "database": (told("DROP DATABASE {name};"), failures.NO_DATABASE, V.DATABASE_FAILED),
    "connections": (told("ALTER ROLE {user} CONNECTION LIMIT 0;"), failures.BUSY, V.DATABASE_UNREACHABLE),
    "rights": (told("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC, {user};"), failures.NO_RIGHT, V.DATABASE_FAILED),
    "time": (told("ALTER ROLE {user} SET statement_timeout = 1;"), failures.CANCELLED, V.DATABASE_FAILED),
    "read only": (
        told("ALTER ROLE {user} SET default_transaction_read_only = on;"),
        failures.STANDBY,
        V.DATABASE_READ_ONLY,
    ),
    "TLS": (lambda place: over_tcp(place, "sslmode=require"), failures.NO_TLS, V.DATABASE_FAILED),
    "mode of TLS": (parameter("sslmode=perhaps"), failures.BAD_URL, V.DATABASE_FAILED),
    "parameter": (parameter("no_such_parameter=1"), failures.BAD_URL, V.DATABASE_FAILED),
}


@pytest.mark.parametrize("fault", AT_THE_START)
async def test_a_fault_at_opening_a_database_is_reported_in_one_sentence(
    place: Place, home: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    way, reason, verdict = AT_THE_START[fault]
    async with way(place) as url:
        openings = [lambda: open_store(url, home), lambda: unsafe_settings(url)]
        for opening in openings[:1] if fault == "time" else openings:  # a look may take less than a millisecond
            with pytest.raises(StoreError) as caught:
                await opening()
            assert str(caught.value) == reason
            assert database_failure(caught.value).verdict is verdict
            assert caught.value.__cause__ is None
    _nothing_is_given_away(caught.value, caplog)


WHILE_IT_WORKS = {
    "disk": ("53100", failures.SERVER_FULL),
    "memory": ("53200", failures.BUSY),
    "read only": ("25006", failures.STANDBY),
    "time": ("57014", failures.CANCELLED),
    "shutdown": ("57P01", failures.UNREACHABLE),
    "damage": ("XX001", failures.DAMAGED),
    "anything": ("XX000", failures.OTHER),
}


@pytest.mark.parametrize("fault", WHILE_IT_WORKS)
async def test_a_fault_at_storing_a_push_is_reported_in_one_sentence(
    place: Place, home: Path, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    code, reason = WHILE_IT_WORKS[fault]
    store = await open_store(place.url, home)
    try:
        place.here(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$; "
            "CREATE TRIGGER fails BEFORE INSERT ON raw_pushes EXECUTE FUNCTION fail();"
        )
        with pytest.raises(StoreError) as caught:
            await store.pushes.keep(Talk(store).push(None, T0, key="m:1"))
        assert str(caught.value) == reason
        place.here("DROP TRIGGER fails ON raw_pushes;")
        assert await store.pushes.keep(Talk(store).push(None, T0, key="m:1"))
    finally:
        await store.close()
    _nothing_is_given_away(caught.value, caplog)


async def test_a_lost_right_is_one_sentence(place: Place, home: Path) -> None:
    store = await open_store(place.url, home)
    try:
        place.here(f"ALTER TABLE raw_pushes OWNER TO postgres; REVOKE ALL ON raw_pushes FROM {place.user};")
        with pytest.raises(StoreError, match="does not give the user the rights"):
            await store.pushes.keep(Talk(store).push(None, T0, key="m:1"))
    finally:
        await store.close()


async def test_a_server_that_falls_silent_is_reported_in_time(
    place: Place, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "LOOK_SECONDS", 0.2)
    store = await open_store(place.url, home)
    try:
        place.postgres.stop_answering()
        with pytest.raises(StoreError, match="does not answer"):
            await store.check()
    finally:
        place.postgres.go_on()
        await store.close()


async def test_settings_that_may_lose_commits_are_found_and_overridden(place: Place, home: Path) -> None:
    place.admin(f"ALTER ROLE {place.user} SET synchronous_commit = off;")
    assert await unsafe_settings(place.url) == "fsync, full_page_writes"  # as the tests set their server
    assert await check_store(place.url, home) is StoreStatus.EMPTY
    assert await unsafe_settings("sqlite:///desk.db") == ""


async def test_sessions_that_do_not_last_are_refused_at_the_start(place: Place) -> None:
    engine = create_async_engine(parse_url(place.url))
    async with engine.connect() as one, engine.connect() as other:
        assert await check_server(one, other) == "fsync, full_page_writes"
        with pytest.raises(StoreError, match="gives each transaction another session") as caught:
            await check_server(one, one)  # where a pooler leads both
    await engine.dispose()
    assert database_failure(caught.value).verdict is V.DATABASE_POOLED


async def test_a_lost_connection_keeps_no_row_from_its_desk(
    place: Place, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgresql.SHORT, "idle_in_transaction_session_timeout", "60s")  # it is not this that frees it
    async with WayThere.to(place.url, tmp_path) as way:
        store = await open_store(way.url, home)
        try:
            await store.settings.set("a", "old")
            with pytest.raises(StoreError):
                await store._db.write(_put_and_lose, way)
            async with asyncio.timeout(10):
                await store.check()
                await store.settings.set("a", "new")
            assert await store.settings.get("a") == "new"
        finally:
            await store.close()


def _put_and_lose(connection: Connection, way: WayThere) -> None:
    connection.execute(text("UPDATE settings SET value = 'lost' WHERE key = 'a'"))
    way.haunt()
    connection.execute(text("SELECT 1"))


async def test_a_url_may_say_what_providers_write_into_theirs(place: Place, home: Path) -> None:
    async with over_tcp(
        place, "sslmode=prefer&channel_binding=prefer&connect_timeout=10&target_session_attrs=any"
    ) as url:
        store = await open_store(url, home)
        await store.settings.set("a", "b")
        await store.close()


def _nothing_is_given_away(error: StoreError, caplog: pytest.LogCaptureFixture) -> None:
    i18n.use("zh_CN")
    assert any("\u4e00" <= character <= "\u9fff" for character in i18n.explain(error))
    assert PASSWORD not in caplog.text
    assert [record.message for record in caplog.records if record.exc_info] == []


async def test_who_listens_looks_at_everything_when_the_line_is_lost(postgres: Postgres, tmp_path: Path) -> None:
    """A look finds the database away; else only who writes would hear of it."""
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with WayThere.to(postgres.emptied(), tmp_path) as way:
        store = await open_store(way.url, tmp_path)
        listening = asyncio.create_task(store.listen(heard.put_nowait))
        async with asyncio.timeout(20):
            assert await heard.get() == ""
            way.shut()
            assert await heard.get() == ""
        listening.cancel()
        await store.close()
