"""A home in one file and back: whole, compared, beside a running desk, and never half."""

import asyncio
import hashlib
import json
import re
import shutil
import signal
import sqlite3
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

import pytest

from tests.prepared import SQLITE
from tests.store.chats import Talk, second
from tests.store.moving.full_home import PICTURES, everything, make_home, send_nothing
from wxdesk import i18n
from wxdesk.config.reading import load
from wxdesk.core.errors import BadInput, HomeInUse, StoreError
from wxdesk.core.replies.lifecycle import AFTER_RESTORE
from wxdesk.core.system_failures import UnusableFile
from wxdesk.desk.data.backups import back_up
from wxdesk.i18n import explain
from wxdesk.store import open_store, read_store
from wxdesk.store.moving import rows
from wxdesk.store.moving.backup import LISTING, SHARED, Listing, make_backup, read_listing
from wxdesk.store.moving.move import DATA, CopyProgress
from wxdesk.store.moving.restore import ASIDE, restore_backup

NOW = datetime(2026, 11, 28, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("full") / "home"
    asyncio.run(make_home(home))
    (home / "secrets.vault").write_bytes(b"sealed \x00\xff")
    return home


@pytest.fixture
def full(_made: Path, tmp_path: Path) -> Path:
    shutil.copytree(_made, tmp_path / "full")
    return tmp_path / "full"


def nobody(_step: object) -> None:
    """Who does not want to know how far it is."""


async def backed_up(home: Path, file: Path) -> Listing:
    return await back_up(load(home).store.url, home, file, nobody)


async def restored(file: Path, home: Path, *, set_aside: bool = False) -> Listing:
    return (await restore_backup(file, home, NOW, nobody, set_aside=set_aside))[0]


async def contents(home: Path) -> dict[str, list[tuple[object, ...]]]:
    store = await read_store(SQLITE, home)
    try:
        return await everything(store)
    finally:
        await store.close()


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "desk.lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


async def test_a_home_comes_back_as_it_was(full: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.db"
    send_nothing(full)
    (full / "desk.db").rename(elsewhere)
    (full / "config.toml").write_text(f'# mine\n[store]\nurl = "sqlite:///{elsewhere}"\n', encoding="utf-8")
    made = await backed_up(full, tmp_path / "b.zip")
    assert made.lost == 1  # `fill` records one without bytes
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    found = await restored(tmp_path / "b.zip", tmp_path / "new")
    assert found == made == read_listing(tmp_path / "b.zip")
    assert (tmp_path / "new" / "secrets.vault").read_bytes() == b"sealed \x00\xff"
    assert (tmp_path / "new" / "config.toml").read_text(encoding="utf-8").startswith("# mine\n[store]\n")
    assert load(tmp_path / "new").store.url == SQLITE
    elsewhere.rename(full / "desk.db")
    assert await contents(tmp_path / "new") == await contents(full)
    again = await backed_up(tmp_path / "new", tmp_path / "b.zip")  # an older one is written over
    assert again.rows == made.rows
    store = await open_store(SQLITE, tmp_path / "new")
    try:
        for data in PICTURES:
            assert await store.picture_bytes.read(sha256(data).hexdigest()) == data
        assert len(await store.inbox.search("退款", 100)) >= 40
        assert await store.pushes.lost() == 0
    finally:
        await store.close()


async def test_what_waited_to_be_sent_in_a_backup_waits_for_the_operator(full: Path, tmp_path: Path) -> None:
    """The desk that made the backup may have sent it since, and nobody would know."""
    await backed_up(full, tmp_path / "b.zip")
    await restored(tmp_path / "b.zip", tmp_path / "new")
    with closing(sqlite3.connect(full / "desk.db")) as db:
        before = db.execute("SELECT id, state FROM replies ORDER BY id").fetchall()
    with closing(sqlite3.connect(tmp_path / "new" / "desk.db")) as db:
        after = db.execute("SELECT id, state FROM replies ORDER BY id").fetchall()
    waited = [number for number, state in before if state == "queued"]
    assert waited
    assert after == [(number, "held" if number in waited else state) for number, state in before]
    store = await open_store(SQLITE, tmp_path / "new")
    try:
        asking = await store.replies.get(waited[0])
        assert (asking.due_at, asking.error) == (None, AFTER_RESTORE)
    finally:
        await store.close()


@pytest.mark.parametrize("spoken", ["en", "zh_CN"])
def test_the_page_about_a_database_on_a_server_can_be_read(spoken: str) -> None:
    i18n.use(spoken)
    [page] = re.findall(r"\S+/server\S*\.md", explain(StoreError(reason=SHARED)))
    assert "pg_dump" in Path(page).read_text(encoding="utf-8")


async def test_a_password_in_the_settings_stays_at_home(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (full / "config.toml").write_text('[store]\nurl = "postgresql://me:s3cret@db/x"\n', encoding="utf-8")
    with pytest.raises(StoreError, match="pg_dump"):
        await backed_up(full, tmp_path / "b.zip")
    monkeypatch.setenv("WXDESK_STORE_URL", SQLITE)
    await backed_up(full, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert not [name for name in archive.namelist() if b"s3cret" in archive.read(name)]


async def test_a_desk_goes_on_writing_meanwhile(full: Path, tmp_path: Path) -> None:
    store = await open_store(SQLITE, full)
    try:
        talk = Talk(store)
        await talk.says("p1", "in the log only", second(100), "bb")
        backup = asyncio.create_task(backed_up(full, tmp_path / "b.zip"))
        for number in range(30):
            await talk.says("p1", f"meanwhile {number}", second(200 + number), "bb")
        made = await backup
        await talk.says("p1", "too late", second(300), "bb")
        with pytest.raises(HomeInUse):
            await restored(tmp_path / "b.zip", full, set_aside=True)
    finally:
        await store.close()
    await restored(tmp_path / "b.zip", tmp_path / "new")
    said = {str(row) for row in (await contents(tmp_path / "new"))["messages"]}
    assert any("in the log only" in row for row in said)
    assert not any("too late" in row for row in said)
    with closing(sqlite3.connect(tmp_path / "new" / "desk.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        [(number,)] = connection.execute("SELECT count(*) FROM messages")
    assert number == made.rows["messages"][0] == len(said)


async def test_a_restore_sets_an_existing_home_aside_or_leaves_it(full: Path, tmp_path: Path) -> None:
    await backed_up(full, tmp_path / "b.zip")
    (full / "frpc.toml").write_text("mine", encoding="utf-8")  # of the tunnel, which goes on with it
    (full / "call.wav").write_bytes(b"made by the program")
    (full / "logs").mkdir()
    (full / "logs" / "wxdesk.log").touch()
    before = files(full)
    with pytest.raises(BadInput, match="--set-aside"):
        await restored(tmp_path / "b.zip", full)
    await make_backup(SQLITE, full, tmp_path / "c.zip", {"logs/odd": b""}, nobody)
    with pytest.raises(UnusableFile):  # the folder of logs stays, so that this one cannot come in its place
        await restored(tmp_path / "c.zip", full, set_aside=True)
    folder = full / f"{ASIDE}{NOW.astimezone():%Y%m%d-%H%M%S}"
    assert not folder.exists()
    assert files(full) == before
    await restored(tmp_path / "b.zip", full, set_aside=True)
    assert files(folder) == {name: data for name, data in before.items() if not name.startswith(("logs", "frpc"))}
    assert files(full)["frpc.toml"] == b"mine"
    assert "call.wav" not in files(full)
    assert not [name for name in files(full) if name.startswith(".restoring")]


async def test_restores_of_the_same_second_have_folders_of_their_own(full: Path, tmp_path: Path) -> None:
    await backed_up(full, tmp_path / "b.zip")
    asides = []
    for _ in range(3):
        asides.append((await restore_backup(tmp_path / "b.zip", full, NOW, nobody, set_aside=True))[1])
    assert [one.name.removeprefix(asides[0].name) for one in asides] == ["", "-2", "-3"]
    assert all((one / "desk.db").exists() for one in asides)


def _with(file: Path, change: dict[str, bytes]) -> None:
    """Write a backup again, with other members."""
    with zipfile.ZipFile(file) as archive:
        found = {name: archive.read(name) for name in archive.namelist()} | change
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in found.items():
            archive.writestr(name, data)


async def test_a_backup_that_would_fill_the_disk_is_refused_before_a_byte_of_it(full: Path, tmp_path: Path) -> None:
    file, home = tmp_path / "b.zip", tmp_path / "new"
    await backed_up(full, file)
    listing = json.loads(zipfile.ZipFile(file).read(LISTING))
    listing["files"] |= {"pictures/00/bomb.png": [2**60, "0" * 64], "less": [-(2**60), "0" * 64]}
    _with(file, {LISTING: json.dumps(listing).encode(), "pictures/00/bomb.png": b"x"})
    with pytest.raises(UnusableFile, match=r"space|room|full"):
        await restored(file, home)
    assert files(home) == {}


async def test_damage_and_what_is_no_backup_are_named_and_change_nothing(
    full: Path, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    good, file, home = tmp_path / "good.zip", tmp_path / "b.zip", tmp_path / "new"
    await backed_up(full, good)
    whole = good.read_bytes()
    listing = json.loads(zipfile.ZipFile(good).read(LISTING))

    def of_listing(**change: object) -> dict[str, bytes]:
        return {LISTING: json.dumps(listing | change).encode()}

    cases: dict[str, bytes | dict[str, bytes]] = {
        f"byte {at}": whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        for at in (60, len(whole) // 7, len(whole) // 2, len(whole) - 3_000)
    }
    cases |= {f"cut at {at}": whole[:at] for at in (0, 1, 1000, len(whole) - 30)}
    cases |= {"text": b"hello", "other zip": b"", "rows": of_listing(rows=listing["rows"] | {"messages": [1, "x"]})}
    cases |= {"vault": {"secrets.vault": b"another"}, "nothing": {LISTING: b"{}"}}
    cases |= {"outside": {**of_listing(files={"../evil": [1, "x"]}), "../evil": b"x"}}
    for name, data in (("empty", b""), ("of zeros", bytes(8192)), ("of text", b"hello")):
        member = {"desk.db": [len(data), hashlib.sha256(data).hexdigest()]}
        cases |= {f"a database {name}": {**of_listing(files=member, rows={}), "desk.db": data}}
    cases |= {"no database": of_listing(files={}, rows={})}
    for name, case in cases.items():
        with subtests.test(name):
            file.write_bytes(whole if isinstance(case, dict) else case)
            if isinstance(case, dict):
                _with(file, case)
            with pytest.raises(UnusableFile, match=r"damaged or not whole|not a backup"):
                await restored(file, home)
            assert files(home) == {}
            assert not (tmp_path / "evil").exists()


def test_a_listing_that_unpacks_to_more_than_it_says_takes_no_memory(tmp_path: Path) -> None:
    """It declares some bytes, and its packed ones are 128 MB of blanks."""
    bomb, said = tmp_path / "bomb.zip", 100
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(LISTING, "w") as stream:
        for _ in range(128):
            stream.write(b" " * 2**20)
        stream.write(b" " * 54321)
    written = bomb.read_bytes()
    size = (128 * 2**20 + 54321).to_bytes(4, "little")
    assert written.count(size) == 2
    bomb.write_bytes(written.replace(size, said.to_bytes(4, "little")))
    tracemalloc.start()
    try:
        with pytest.raises(UnusableFile):
            read_listing(bomb)
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


async def test_a_newer_backup_is_refused_and_an_older_one_taken(full: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(full / "desk.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0035'")
    await backed_up(full, tmp_path / "old.zip")
    assert read_listing(tmp_path / "old.zip").rows == {}
    await restored(tmp_path / "old.zip", tmp_path / "old")
    assert files(tmp_path / "old").keys() == files(full).keys() - {"desk.db-wal", "desk.db-shm"}
    with closing(sqlite3.connect(full / "desk.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer wxdesk"):
        await backed_up(full, tmp_path / "new.zip")
    shutil.copy(tmp_path / "old.zip", tmp_path / "new.zip")
    database = (full / "desk.db").read_bytes()
    listing = json.loads(zipfile.ZipFile(tmp_path / "old.zip").read(LISTING)) | {"schema": "9999"}
    listing["files"]["desk.db"] = [len(database), sha256(database).hexdigest()]
    _with(tmp_path / "new.zip", {"desk.db": database, LISTING: json.dumps(listing).encode()})
    with pytest.raises(UnusableFile, match="newer wxdesk made it"):
        await restored(tmp_path / "new.zip", tmp_path / "home")
    assert files(tmp_path / "home") == {}


async def test_a_backup_stopped_halfway_leaves_nothing(
    full: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "PAGE", 10)
    steps = list[CopyProgress]()
    made = await make_backup(SQLITE, full, tmp_path / "b.zip", {}, steps.append)
    ends = set(accumulate(number for number, _ in made.rows.values()))
    inside = next(step for step in steps if step.what == DATA and step.done not in ends)

    class Enough(Exception):
        pass

    def stop(step: CopyProgress) -> None:
        if step == inside:
            raise Enough

    before = files(tmp_path)
    with pytest.raises(Enough):
        await make_backup(SQLITE, full, tmp_path / "b.zip", {}, stop)
    assert files(tmp_path) == before


@contextmanager
def disk_that_takes(size: int) -> Iterator[None]:
    resource = pytest.importorskip("resource", reason="limits of a process are POSIX's")
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.expects_log("database error|cannot be used")
async def test_a_full_disk_leaves_no_half_backup(full: Path, tmp_path: Path, subtests: pytest.Subtests) -> None:
    place = tmp_path / "backups"
    place.mkdir()
    for size in (1_000, 200_000, 600_000):  # of the database's copy, and of the file
        with subtests.test(size=size), disk_that_takes(size):
            with pytest.raises((UnusableFile, StoreError)):
                await backed_up(full, place / "b.zip")
            assert not list(place.iterdir())
    await backed_up(full, place / "b.zip")
    for size in (1_000, 600_000):
        with disk_that_takes(size), pytest.raises(UnusableFile):
            await restored(place / "b.zip", tmp_path / "new")
        assert files(tmp_path / "new") == {}
    with pytest.raises(UnusableFile):
        await backed_up(full, tmp_path / "no such folder" / "b.zip")
    (place / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UnusableFile, match="another file"):
        await backed_up(full, place / "mine.txt")
    assert (place / "mine.txt").read_text(encoding="utf-8") == "mine"
