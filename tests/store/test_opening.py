"""Opening: what is refused, what is left untouched, and what a restart finds."""

import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.postgresql import Postgres
from tests.store.chats import T0, Talk, incoming
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.errors import BadInput, HomeInUse, StoreDamaged, StoreError, StoreTooNew
from wxdesk.i18n import explain, use
from wxdesk.store import open_store, read_store

NOT_SQLITE = "it is not a SQLite database"
SQLITE = "sqlite:///desk.db"
ROOT = Path(__file__).parent.parent.parent


async def test_stored_rows_are_there_after_closing_and_opening(url: str, home: Path) -> None:
    store = await open_store(url, home)
    talk = Talk(store)
    made = await talk.says("o1", "在吗")
    waiting = await talk.kept(incoming("o2", "没处理完"))
    await store.settings.set("paused", "yes")
    before = await store.inbox.page(InboxFilter.ALL)
    await store.close()
    await store.close()
    again = await open_store(url, home)
    try:
        assert await again.inbox.page(InboxFilter.ALL) == before
        assert [one.message for one in await again.decisions.undecided()] == [made.message]
        assert [push.id for push in await again.pushes.underived()] == [waiting.push_id]
        assert await again.settings.get("paused") == "yes"
    finally:
        await again.close()


async def test_reading_refuses_a_place_where_nothing_is_kept(home: Path) -> None:
    with pytest.raises(BadInput, match="nothing is kept here yet"):
        await read_store("sqlite:///other.db", home)
    assert not (home / "other.db").exists()


async def test_a_closed_store_refuses_and_leaves_no_thread(home: Path) -> None:
    before = set(threading.enumerate())
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    await talk.says("o1")
    assert len(threading.enumerate()) > len(before)
    await store.close()
    for late in (store.settings.set("a", "b"), store.settings.get("a"), talk.says("o2")):
        with pytest.raises(StoreError, match="the store is closed"):
            await late
    left = [thread.name for thread in threading.enumerate() if thread not in before]
    assert [name for name in left if not name.startswith("asyncio")] == []


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits")
async def test_only_the_owner_may_read_the_files(home: Path) -> None:
    store = await open_store(SQLITE, home)
    await Talk(store).says("o1")
    found = modes(home)
    await store.close()
    assert found == {"home": 0o700} | dict.fromkeys(("desk.db", "desk.db-wal", "desk.db-shm", "desk.lock"), 0o600)


def modes(home: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.iterdir())}


async def test_the_url_may_name_a_file_elsewhere(home: Path, tmp_path: Path) -> None:
    odd = tmp_path / "a folder" / "100% 店?#.db"
    store = await open_store(f"sqlite:///{odd}".replace("%", "%25").replace("?", "%3F").replace("#", "%23"), home)
    await Talk(store).says("o1")
    await store.close()
    assert files(home) == {}
    assert list(files(odd.parent, "")) == [odd.name]


