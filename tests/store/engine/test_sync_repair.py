"""After a kill or a failed sync, log and file are written anew before anything else is stored."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from tests.store.chats import T0, Talk
from wxdesk.core.errors import StoreError, UnreadableValue
from wxdesk.store import Store, failures, open_store
from wxdesk.store.engine import sqlite
from wxdesk.store.engine.sqlite import SqliteDatabase
from wxdesk.store.engine.sync_repair import log_of
from wxdesk.store.schema.messaging import contacts, messages

SQLITE = "sqlite:///desk.db"
LONG_AGO = (10**9, 10**9)


async def test_the_log_of_a_killed_desk_is_written_once_more(home: Path, tmp_path: Path) -> None:
    store = await open_store(SQLITE, home)
    await Talk(store).says("o1")
    shutil.copytree(home, tmp_path / "killed", ignore=shutil.ignore_patterns("*-shm", "*.lock"))
    await store.close()
    log = log_of(tmp_path / "killed" / "desk.db")
    left = log.read_bytes()
    os.utime(log, LONG_AGO)
    again = await open_store(SQLITE, tmp_path / "killed")
    try:
        assert log.read_bytes() == left
        assert log.stat().st_mtime > LONG_AGO[1]
        assert len(await again.decisions.undecided()) == 1
    finally:
        await again.close()


async def fails_to_sync(store: Store) -> None:
    def fails(_: Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise error

    with pytest.raises(StoreError, match="the disk reports an error"):
        await store._db.write(fails)


@pytest.mark.expects_log("database error: OperationalError, code 1034")
async def test_after_a_failed_sync_both_files_are_written_anew(home: Path) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    await talk.says("o1")
    await fails_to_sync(store)
    for path in (home / "desk.db", log_of(home / "desk.db")):
        os.utime(path, LONG_AGO)
    await store.pushes.keep(talk.push(None, T0, key="m:2"))
    assert (home / "desk.db").stat().st_mtime > LONG_AGO[1]
    os.utime(home / "desk.db", LONG_AGO)
    await store.pushes.keep(talk.push(None, T0, key="m:3"))
    assert (home / "desk.db").stat().st_mtime == LONG_AGO[1]  # once is enough
    await store.close()


@pytest.mark.expects_log("database error: OperationalError, code 1034|the database file cannot be used")
async def test_nothing_is_stored_and_the_log_stays_while_the_repair_fails(home: Path, tmp_path: Path) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    await talk.says("o1")
    await fails_to_sync(store)
    (home / "desk.db").rename(tmp_path / "away.db")
    with pytest.raises(StoreError, match="the disk reports an error"):
        await store.pushes.keep(talk.push(None, T0, key="m:2"))
    await store.close()
    assert log_of(home / "desk.db").stat().st_size > 0


async def test_a_long_log_is_copied_into_the_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "LOG_BYTES", 100_000)
    store = await open_store(SQLITE, home)
    before = (home / "desk.db").stat().st_size
    talk = Talk(store)
    for number in range(60):
        await talk.says(f"o{number}", "很长的话" * 500)
    assert (home / "desk.db").stat().st_size > before + 100_000
    assert log_of(home / "desk.db").stat().st_size < 400_000
    await store.close()


async def test_a_long_log_that_a_killed_desk_left_is_not_copied_as_the_next_one_starts(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    await talk.says("o1", "很长的话" * 500)
    shutil.copytree(home, tmp_path / "killed", ignore=shutil.ignore_patterns("*-shm", "*.lock"))
    await store.close()
    file = tmp_path / "killed" / "desk.db"
    monkeypatch.setattr(sqlite, "LOG_BYTES", log_of(file).stat().st_size - 1)
    left = file.read_bytes()
    again = await open_store(SQLITE, tmp_path / "killed")
    try:
        talk.store = again
        await talk.says("o2")
        assert file.read_bytes() == left  # it may still turn out to be damaged
        for number in range(60):
            await talk.says(f"o{number}", "很长的话" * 500)
        assert file.read_bytes() != left
    finally:
        await again.close()


DAMAGE = {
    "text": ("UPDATE contacts SET openid = CAST(x'ff' AS TEXT)", StoreError, failures.DAMAGED),
    "value": ("UPDATE contacts SET first_seen_at = 'now'", UnreadableValue, "it is damaged"),
    "schema": (
        "UPDATE sqlite_schema SET sql = replace(sql, 'openid', 'openix') WHERE name = 'contacts'",
        StoreError,
        failures.OTHER,
    ),
    "page": ("UPDATE sqlite_schema SET rootpage = 2000000 WHERE name = 'contacts'", StoreError, failures.DAMAGED),
}
"""What is damaged: the change that damages it, and how it is told."""


@pytest.mark.expects_log("database error: (OperationalError|DatabaseError), code (None|1|11)")
@pytest.mark.parametrize("met_by", ["reading", "writing", "writing at once"])
@pytest.mark.parametrize("what", DAMAGE)
async def test_a_damaged_file_is_reported_and_keeps_its_log(home: Path, tmp_path: Path, what: str, met_by: str) -> None:
    change, told, words = DAMAGE[what]
    store = await open_store(SQLITE, home)
    await Talk(store).says("o1")
    shutil.copytree(home, tmp_path / "killed", ignore=shutil.ignore_patterns("*-shm", "*.lock"))
    await store.close()
    file = tmp_path / "killed" / "desk.db"
    with closing(sqlite3.connect(file)) as writer:
        writer.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)
        writer.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, False)
        writer.execute("PRAGMA writable_schema = ON")
        writer.execute(change)
        writer.commit()
    before = file.read_bytes()
    database = SqliteDatabase(file)
    way = {"reading": database.read, "writing": database.write, "writing at once": database.write_at_once}[met_by]
    with pytest.raises(told, match=words):
        await way(lambda connection: [connection.execute(select(table)).all() for table in (messages, contacts)])
    await database.close()
    assert file.read_bytes() == before
    assert log_of(file).stat().st_size > 0
