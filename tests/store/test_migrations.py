"""The migrations lead to the schema that the code is written for, and leave a copy behind."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, inspect

from tests.campaign.disk.old_home import until
from tests.postgresql import Postgres
from tests.store.chats import Talk
from wxdesk.core.errors import StoreError
from wxdesk.core.model.message import Message
from wxdesk.core.model.statistics import TimeSpan
from wxdesk.store import open_store, opening
from wxdesk.store.engine.database import Database
from wxdesk.store.engine.postgresql import PostgresqlDatabase
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.migrate import Migrations
from wxdesk.store.migrations import REVISIONS
from wxdesk.store.opening import parse_url
from wxdesk.store.schema import metadata
from wxdesk.store.schema.columns import EPOCH


def differences(connection: Connection) -> list[Any]:
    """What Alembic would change."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[Any] = compare_metadata(context, metadata)
    return found


async def ask(db: Database, question: Callable[[Connection], Any]) -> Any:
    return await db.read(question)


def sqlite_schema(file: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {
        name: _without_order(sql)
        for name, sql in rows
        if not name.startswith(("search_index", "alembic", "sqlite_")) and " TRIGGER " not in sql
    }


def _without_order(sql: str) -> str:
    """A statement with the parts of its list sorted: SQLite writes a column that came later behind the constraints."""
    before, _, listed = " ".join(sql.split()).partition("(")
    parts = re.split(r",(?![^(]*\))", listed.rpartition(")")[0] + " ")
    return f"{before}({', '.join(sorted(part.strip() for part in parts))}) {listed.rpartition(')')[2]}"


async def test_the_migrated_sqlite_file_has_the_schema_of_the_code(sqlite_file: Path, tmp_path: Path) -> None:
    made = SqliteDatabase(tmp_path / "made.db")
    await made.write(metadata.create_all)
    await made.close()
    assert sqlite_schema(sqlite_file) == sqlite_schema(tmp_path / "made.db")


def indices(connection: Connection) -> dict[str, str]:
    rows = connection.exec_driver_sql("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    return {name: definition for name, definition in rows if not name.startswith("alembic")}


def columns(connection: Connection) -> dict[str, list[tuple[str, str, bool]]]:
    looked = inspect(connection)
    return {
        table: [(column["name"], str(column["type"]), column["nullable"]) for column in looked.get_columns(table)]
        for table in looked.get_table_names()
        if table != "alembic_version"
    }


@pytest.mark.postgres
async def test_the_migrated_server_has_the_schema_of_the_code(postgres: Postgres, home: Path) -> None:
    migrated_url, made_url = postgres.fresh(), postgres.fresh()
    await (await open_store(migrated_url, home)).close()
    migrated, made = (PostgresqlDatabase(parse_url(url)) for url in (migrated_url, made_url))
    await made.write(metadata.create_all)
    assert await ask(migrated, indices) == await ask(made, indices)
    assert await ask(migrated, columns) == await ask(made, columns)
    assert await ask(migrated, differences) == []
    await migrated.close()
    await made.close()


NEWEST = Migrations().newest


def test_the_revisions_come_in_the_order_of_their_numbers() -> None:
    """So that a database of any of them knows which it lacks."""
    numbers = list(REVISIONS)
    assert len(numbers) > 30
    assert numbers == sorted(numbers)
    assert all(number.isdecimal() and len(number) == 4 for number in numbers)


def test_a_start_on_a_file_that_is_up_to_date_does_without_alembic_and_orm(tmp_path: Path) -> None:
    """Importing them takes a fifth of the program's start."""
    script = f"""
import asyncio, sys
from pathlib import Path
import wxdesk.cli
from wxdesk.store import open_store

async def opened() -> None:
    store = await open_store("sqlite:///desk.db", Path({str(tmp_path)!r}))
    await store.close()

asyncio.run(opened())
print(*(name for name in ("alembic", "sqlalchemy.orm") if name in sys.modules))
"""
    answers = [
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    ]
    assert "alembic" in answers[0]
    assert answers[1] == ""


def with_next(second: str) -> Migrations:
    """The program's migrations and one more."""

    def change(op: Operations) -> None:
        op.execute("CREATE TABLE later (id INTEGER PRIMARY KEY)")
        op.execute(second)

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


@pytest.mark.expects_log("the database file cannot be used")
async def test_a_copy_that_cannot_be_made_is_told_and_nothing_is_migrated(home: Path) -> None:
    await (await open_store("sqlite:///desk.db", home)).close()
    before = tables(home / "desk.db")
    (home / f"desk.before-{NEWEST}.db").mkdir()
    with pytest.raises(StoreError):
        await opening._open_file(home / "desk.db", with_next("CREATE TABLE last (id INTEGER PRIMARY KEY)"))
    assert tables(home / "desk.db") == before


async def test_messages_from_before_pictures_await_none(home: Path) -> None:
    file = home / "desk.db"
    await (await opening._open_file(file, until("0002"))).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(BEFORE_PICTURES)
    store = await open_store("sqlite:///desk.db", home)
    (message,) = await store.inbox.timeline(1)
    assert isinstance(message, Message)
    assert (message.media_id, message.picture, message.picture_state) == ("M", "", None)
    assert await store.pictures.awaited(["shop"], without=(), limit=10) == []
    await store.close()


BEFORE_PICTURES = """
INSERT INTO raw_pushes VALUES (1, 'shop', 'k', x'7b7d', 'json', 0, 1, '');
INSERT INTO contacts VALUES (1, 'shop', 'o1', 0, '', '', '[]', 0);
INSERT INTO conversations VALUES (1, 'shop', 1, NULL, 0, NULL, 1, '', 'image', 'contact', 0, 0, 5, 0);
INSERT INTO messages VALUES (1, 1, 1, 'image', 0, 0, 0, '', 'image', '1', NULL, NULL, 'M', 'http://a', '{}', 1);
"""


async def test_opening_a_current_file_copies_nothing(home: Path) -> None:
    for _ in range(2):
        await (await open_store("sqlite:///desk.db", home)).close()
    assert names(home) == ["desk.db", "desk.lock"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_promises_from_before_are_known_by_those_who_still_wait(home: Path) -> None:
    file = home / "desk.db"
    await (await opening._open_file(file, until("0005"))).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(BEFORE_PROMISES)
    store = await open_store("sqlite:///desk.db", home)
    span = TimeSpan(EPOCH, EPOCH + timedelta(days=1))
    found = await store.statistics.over(span, UTC)
    # The one whose conversation waits for a human was promised him; the other was answered.
    assert (found.by_rule, found.unanswered) == (1, 1)
    assert (await store.inbox.day_counts(EPOCH)).waiting == 1
    await store.close()


BEFORE_PROMISES = """
INSERT INTO raw_pushes (id, account, key, body, received_at, derived, note)
    VALUES (1, 'shop', 'm:1', x'', 0, 1, ''), (2, 'shop', 'm:2', x'', 0, 1, '');
INSERT INTO contacts (id, account, openid, first_seen_at, alias, note, tags, blocked)
    VALUES (1, 'shop', 'o1', 0, '', '', '[]', 0), (2, 'shop', 'o2', 0, '', '', '[]', 0);
INSERT INTO conversations (id, account, contact_id, taken_over, unread, preview, preview_kind, preview_author,
        waiting_since, window_left)
    VALUES (1, 'shop', 1, 1, 1, '', 'text', 'contact', 1000000, 4),
        (2, 'shop', 2, 0, 0, '', 'text', 'contact', NULL, 4);
INSERT INTO messages (id, conversation_id, push_id, type, created_at, received_at, at, text, msg_type, fields, decided)
    VALUES (1, 1, 1, 'text', 1000000, 1000000, 1000000, '退款', 'text', '{}', 1),
        (2, 2, 2, 'text', 1000000, 1000000, 1000000, '在吗', 'text', '{}', 1);
INSERT INTO replies (id, conversation_id, author, content, state, created_at, updated_at, message_id, rule_name,
        rule_revision, attempts, sent_at, edited, "by", error, rid)
    VALUES (1, 1, 'rule', '{"text":"马上"}', 'sent', 2000000, 2000000, 1, 'r', 1, 1, 2000000, 0, '', '', ''),
        (2, 2, 'rule', '{"text":"您好"}', 'sent', 2000000, 2000000, 2, 'r', 1, 1, 2000000, 0, '', '', '');
"""
