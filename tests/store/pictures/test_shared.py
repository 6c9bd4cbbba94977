"""The bytes of pictures on both engines, and what a team has besides: rows in chunks, a cache on each machine."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.postgresql import Postgres
from tests.sandbox.pictures import cover, torn_box
from tests.store.chats import T0, Talk
from wxdesk.core.errors import NotFound, StoreError
from wxdesk.desk.pictures.pictures import picture_record
from wxdesk.store import Store, open_store
from wxdesk.store.engine.postgresql import PostgresqlDatabase
from wxdesk.store.opening import CACHE, PICTURES, parse_url
from wxdesk.store.pictures.files import CHANGED, PictureFiles
from wxdesk.store.pictures.shared import CHUNK_BYTES, PictureCache, PictureChunks, SharedPictures

ROOT = Path(__file__).parents[3]
NOWHERE = "0" * 64


def large(size: int = 3 * CHUNK_BYTES + 1, mark: bytes = b"") -> bytes:
    """A picture of several chunks: what follows its end is nobody's business."""
    return torn_box() + os.urandom(size - len(torn_box()) - len(mark)) + mark


async def kept(pictures: PictureFiles | SharedPictures, data: bytes) -> str:
    picture = picture_record(data)
    await pictures.keep(picture, data)
    return picture.digest


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


# -- on both engines


@pytest.mark.parametrize("data", [torn_box(), large(), large(2 * CHUNK_BYTES)])
async def test_a_kept_picture_can_be_read_shown_and_found(store: Store, home: Path, url: str, data: bytes) -> None:
    pictures = store.picture_bytes
    digest = await kept(pictures, data)
    assert digest == await kept(pictures, data)
    path = await pictures.path(digest)
    assert path is not None
    assert path.read_bytes() == await pictures.read(digest) == data
    assert pictures.holds(digest)
    await store.close()
    again = await open_store(url, home)
    try:
        await again.picture_bytes.look_for([digest, NOWHERE])
        assert (again.picture_bytes.holds(digest), again.picture_bytes.holds(NOWHERE)) == (True, False)
        assert await again.picture_bytes.read(digest) == data
    finally:
        await again.close()


@pytest.mark.parametrize("digest", [NOWHERE, "", "../../etc/passwd", "\0"])
async def test_a_picture_that_was_never_kept_is_not_found(store: Store, digest: str) -> None:
    assert not store.picture_bytes.holds(digest)
    if "\0" not in digest:  # no database takes it, and no picture is named so
        with pytest.raises(NotFound):
            await store.picture_bytes.read(digest)
        assert await store.picture_bytes.path(digest) is None


async def test_a_picture_goes_with_the_account_whose_it_was(store: Store, home: Path) -> None:
    data = large()
    digest = await kept(store.picture_bytes, data)
    await store.pictures.add(picture_record(data), T0)
    stays = await kept(store.picture_bytes, cover())
    await _shown(store, digest)
    assert await store.account_rows.remove("shop") == [digest]
    await store.picture_bytes.remove(digest)
    with pytest.raises(NotFound):
        await store.picture_bytes.read(digest)
    assert not store.picture_bytes.holds(digest)
    assert [path.stem for path in files(home) if path.suffix == ".png"] == [stays]


async def _shown(store: Store, digest: str) -> None:
    said = await Talk(store).says("o1", "看")
    picture = await store.pictures.get(digest)
    await store.pictures.add_to_message(said.message.id, picture, T0)


# -- in a team


@pytest.fixture
async def db(postgres: Postgres) -> AsyncIterator[PostgresqlDatabase]:
    opened = PostgresqlDatabase(parse_url(postgres.emptied()))
    yield opened
    await opened.close()


@pytest.fixture
def here(db: PostgresqlDatabase, tmp_path: Path) -> SharedPictures:
    return SharedPictures(PictureChunks(db), PictureCache(tmp_path / "here"))


@pytest.fixture
def there(db: PostgresqlDatabase, tmp_path: Path) -> SharedPictures:
    return SharedPictures(PictureChunks(db), PictureCache(tmp_path / "there"))


@pytest.mark.postgres
async def test_a_picture_kept_on_one_machine_is_read_on_another(here: SharedPictures, there: SharedPictures) -> None:
    data = large()
    digest = await kept(here, data)
    await there.look_for([digest])
    assert there.holds(digest)
    path = await there.path(digest)
    assert path is not None
    assert path.read_bytes() == data == await there.read(digest)


@pytest.mark.postgres
async def test_the_same_from_two_machines_at_once_is_kept_once(here: SharedPictures, there: SharedPictures) -> None:
    data = large()
    await asyncio.gather(*(kept(one, data) for one in (here, there) * 5))
    assert await there.read(await kept(here, data)) == data


@pytest.mark.postgres
async def test_the_cache_is_for_its_owner_and_may_be_lost(
    here: SharedPictures, there: SharedPictures, tmp_path: Path
) -> None:
    digest = await kept(here, large())
    assert files(tmp_path / "there") == []
    await asyncio.gather(*(there.path(digest) for _ in range(5)))
    [cached] = files(tmp_path / "there")
    if os.name == "posix":
        assert stat.S_IMODE(cached.stat().st_mode) == 0o600
        assert stat.S_IMODE(cached.parent.stat().st_mode) == 0o700
    cached.unlink()
    assert await there.path(digest) == cached
    cached.write_bytes(torn_box())  # a disk that lies
    assert sha256(await there.read(digest)).hexdigest() == digest
    assert sha256(cached.read_bytes()).hexdigest() == digest