@pytest.mark.parametrize(
    "url",
    ["", "sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "postgres://u:secret@h/d", "desk.db", "http://x"],
)
async def test_a_url_of_another_kind_is_refused_without_repeating_it(url: str, home: Path) -> None:
    with pytest.raises(StoreError) as caught:
        await open_store(url, home)
    assert "must begin with sqlite:///" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.expects_log("the database file cannot be used: errno")
@pytest.mark.parametrize("name", ["x" * 300 + ".db", "taken/desk.db"])
async def test_a_file_that_cannot_be_made_is_a_store_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(StoreError, match="the disk reports an error"):
        await open_store(f"sqlite:///{name}", tmp_path)


async def test_without_asyncpg_the_error_says_what_to_install(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StoreError, match="--extra team"):
        await open_store("postgresql://u:p@127.0.0.1/d", home)
    await (await open_store(SQLITE, home)).close()


@pytest.mark.expects_log("database error: ConnectionRefusedError|database error: OSError")
async def test_a_server_that_is_not_there_is_a_store_error(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(StoreError) as caught:
        await open_store("postgresql://lin:s3cret@127.0.0.1:1/desk", home)
    assert str(caught.value) == "the database server cannot be reached"
    assert "s3cret" not in caplog.text
    assert caught.value.__suppress_context__
    use("zh_CN")
    assert explain(caught.value) == "无法连接数据库服务器"


@pytest.mark.postgres
@pytest.mark.expects_log("database error: .*, code 3D000")
async def test_a_database_that_is_not_there_is_a_store_error(postgres: Postgres, home: Path) -> None:
    with pytest.raises(StoreError, match="no database of that name"):
        await open_store(str(postgres.server.get_uri(database="no_such")), home)


async def test_one_home_has_one_desk(url: str, home: Path) -> None:
    first = await open_store(url, home)
    with pytest.raises(HomeInUse) as caught:
        await open_store(url, home)
    assert str(home) in str(caught.value)
    use("zh_CN")
    assert explain(caught.value) == f"另一个 wxdesk 正在使用 {home}。请先关闭它，或用 --home 选择其他文件夹。"
    await first.close()
    await (await open_store(url, home)).close()


CHILD = """
import asyncio, sys
from pathlib import Path
from tests.store.chats import Talk
from wxdesk.store import open_store, read_store

async def main():
    store = await open_store("sqlite:///desk.db", Path(sys.argv[1]))
    talk = Talk(store)
    for number in range(20):
        await talk.kept(None)
    print("kept", flush=True)
    if sys.argv[2] == "stay":
        sys.stdin.read()
    await store.close()

asyncio.run(main())
"""


def child(home: Path, what: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(home), what]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_after_a_kill_everything_kept_is_there_and_the_home_is_free(home: Path) -> None:
    with child(home, "stay") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "kept\n"
        with pytest.raises(HomeInUse):
            await open_store(SQLITE, home)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    store = await open_store(SQLITE, home)
    assert len(await store.pushes.underived()) == 20
    await store.close()


def test_a_closed_store_lets_its_process_end(home: Path) -> None:
    with child(home, "go") as process:
        assert process.wait(timeout=30) == 0


def files(home: Path, beginning: str = "desk.db") -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in home.iterdir() if path.name.startswith(beginning)}


@pytest.fixture
def file(home: Path) -> Path:
    """Where the database is looked for, in a home that is there."""
    home.mkdir()
    return home / "desk.db"


async def refused(home: Path, error: type[StoreError]) -> str:
    before = files(home)
    with pytest.raises(error) as caught:
        await open_store(SQLITE, home)
    assert files(home) == before
    return str(caught.value)


async def test_a_file_of_another_kind_is_left_as_it_is(file: Path) -> None:
    put(file, b"To do: buy milk\n" * 500)
    assert NOT_SQLITE in await refused(file.parent, StoreDamaged)


async def test_another_programs_database_is_left_as_it_is(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    assert "it belongs to another program" in await refused(file.parent, StoreDamaged)


async def test_a_database_from_before_the_first_release_is_left_as_it_is(file: Path, sqlite_file: Path) -> None:
    shutil.copy(sqlite_file, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0034'")
        connection.commit()
    message = await refused(file.parent, StoreError)
    assert "desk.db is from before the first release (schema 0034)" in message


async def test_a_newer_database_is_left_as_it_is(file: Path, sqlite_file: Path) -> None:
    shutil.copy(sqlite_file, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    message = await refused(file.parent, StoreTooNew)
    assert "desk.db was made by a newer wxdesk (schema 9999)" in message


def put(file: Path, data: bytes) -> None:
    file.write_bytes(data)


def damage(file: Path, where: str) -> None:
    data = bytearray(file.read_bytes())
    if where == "header":
        data[20:40] = b"\xff" * 20
    elif where == "middle":
        for page in range(len(data) // 2 // 4096, len(data) // 4096):
            data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    else:
        del data[len(data) // 3 :]
    put(file, bytes(data))


@pytest.mark.parametrize(
    ("where", "reason"),
    [("header", NOT_SQLITE), ("middle", "the database file is damaged"), ("cut", "the database file is damaged")],
)
async def test_a_damaged_file_is_left_as_it_is(home: Path, where: str, reason: str) -> None:
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    for number in range(30):
        await talk.says(f"o{number}", "很长的话" * 200)
    await store.close()
    damage(home / "desk.db", where)
    assert f"cannot be used: {reason}." in await refused(home, StoreDamaged)


@pytest.mark.postgres
async def test_a_newer_shared_database_is_refused(postgres: Postgres, home: Path) -> None:
    url = postgres.fresh()
    await (await open_store(url, home)).close()
    postgres.tell("UPDATE alembic_version SET version_num = '9999';", urlsplit(url).path[1:])
    with pytest.raises(StoreTooNew):
        await open_store(url, home)


@pytest.mark.expects_log("database error: OperationalError")
async def test_a_lock_of_another_program_is_named_in_the_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wxdesk.store.engine.sqlite.BUSY_MS", 50)
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    with closing(sqlite3.connect(home / "desk.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="another program holds the database"):
            await store.pushes.keep(talk.push(None, T0, key="m:1"))
        with pytest.raises(StoreError, match="another program holds the database"):
            await store.settings.set("a", "b")
        other.execute("ROLLBACK")
    assert await store.pushes.keep(talk.push(None, T0, key="m:1")) is not None
    await store.close()
