"""Pictures on disk: whole or not there, by digest only."""

import contextlib
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.pictures import cover, torn_box
from wxdesk.core.errors import NotFound, StoreError
from wxdesk.core.model.picture import Picture
from wxdesk.desk.pictures.pictures import picture_record
from wxdesk.store.pictures.files import CHANGED, PictureFiles


@pytest.fixture
def folder(tmp_path: Path) -> PictureFiles:
    return PictureFiles(tmp_path / "pictures")


async def _kept(folder: PictureFiles, data: bytes) -> Picture:
    picture = picture_record(data)
    await folder.keep(picture, data)
    return picture


async def test_a_picture_stands_under_its_digest_for_its_owner_only(folder: PictureFiles, tmp_path: Path) -> None:
    picture = await _kept(folder, torn_box())
    place = tmp_path / "pictures" / picture.digest[:2] / f"{picture.digest}.png"
    assert await folder.path(picture.digest) == place
    assert await folder.read(picture.digest) == place.read_bytes() == torn_box()
    if os.name == "posix":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(place.parent.parent.stat().st_mode) == 0o700


async def test_the_same_picture_twice_is_one_file(folder: PictureFiles, tmp_path: Path) -> None:
    await _kept(folder, torn_box())
    await _kept(folder, torn_box())
    await _kept(folder, cover())
    assert len([path for path in (tmp_path / "pictures").rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize("digest", ["0" * 64, "", "../../etc/passwd", "A" * 64, "/etc/passwd", "0" * 64 + "\n"])
async def test_a_digest_of_no_kept_picture_is_not_found(folder: PictureFiles, digest: str) -> None:
    assert await folder.path(digest) is None
    with pytest.raises(NotFound):
        await folder.read(digest)


async def test_a_digest_reaches_no_other_folder(tmp_path: Path) -> None:
    root = tmp_path / "home" / "pictures"
    root.mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"secret")
    assert (root / ".." / "../secret.png").is_file()
    assert await PictureFiles(root).path("../secret") is None


async def test_a_file_that_was_changed_is_not_handed_out_and_is_mended_by_keeping_it_again(
    folder: PictureFiles,
) -> None:
    picture = await _kept(folder, torn_box())
    place = await folder.path(picture.digest)
    assert place is not None
    place.write_bytes(torn_box()[:100])
    with pytest.raises(StoreError) as refused:
        await folder.read(picture.digest)
    assert refused.value.values["reason"] == CHANGED
    await _kept(folder, torn_box())
    assert await folder.read(picture.digest) == torn_box()


@pytest.mark.parametrize("name", ["tmpabc.part", ".0123abcd.png-abc"], ids=["of 0.2", "of this version"])
async def test_a_start_clears_half_files_of_a_crash_and_nothing_else(
    folder: PictureFiles, tmp_path: Path, name: str
) -> None:
    picture = await _kept(folder, torn_box())
    rest = tmp_path / "pictures" / picture.digest[:2] / name
    rest.write_bytes(b"half")
    folder.clear()
    assert not rest.exists()
    assert await folder.read(picture.digest) == torn_box()


@contextlib.contextmanager
def no_space() -> Iterator[None]:
    """No file can grow beyond 100 bytes, as on a disk that is full; that goes for pytest's own report, too."""
    resource = pytest.importorskip("resource", reason="limits of a process are POSIX's")
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


async def test_a_disk_that_is_full_says_so_and_leaves_nothing(folder: PictureFiles, tmp_path: Path) -> None:
    with no_space(), pytest.raises(StoreError):
        await _kept(folder, torn_box())
    assert [path for path in (tmp_path / "pictures").rglob("*") if path.is_file()] == []