@pytest.mark.postgres
async def test_a_cache_that_cannot_be_written_keeps_nobody_from_sending(db: PostgresqlDatabase, tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    pictures = SharedPictures(PictureChunks(db), PictureCache(tmp_path / "taken"))
    data = large()
    digest = await kept(pictures, data)
    assert await pictures.read(digest) == data
    assert await pictures.path(digest) is None


@pytest.mark.postgres
async def test_the_cache_is_bounded_and_forgets_what_was_not_read_for_longest(
    db: PostgresqlDatabase, tmp_path: Path
) -> None:
    limit = 10 * CHUNK_BYTES
    pictures = SharedPictures(PictureChunks(db), PictureCache(tmp_path / "cache", limit))
    digests = []
    for number in range(12):
        digests.append(await kept(pictures, large(CHUNK_BYTES, bytes([number]))))
        assert await pictures.path(digests[0])
        assert sum(path.stat().st_size for path in files(tmp_path / "cache")) <= limit
    left = {path.stem for path in files(tmp_path / "cache")}
    assert digests[0] in left
    assert digests[-1] in left
    assert digests[1] not in left
    for digest in digests:
        assert sha256(await pictures.read(digest)).hexdigest() == digest


@pytest.mark.postgres
async def test_a_start_drops_what_was_removed_elsewhere_and_what_a_kill_left(
    postgres: Postgres, here: SharedPictures, tmp_path: Path
) -> None:
    gone, stays = await kept(here, large()), await kept(here, cover())
    half = tmp_path / "here" / gone[:2] / "tmp1.part"
    half.write_bytes(b"half")
    postgres.tell(f"DELETE FROM picture_chunks WHERE digest = '{gone}'", "wxdesk_shared")  # noqa: S608
    await here.begin(PictureFiles(tmp_path / "none"))
    assert [path.stem for path in files(tmp_path / "here")] == [stays]


@pytest.mark.postgres
async def test_changed_rows_are_not_handed_out(postgres: Postgres, here: SharedPictures, there: SharedPictures) -> None:
    digest = await kept(here, large())
    postgres.tell(f"DELETE FROM picture_chunks WHERE digest = '{digest}' AND number = 1", "wxdesk_shared")  # noqa: S608
    with pytest.raises(StoreError) as refused:
        await there.read(digest)
    assert refused.value.values["reason"] == CHANGED


@pytest.mark.postgres
async def test_a_home_from_before_brings_its_pictures_in_at_its_first_start(
    postgres: Postgres, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgres.emptied()
    store = await open_store(url, home)
    former, whole, damaged, lost = PictureFiles(home / PICTURES), large(), cover(), torn_box()
    for data in (whole, damaged, lost):
        await store.pictures.add(picture_record(data), T0)
    await kept(former, whole)
    broken = await former.path(await kept(former, damaged))
    assert broken is not None
    broken.write_bytes(b"not what it was")
    await store.close()
    before = {path: path.read_bytes() for path in files(home / PICTURES)}
    caplog.set_level("INFO")
    for said in (["1 of 3 pictures were taken over from the folder into the database"], []):
        caplog.clear()
        store = await open_store(url, home)
        assert await store.picture_bytes.read(sha256(whole).hexdigest()) == whole
        for data in (damaged, lost):
            with pytest.raises(NotFound):
                await store.picture_bytes.read(sha256(data).hexdigest())
        await store.close()
        assert [line for line in caplog.messages if "taken over" in line] == said
    assert {path: path.read_bytes() for path in files(home / PICTURES)} == before
    assert len(files(home / CACHE)) == 1


CUT_OFF = """
import asyncio, os, signal, sys
from wxdesk.store.engine.postgresql import PostgresqlDatabase
from wxdesk.store.opening import parse_url
from wxdesk.store.pictures import shared

async def main():
    add = shared._add
    shared._add = lambda *what: (add(*what), print("written", flush=True), os.kill(os.getpid(), signal.SIGKILL))
    await shared.PictureChunks(PostgresqlDatabase(parse_url(sys.argv[1]))).add(sys.argv[2], b"x" * 10**6)

asyncio.run(main())
"""


@pytest.mark.postgres
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
async def test_a_picture_whose_write_is_cut_off_is_not_there(postgres: Postgres, db: PostgresqlDatabase) -> None:
    digest = sha256(b"x" * 10**6).hexdigest()
    child = subprocess.run(  # noqa: ASYNC221
        [sys.executable, "-c", CUT_OFF, postgres.server.get_uri(database="wxdesk_shared"), digest],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (child.returncode, child.stdout) == (-signal.SIGKILL, "written\n"), child.stderr
    chunks = PictureChunks(db)
    with pytest.raises(NotFound):
        await chunks.read(digest)
    await chunks.add(digest, b"x" * 10**6)
    assert await chunks.read(digest) == b"x" * 10**6
