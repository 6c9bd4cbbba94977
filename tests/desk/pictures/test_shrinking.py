"""Pictures made small enough for WeChat: the size holds, and what they show is the same."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from tests.core.content.test_picture_header import png_that_claims
from wxdesk.core.content.picture_header import BROKEN, TOO_MANY_PIXELS
from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import PictureFormat
from wxdesk.desk.pictures.shrinking import MOVING
from wxdesk.desk.pictures.uploads import LARGEST_UPLOAD, for_upload

ORIENTATION = 274
TURNED_RIGHT = 6


def noise(width: int, height: int, seed: int = 1) -> Image.Image:
    """What no format can make small."""
    return Image.frombytes("RGB", (width, height), random.Random(seed).randbytes(width * height * 3))


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("form", "format_"), [("PNG", PictureFormat.PNG), ("JPEG", PictureFormat.JPEG)])
def test_a_picture_that_fits_stays_as_it_is(form: str, format_: PictureFormat) -> None:
    data = saved(noise(300, 200), form)
    upload = for_upload(data)
    assert (upload.data, upload.format) == (data, format_)


def test_a_large_photograph_fits_afterwards_and_stands_upright() -> None:
    image = noise(1800, 1200)
    image.paste("red", (0, 0, 400, 400))  # upper left as stored; upper right once turned as the camera noted
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    data = saved(image, "JPEG", quality=97, exif=exif)
    assert len(data) > LARGEST_UPLOAD
    upload = for_upload(data)
    shown = opened(upload.data)
    assert (len(upload.data) <= LARGEST_UPLOAD, upload.format, shown.format) == (True, PictureFormat.JPEG, "JPEG")
    assert shown.height > shown.width
    red, green, blue = shown.convert("RGB").getpixel((shown.width - shown.width // 8, shown.height // 8))
    assert red > 180
    assert max(green, blue) < 90
    assert not shown.getexif(), "a camera's notes, the place among them, do not leave"


def test_transparency_becomes_white() -> None:
    image = noise(1100, 1000).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 200, 200))
    data = saved(image, "PNG")
    assert len(data) > LARGEST_UPLOAD
    upload = for_upload(data)
    assert len(upload.data) <= LARGEST_UPLOAD
    assert min(opened(upload.data).convert("RGB").getpixel((50, 50))) > 240


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "I;16"])
def test_every_way_to_hold_colours_can_be_made_smaller(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    data = saved(noise(500, 400).convert(mode) if mode != "I;16" else Image.new("I;16", (500, 400)), form)
    upload = for_upload(data + bytes(3_000_000), limit=250_000)
    assert len(upload.data) <= 250_000
    assert opened(upload.data).mode == "RGB"


@pytest.mark.parametrize(("form", "format_"), [("GIF", PictureFormat.GIF), ("PNG", PictureFormat.PNG)])
def test_an_animation_that_is_too_large_is_refused_and_never_stopped(form: str, format_: PictureFormat) -> None:
    frames = [noise(500, 500, seed).convert("L") for seed in range(12)]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:])
    assert len(data) > LARGEST_UPLOAD
    with pytest.raises(BadPicture) as refused:
        for_upload(data)
    assert refused.value.reason == MOVING


def test_a_still_gif_is_made_smaller() -> None:
    data = saved(noise(2000, 1800).convert("L"), "GIF")  # choosing its colours would take long
    assert len(data) > LARGEST_UPLOAD
    assert len(for_upload(data).data) <= LARGEST_UPLOAD


def _truncated() -> bytes:
    return saved(noise(1800, 1200), "PNG")[:2_500_000]


def _gif_with_a_larger_frame() -> bytes:
    """Its head says 10 by 10, its frame 8,000 by 8,000."""
    frame = b"\x2c" + (0).to_bytes(2, "little") * 2 + (8_000).to_bytes(2, "little") * 2 + b"\0\x02\x02\x44\x01\0"
    return b"GIF89a\x0a\0\x0a\0\x80\0\0\0\0\0\xff\xff\xff" + frame + b"\x3b" + bytes(3_000_000)


def _png_with_a_bomb() -> bytes:
    """Deflated zeros behind a small claim: 60 MB of pixels that nobody asked for."""
    packed = zlib.compress(bytes(60_000_000))
    chunk = len(packed).to_bytes(4) + b"IDAT" + packed + zlib.crc32(b"IDAT" + packed).to_bytes(4)
    return png_that_claims(10, 10) + chunk


@pytest.mark.parametrize(("make", "reason"), [(_truncated, BROKEN), (_gif_with_a_larger_frame, TOO_MANY_PIXELS)])
def test_a_picture_that_cannot_be_decoded_within_bounds_is_refused(make: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(BadPicture) as refused:
        for_upload(make())
    assert refused.value.reason == reason


def test_more_data_than_the_head_claims_is_not_unpacked() -> None:
    upload = for_upload(_png_with_a_bomb() + bytes(3_000_000))
    assert opened(upload.data).size == (10, 10)


def test_no_mutation_does_anything_but_shrink_or_be_refused() -> None:
    chance = random.Random(3)
    originals = [
        saved(noise(120, 90), "PNG"),
        saved(noise(120, 90), "JPEG"),
        saved(noise(120, 90).quantize(64), "GIF"),
    ]
    for _ in range(300):
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randrange(1, 12)):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        try:
            upload = for_upload(bytes(data), limit=4000)
        except BadPicture:
            continue
        assert len(upload.data) <= 4000
