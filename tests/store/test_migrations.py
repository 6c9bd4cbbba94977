"""The migrations lead to the schema that the code is written for, and leave a copy behind."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from tests.store.conftest import Postgres
from tests.store.talk import Talk
from wxdesk.core.errors import StoreError
from wxdesk.store import open_store, opening
from wxdesk.store.database import Database
from wxdesk.store.migrate import SCRIPTS, Migrations
from wxdesk.store.opening import parsed
from wxdesk.store.postgresql import PostgresqlDatabase
from wxdesk.store.schema import metadata
from wxdesk.store.sqlite import SqliteDatabase


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
    return {
        name: " ".join(sql.split())
        for name, sql in rows
        if not name.startswith(("search_index", "alembic", "sqlite_")) and " TRIGGER " not in sql
    }


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
    migrated, made = (PostgresqlDatabase(parsed(url)) for url in (migrated_url, made_url))
    await made.write(metadata.create_all)
    assert await ask(migrated, indices) == await ask(made, indices)
    assert await ask(migrated, columns) == await ask(made, columns)
    assert await ask(migrated, differences) == []
    await migrated.close()
    await made.close()


NEWEST = Migrations().newest

NEXT = """
from alembic import op

revision = "9999"
down_revision = {newest!r}


def upgrade():
    op.execute("CREATE TABLE later (id INTEGER PRIMARY KEY)")
    op.execute({second!r})
"""


def with_next(folder: Path, second: str) -> Migrations:
    """The program's migrations and one more."""
    scripts = folder / "migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "9999_next.py").write_text(NEXT.format(second=second, newest=NEWEST), encoding="utf-8")
    return Migrations(scripts)


def tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


async def test_before_a_migration_the_file_is_copied(home: Path, tmp_path: Path) -> None:
    store = await open_store("sqlite:///desk.db", home)
    await Talk(store).says("o1", "留下来")
    await store.close()
    db = await opening._open_file(home / "desk.db", with_next(tmp_path, "CREATE TABLE last (id INTEGER PRIMARY KEY)"))
    await db.close()
    assert {"later", "last"} <= tables(home / "desk.db")
    copy = home / f"desk.before-{NEWEST}.db"
    assert not {"later", "last"} & tables(copy)
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT text FROM messages").fetchall() == [("留下来",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.expects_log("database error: OperationalError")
async def test_a_migration_that_fails_leaves_the_schema_as_it_was(home: Path, tmp_path: Path) -> None:
    await (await open_store("sqlite:///desk.db", home)).close()
    before = tables(home / "desk.db")
    with pytest.raises(StoreError):
        await opening._open_file(home / "desk.db", with_next(tmp_path, "CREATE NONSENSE"))
    assert tables(home / "desk.db") == before
    store = await open_store("sqlite:///desk.db", home)
    await Talk(store).says("o1")
    await store.close()


async def test_opening_a_current_file_copies_nothing(home: Path) -> None:
    for _ in range(2):
        await (await open_store("sqlite:///desk.db", home)).close()
    assert names(home) == ["desk.db", "desk.lock"]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
