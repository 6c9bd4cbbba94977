"""The migrations lead to the schema that the code is written for, and leave a copy behind."""

import asyncio
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, case, func, inspect, select, text, update

from tests.campaign.disk.old_home import put_first_release
from tests.postgresql import Postgres
from tests.store.chats import Talk, second
from tests.store.first_release import make_first_release
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.errors import StoreError
from wxdesk.core.model.statistics import MessageCounts, TimeSpan
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.replies.on_new_message import WINDOW_CLOSED
from wxdesk.store import Store, open_store, opening
from wxdesk.store.engine.database import Database
from wxdesk.store.engine.inspection import back_up
from wxdesk.store.engine.postgresql import PostgresqlDatabase
from wxdesk.store.migrate import LOCK, Migrations
from wxdesk.store.migrations import FIRST_RELEASE, REVISIONS
from wxdesk.store.opening import parse_url
from wxdesk.store.schema import metadata
from wxdesk.store.schema.figures import changed_hours
from wxdesk.store.schema.messaging import conversations, replies, reply_steps
from wxdesk.store.schema.triggers import NOTE, TIMES


def differences(connection: Connection) -> list[Any]:
    """What Alembic would change."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[Any] = compare_metadata(context, metadata)
    return found


async def ask(db: Database, question: Callable[[Connection], Any]) -> Any:
    return await db.read(question)


def sqlite_schema(file: Path) -> dict[str, str]:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: _without_order(sql) for name, sql in rows if not name.startswith("sqlite_")}


def _without_order(sql: str) -> str:
    """A statement with the parts of its list sorted: SQLite writes a column that came later behind the constraints."""
    before, _, listed = " ".join(sql.split()).partition("(")
    parts = re.split(r",(?![^(]*\))", listed.rpartition(")")[0] + " ")
    return f"{before}({', '.join(sorted(part.strip() for part in parts))}) {listed.rpartition(')')[2]}"


async def test_a_migrated_file_has_the_schema_of_a_new_one(sqlite_file: Path, home: Path) -> None:
    put_first_release(home / "desk.db")
    assert sqlite_schema(home / "desk.db") != sqlite_schema(sqlite_file)
    await (await open_store("sqlite:///desk.db", home)).close()
    assert sqlite_schema(home / "desk.db") == sqlite_schema(sqlite_file)


def indices(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    return {name: definition for name, definition in rows if not name.startswith("alembic")}


def columns(connection: Connection) -> dict[str, list[tuple[str, str, bool]]]:
    """The columns of each table by name: one that came later stands last, wherever the schema has it."""
    looked = inspect(connection)
    return {
        table: sorted((column["name"], str(column["type"]), column["nullable"]) for column in looked.get_columns(table))
        for table in looked.get_table_names()
        if table != "alembic_version"
    }


def triggers(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal")
    functions = connection.exec_driver_sql(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    return dict((*row,) for row in (*rows, *functions))


@pytest.mark.postgres
async def test_a_migrated_server_has_the_schema_of_a_new_one(postgres: Postgres, home: Path) -> None:
    old_url, new_url = postgres.fresh(), postgres.fresh()
    old, new = (PostgresqlDatabase(parse_url(url)) for url in (old_url, new_url))
    await old.write_beside(make_first_release)
    for url in (old_url, new_url):
        await (await open_store(url, home)).close()
    for asked in (indices, columns, triggers):
        assert await ask(old, asked) == await ask(new, asked)
    assert await ask(old, differences) == await ask(new, differences) == []
    await old.close()
    await new.close()


@pytest.mark.postgres
async def test_an_old_server_is_told_also_while_another_desk_upgrades_it_a_new_one_never(
    postgres: Postgres, home: Path
) -> None:
    old_url, new_url = postgres.fresh(), postgres.fresh()
    other = PostgresqlDatabase(parse_url(old_url), patience=None)
    await other.write_beside(make_first_release)
    begun, told = asyncio.Event(), list[str]()

    def upgrade(connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
        begun.set()
        while not told:
            connection.execute(text("SELECT pg_sleep(0.01)"))
        Migrations().upgrade(connection)

    async with asyncio.TaskGroup() as group:
        group.create_task(other.write_beside(upgrade))
        await begun.wait()
        await (await open_store(old_url, home, upgrading=partial(told.append, "old"))).close()
    for url in (old_url, new_url):
        await (await open_store(url, home, upgrading=partial(told.append, "again or new"))).close()
    assert told == ["old"]
    await other.close()


NEWEST = Migrations().newest


TRIGGERS = {"303c2e68763a": "0041"}
"""The revision that made the triggers of the figures, by what they are."""


def test_triggers_that_change_are_made_anew_by_a_revision() -> None:
    """Older revisions make the present ones, so that no database would show that the newest does not."""
    digest = sha256(repr((NOTE, TIMES)).encode()).hexdigest()[:12]
    assert TRIGGERS.get(digest) in REVISIONS, "make them in a revision, count all hours anew there, and name it here"


def test_the_revisions_come_in_the_order_of_their_numbers() -> None:
    """So that a database of any of them knows which it lacks."""
    numbers = [FIRST_RELEASE, *REVISIONS]
    assert numbers == sorted(numbers)
    assert all(number.isdecimal() and len(number) == 4 for number in numbers)


async def test_the_former_sentence_about_a_closed_window_becomes_the_present_one(store: Store, talk: Talk) -> None:
    thread = (await talk.says("o1")).message.conversation_id
    reply = await talk.writes(thread, "好的")
    await store.outbox.move(reply.id, Move.KEEP, second(1))
    former = WINDOW_CLOSED.replace("the customer writes again", "he has written again")

    def store_former(connection: Connection) -> None:
        connection.execute(update(replies).values(error=former))
        connection.execute(update(reply_steps).values(reason=former))

    for change in (store_former, REVISIONS["0037"]):
        await store._db.write(change)
    assert (await store.replies.get(reply.id)).error == WINDOW_CLOSED
    assert {step.reason for step in await store.replies.steps(reply.id)} == {WINDOW_CLOSED}


async def test_what_was_stored_before_counts_as_the_list_says(store: Store, talk: Talk) -> None:
    await talk.says("blocked")
    stopped, waits = await talk.says("blocked"), await talk.says("o1")
    await store.rows.change((stopped.message.conversation_id,), RowChange(RowAct.BLOCK), second(1))
    span = TimeSpan(second(-3600), second(3600))

    def store_former(connection: Connection) -> None:
        was = case((conversations.c.id == waits.message.conversation_id, conversations.c.waiting_since), else_=None)
        connection.execute(update(conversations).values(settled_at=was))

    await store._db.write(store_former)
    while await store.hourly_sums.recount(second(7200)):
        pass
    await store._db.write(REVISIONS["0041"])
    assert (await store.statistics.over(span, UTC)).messages == MessageCounts(by_operator=2, unanswered=1)
    assert await store._db.read(lambda connection: connection.scalar(select(func.count()).select_from(changed_hours)))


def test_a_start_on_a_file_does_without_the_orm_and_the_dialect_of_servers(tmp_path: Path) -> None:
    """Importing the one takes a tenth of the program's start, and the other 2 MB."""
    script = f"""
import asyncio, sys
from pathlib import Path
import wxdesk.cli
from wxdesk.store import open_store

async def opened() -> None:
    store = await open_store("sqlite:///desk.db", Path({str(tmp_path)!r}))
    await store.close()

asyncio.run(opened())
print([name for name in ("sqlalchemy.orm", "sqlalchemy.dialects.postgresql") if name in sys.modules])
"""
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


