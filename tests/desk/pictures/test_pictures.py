"""The operator's pictures: what is taken in, and what is refused with which reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.content.test_picture_header import png_that_claims
from tests.desk.pictures.test_shrinking import noise, saved
from tests.prepared import SQLITE, prepare
from tests.sandbox.worlds import HandClock
from wxdesk.core.content.picture_header import BROKEN, NOT_A_PICTURE, TOO_MANY_PIXELS
from wxdesk.core.errors import BadPicture, NotFound
from wxdesk.core.model.picture import PictureFormat
from wxdesk.desk.pictures.pictures import TOO_LARGE, Pictures
from wxdesk.desk.pictures.shrinking import MOVING
from wxdesk.desk.pictures.uploads import LARGEST_UPLOAD
from wxdesk.sandbox.pictures import torn_box
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


async def test_the_original_is_kept_also_when_it_must_be_made_smaller(pictures: Pictures) -> None:
    data = saved(noise(1500, 1200), "PNG")
    assert len(data) > LARGEST_UPLOAD
    added = await pictures.add(data)
    path = await pictures.path(added.digest)
    assert path is not None
    assert path.read_bytes() == data


async def test_a_picture_that_cannot_be_sent_is_refused_and_not_kept(pictures: Pictures, tmp_path: Path) -> None:
    frames = [noise(500, 500, seed) for seed in range(12)]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    refusals = [
        (b"<svg/>", NOT_A_PICTURE),
        (png_that_claims(50_000, 50_000), TOO_MANY_PIXELS),
        (torn_box() + bytes(20 * 1024 * 1024), TOO_LARGE),
        (moving, MOVING),
        *(
            (whole[: len(whole) // 2], BROKEN)
            for form in ("PNG", "JPEG", "GIF")
            if (whole := saved(noise(90, 90), form))
        ),
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
