"""A store goes to the other engine and back: whole, compared, again after a kill, and never over anything."""

import asyncio
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from tests.postgresql import SHARED, Postgres
from tests.prepared import SQLITE, bring_up
from tests.store.chats import T0, Talk, second
from tests.store.moving.full_home import ODD, PICTURES, everything, make_home, rule
from wxdesk.core.errors import DatabaseInUse, HomeInUse, StoreDamaged, StoreError
from wxdesk.core.model.reply import ReplyState
from wxdesk.i18n import explain, use
from wxdesk.store import check_store, open_store, opening
from wxdesk.store.moving import rows
from wxdesk.store.moving.move import DATA, PICTURE_BYTES, CopyProgress, CopyResult, CopyStart, move_store

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[3]
BACK = "sqlite:///back.db"


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("full") / "home"
    asyncio.run(make_home(home))
    return home


@pytest.fixture
def full(_made: Path, tmp_path: Path) -> Path:
    """A home of its own for each test."""
    shutil.copytree(_made, tmp_path / "full")
    return tmp_path / "full"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE_SECONDS", 0.2)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PAGE", 7)


def nobody(_step: object) -> None:
    """Who does not want to know how far it is."""


async def contents(url: str, home: Path) -> dict[str, list[tuple[Any, ...]]]:
    store = await open_store(url, home)
    try:
        return await everything(store)
    finally:
        await store.close()


def files(home: Path) -> dict[str, str]:
    """What stands in a home, but for its lock."""
    found = (path for path in home.rglob("*") if path.is_file() and path.name != "desk.lock")
    return {str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest() for path in found}


async def test_a_store_moves_to_the_other_engine_and_back_unchanged(
    postgres: Postgres, full: Path, tmp_path: Path, small_pages: None
) -> None:
    before, here = await contents(SQLITE, full), files(full)
    url, steps = postgres.fresh(), list[CopyStart | CopyProgress]()
    result = await move_store(SQLITE, url, full, steps.append)
    assert result == CopyResult(sum(map(len, before.values())), len(PICTURES), 1)  # `fill` records one without bytes
    assert {path: digest for path, digest in files(full).items() if path in here} == here
    assert steps[0] is CopyStart.NEW
    assert steps[-1] == CopyProgress(PICTURE_BYTES, len(PICTURES) + 1, len(PICTURES) + 1)
    assert CopyProgress(DATA, result.rows, result.rows) in steps
    elsewhere = tmp_path / "elsewhere"
    assert await contents(url, elsewhere) == before
    assert await move_store(url, BACK, elsewhere, nobody) == result
    assert await contents(BACK, elsewhere) == before
    for place, home in ((url, tmp_path / "third"), (BACK, elsewhere)):
        store = await open_store(place, home)
        assert {row.state for row in (await _replies(store))} == set(ReplyState)
        for data in PICTURES:
            assert await store.picture_bytes.read(sha256(data).hexdigest()) == data
        assert len(await store.inbox.search("退款", 100)) >= 40
        assert await store.settings.get("账户：a") == ODD
        newer = await store.rules.save(rule("新"), second(9))
        assert newer.id == 4  # not 3, which was deleted
        said = await Talk(store).says("new", "退款", second(100), "bb")
        assert said.message.id == 42
        assert await store.pushes.lost() == 0
        await store.close()


async def _replies(store: Any) -> list[Any]:
    from wxdesk.store.schema.messaging import replies

    return list(await store._db.read(lambda connection: connection.execute(replies.select()).all()))


@pytest.mark.skipif(sys.platform == "win32", reason="permission bits")
async def test_the_new_file_is_readable_by_its_owner_only(postgres: Postgres, full: Path, tmp_path: Path) -> None:
    url, home = postgres.emptied(), tmp_path / "new"
    await move_store(SQLITE, url, full, nobody)
    await move_store(url, BACK, home, nobody)
    assert (home / "back.db").stat().st_mode & 0o777 == 0o600


# -- refused