def with_next(second: str) -> Migrations:
    """The program's migrations and one more."""

    def change(connection: Connection) -> None:
        connection.exec_driver_sql("CREATE TABLE later (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql(second)

    return Migrations(REVISIONS | {"9999": change})


def tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


async def test_before_a_migration_the_file_is_copied(home: Path) -> None:
    store = await open_store("sqlite:///desk.db", home)
    await Talk(store).says("o1", "留下来")
    await store.close()
    db = await opening._open_file(home / "desk.db", with_next("CREATE TABLE last (id INTEGER PRIMARY KEY)"))
    await db.close()
    assert {"later", "last"} <= tables(home / "desk.db")
    copy = home / f"desk.before-{NEWEST}.db"
    assert not {"later", "last"} & tables(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT text FROM messages").fetchall() == [("留下来",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.expects_log("database error: OperationalError")
async def test_a_migration_that_fails_leaves_the_schema_as_it_was(home: Path) -> None:
    await (await open_store("sqlite:///desk.db", home)).close()
    before = tables(home / "desk.db")
    with pytest.raises(StoreError):
        await opening._open_file(home / "desk.db", with_next("CREATE NONSENSE"))
    assert tables(home / "desk.db") == before
    store = await open_store("sqlite:///desk.db", home)
    await Talk(store).says("o1")
    await store.close()


async def test_a_copy_for_which_there_is_no_room_says_how_much_it_needs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await (await open_store("sqlite:///desk.db", home)).close()
    file = home / "desk.db"
    with file.open("r+b") as opened:
        opened.truncate(file.stat().st_size + 3 * 1024**2)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=2 * 1024**2))
    with pytest.raises(StoreError, match=r"needs \d MB, and 2 MB are free: make room"):
        back_up(file, NEWEST)
    assert names(home) == ["desk.db", "desk.lock"]


@pytest.mark.expects_log("the database file cannot be used")
async def test_a_copy_that_cannot_be_made_is_reported_and_nothing_is_migrated(home: Path) -> None:
    await (await open_store("sqlite:///desk.db", home)).close()
    before = tables(home / "desk.db")
    (home / f"desk.before-{NEWEST}.db").mkdir()
    with pytest.raises(StoreError):
        await opening._open_file(home / "desk.db", with_next("CREATE TABLE last (id INTEGER PRIMARY KEY)"))
    assert tables(home / "desk.db") == before


async def test_opening_a_current_file_copies_nothing(home: Path) -> None:
    for _ in range(2):
        await (await open_store("sqlite:///desk.db", home)).close()
    assert names(home) == ["desk.db", "desk.lock"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
