"""The operator's pictures: what is taken in, and what is refused with which reason."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk.pictures.test_conversion import noise, png_bomb, saved
from tests.prepared import SQLITE, prepare
from tests.sandbox.pictures import torn_box
from tests.sandbox.worlds import HandClock
from wxdesk.core.content.picture_header import TOO_LARGE
from wxdesk.core.errors import BadPicture, NotFound
from wxdesk.core.model.picture import PictureFormat
from wxdesk.desk.pictures.conversion import DAMAGED, UNKNOWN
from wxdesk.desk.pictures.pictures import LARGEST_ORIGINAL, Pictures
from wxdesk.desk.pictures.uploads import for_upload
from wxdesk.store import open_store
from wxdesk.store.pictures.files import PictureFiles


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / "pictures").rglob("*") if path.is_file()]


@pytest.fixture
async def pictures(tmp_path: Path) -> AsyncIterator[Pictures]:
    prepare(tmp_path)
    store = await open_store(SQLITE, tmp_path)
    yield Pictures(store.pictures, PictureFiles(tmp_path / "pictures"), HandClock())
    await store.close()


async def test_a_picture_is_known_by_the_digest_of_its_content(pictures: Pictures) -> None:
    added = await pictures.add(torn_box())
    assert (added.format, added.width, added.height, added.size) == (PictureFormat.PNG, 360, 280, len(torn_box()))
    assert await pictures.get(added.digest) == added == await pictures.add(torn_box())
    path = await pictures.path(added.digest)
    assert path is not None
    assert path.read_bytes() == torn_box()


async def test_what_is_kept_is_what_the_customer_gets(pictures: Pictures) -> None:
    for data in (saved(noise(1500, 1200), "PNG"), saved(noise(300, 200), "WEBP")):
        added = await pictures.add(data)
        path = await pictures.path(added.digest)
        assert path is not None
        kept = path.read_bytes()
        assert for_upload(kept) is kept
        assert (added.size, added.format, path.suffix) == (len(kept), PictureFormat.JPEG, ".jpg")
        assert await pictures.add(kept) == added


async def test_a_picture_that_cannot_be_sent_is_refused_and_not_kept(pictures: Pictures, tmp_path: Path) -> None:
    refusals = [
        (b"<svg/>", UNKNOWN),
        (png_bomb(50_000), TOO_LARGE),
        (torn_box() + bytes(LARGEST_ORIGINAL), TOO_LARGE),
        (torn_box()[:300], DAMAGED),
    ]
    for data, reason in refusals:
        with pytest.raises(BadPicture) as refused:
            await pictures.add(data)
        assert refused.value.reason == reason
    assert _files(tmp_path) == []


async def test_an_unknown_digest_is_not_found(pictures: Pictures) -> None:
    assert await pictures.path("0" * 64) is None
    with pytest.raises(NotFound):
        await pictures.get("0" * 64)