async def refused(source: str, target: str, home: Path, error: type[StoreError] = StoreError) -> str:
    before = files(home)
    with pytest.raises(error) as caught:
        await move_store(source, target, home, nobody)
    assert files(home) == before
    use("zh_CN")
    assert re.search("[\u4e00-\u9fff]{4}", explain(caught.value))
    use("en")
    return str(caught.value)


async def test_a_move_to_a_store_that_is_not_empty_is_refused(postgres: Postgres, full: Path) -> None:
    url = postgres.emptied()
    await move_store(SQLITE, url, full, nobody)
    before = await contents(url, full)
    assert "is not empty" in await refused(SQLITE, url, full)
    assert "desk.db is not empty" in await refused(url, SQLITE, full)
    assert await contents(url, full) == before


async def test_another_programs_tables_are_left_alone(postgres: Postgres, full: Path) -> None:
    url = postgres.fresh()
    postgres.tell("CREATE TABLE theirs (a int)", str(make_url(url).database))
    assert "another program" in await refused(SQLITE, url, full)
    with closing(sqlite3.connect(full / "theirs.db")) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    await refused(postgres.emptied(), "sqlite:///theirs.db", full, StoreDamaged)


async def test_moves_to_the_same_engine_or_from_an_empty_or_old_store_are_refused(
    postgres: Postgres, full: Path
) -> None:
    url = postgres.fresh()
    assert "the same kind" in await refused(SQLITE, BACK, full)
    assert "none.db is empty" in await refused("sqlite:///none.db", url, full)
    assert "is empty" in await refused(url, BACK, full)
    with closing(sqlite3.connect(full / "desk.db")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0035'")
        connection.commit()
    assert "older wxdesk" in await refused(SQLITE, url, full)
    assert postgres.tell("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", str(make_url(url).database)) == [
        "0"
    ]


async def test_a_move_beside_a_running_desk_is_refused(postgres: Postgres, full: Path, impatient: None) -> None:
    url = postgres.emptied()
    desk = await open_store(SQLITE, full)
    with pytest.raises(HomeInUse):
        await move_store(SQLITE, url, full, nobody)
    await desk.close()
    desk = await open_store(url, full / "other")
    for source, target in ((SQLITE, url), (url, BACK)):
        with pytest.raises(DatabaseInUse):
            await move_store(source, target, full, nobody)
    await desk.close()
    await move_store(SQLITE, url, full, nobody)


# -- cut off

MOVE = """
import asyncio, os, signal, sys
from pathlib import Path
from wxdesk.store.moving import rows
from wxdesk.store.moving.move import move_store

rows.PAGE = 5
left = int(sys.argv[4])

def tell(step):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(move_store(sys.argv[1], sys.argv[2], Path(sys.argv[3]), tell))
"""


def killed(source: str, target: str, home: Path, after: int) -> None:
    child = subprocess.run(
        [sys.executable, "-c", MOVE, source, target, str(home), str(after)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert child.returncode == -signal.SIGKILL, child.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("after", [1, 12, 44])
async def test_a_killed_move_goes_on(postgres: Postgres, full: Path, after: int) -> None:
    url, before, steps = postgres.emptied(), await contents(SQLITE, full), list[Any]()
    for steps_done in (after, 3):
        await asyncio.to_thread(killed, SQLITE, url, full, steps_done)
    await move_store(SQLITE, url, full, steps.append)
    assert steps[0] is CopyStart.GOES_ON
    assert await contents(url, full) == before


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_no_desk_and_no_second_move_opens_a_half_moved_store(
    postgres: Postgres, full: Path, impatient: None
) -> None:
    url = postgres.emptied()
    await asyncio.to_thread(killed, SQLITE, url, full, 20)
    with pytest.raises(DatabaseInUse):  # the one that was killed is waited for, as any other would be
        await move_store(SQLITE, url, full, nobody)
    with pytest.raises(StoreError, match=f"a move into {SHARED} was begun and has not ended"):
        await open_store(url, full)


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("after", [1, 30])
async def test_a_killed_move_back_goes_on_too(postgres: Postgres, full: Path, tmp_path: Path, after: int) -> None:
    url, before, steps = postgres.emptied(), await contents(SQLITE, full), list[Any]()
    await move_store(SQLITE, url, full, nobody)
    await asyncio.to_thread(killed, url, BACK, tmp_path / "new", after)
    for attempt in (open_store(BACK, tmp_path / "new"), check_store(BACK, tmp_path / "new")):
        with pytest.raises(StoreError, match=r"a move into back\.db was begun"):
            await attempt
    await move_store(url, BACK, tmp_path / "new", steps.append)
    assert steps[0] is CopyStart.GOES_ON
    assert await contents(BACK, tmp_path / "new") == before


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_a_killed_move_begins_anew_if_its_source_has_changed(postgres: Postgres, full: Path) -> None:
    url, steps = postgres.emptied(), list[Any]()
    await asyncio.to_thread(killed, SQLITE, url, full, 40)
    store = await open_store(SQLITE, full)
    await store.settings.set("Zebra", "changed")
    await Talk(store).says("o1", "后来", T0, "zz")
    await store.close()
    await move_store(SQLITE, url, full, steps.append)
    assert steps[0] is CopyStart.ANEW
    assert await contents(url, full) == await contents(SQLITE, full)


CLOSED = f"""
ALTER DATABASE {SHARED} ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{SHARED}';
"""  # noqa: S608


@pytest.mark.expects_log("database error: ")
async def test_a_server_that_goes_away_stops_it_in_one_sentence(postgres: Postgres, full: Path) -> None:
    url, before = postgres.emptied(), files(full)

    def end(step: object) -> None:
        if isinstance(step, CopyProgress) and step.what == DATA and step.done > 50:
            postgres.tell(CLOSED, "postgres")

    try:
        with pytest.raises(StoreError) as caught:
            await move_store(SQLITE, url, full, end)
    finally:
        postgres.tell("ALTER DATABASE wxdesk_shared ALLOW_CONNECTIONS true", "postgres")
    assert str(caught.value).startswith("the move stopped: the database")
    assert str(caught.value).endswith("The old database is as it was; the same command goes on")
    assert files(full) == before
    await move_store(SQLITE, url, full, nobody)


@pytest.fixture
def no_space() -> Iterator[None]:
    """No file can grow beyond 300 kB, as on a disk that is full."""
    resource = pytest.importorskip("resource", reason="limits of a process are POSIX's")
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.impatient
@pytest.mark.expects_log("database error: |did not close")
async def test_a_full_disk_stops_a_move_in_one_sentence(
    postgres: Postgres, full: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url, home = postgres.emptied(), tmp_path / "new"
    await move_store(SQLITE, url, full, nobody)
    await bring_up(BACK, home)
    request.getfixturevalue("no_space")
    with pytest.raises(StoreError, match=r"disk|written"):
        await move_store(url, BACK, home, nobody)


async def test_a_move_counts_missing_and_damaged_pictures(postgres: Postgres, full: Path) -> None:
    names = [sha256(data).hexdigest() for data in PICTURES[:2]]
    gone, damaged = (full / "pictures" / name[:2] / f"{name}.png" for name in names)
    gone.unlink()
    damaged.write_bytes(damaged.read_bytes()[:-1])
    result = await move_store(SQLITE, postgres.emptied(), full, nobody)
    assert (result.pictures, result.lost) == (1, 3)


async def test_a_database_that_somebody_writes_meanwhile_is_noticed(postgres: Postgres, full: Path) -> None:
    def write(step: object) -> None:
        if isinstance(step, CopyProgress) and step.what == PICTURE_BYTES and step.done == 1:
            postgres.tell("UPDATE messages SET text = 'x' WHERE id = 7", SHARED)

    url = postgres.emptied()
    with pytest.raises(StoreError, match="table messages is not the same on both sides"):
        await move_store(SQLITE, url, full, write)
    await move_store(SQLITE, url, full, nobody)


def test_every_table_is_copied_or_said_not_to_be() -> None:
    from wxdesk.store.schema import metadata

    left = set(metadata.tables) - {one.name for one in rows.TABLES}
    assert left == {"leases", "relayed_events", "commands", "picture_chunks", "changed_hours", "hourly_figures"}
