"""What the first bytes of a picture say, with Pillow's writers as the independent side."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image

from wxdesk.core.content.picture_header import BROKEN, NOT_A_PICTURE, TOO_MANY_PIXELS, PictureHeader, read_header
from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import PictureFormat


def written(form: str, width: int, height: int, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, form, **options)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))


@pytest.mark.parametrize(
    ("form", "options", "format_"),
    [
        ("PNG", {}, PictureFormat.PNG),
        ("GIF", {}, PictureFormat.GIF),
        ("JPEG", {}, PictureFormat.JPEG),
        ("JPEG", {"progressive": True}, PictureFormat.JPEG),
        ("JPEG", {"comment": b"\xff\xc0" * 500, "dpi": (72, 72)}, PictureFormat.JPEG),
    ],
)
@pytest.mark.parametrize(("width", "height"), [(1, 1), (640, 480), (3, 4000)])
def test_format_and_measures(
    form: str, options: dict[str, object], format_: PictureFormat, width: int, height: int
) -> None:
    assert read_header(written(form, width, height, **options)) == PictureHeader(format_, width, height)


def test_filling_bytes_between_a_jpegs_segments_are_skipped() -> None:
    data = written("JPEG", 30, 20)
    assert read_header(data[:2] + b"\xff\xff\xff" + data[2:]) == PictureHeader(PictureFormat.JPEG, 30, 20)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b'{"errcode":40007,"errmsg":"invalid media_id"}',
        b"<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/>",
        b"RIFF\x1a\0\0\0WEBPVP8 ",
        b"BM\x1a\0\0\0",
        b"II*\0\x08\0\0\0",
        b"%PDF-1.7",
        b"GIF88a\x01\0\x01\0",
        b" \x89PNG\r\n\x1a\n",
    ],
)
def test_a_file_of_another_format_is_no_picture(data: bytes) -> None:
    with pytest.raises(BadPicture) as refused:
        read_header(data)
    assert refused.value.reason == NOT_A_PICTURE


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\x0dIDAT" + bytes(20),
        png_that_claims(0, 5),
        b"GIF89a\x01\0",
        b"GIF89a\0\0\x01\0",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xda\0\x08" + bytes(20),
        b"\xff\xd8\xff\xe0\xff\xff" + bytes(20),
        b"\xff\xd8\xff\xc0\0\x0b\x08",
    ],
)
def test_a_picture_without_measures_is_damaged(data: bytes) -> None:
    with pytest.raises(BadPicture) as refused:
        read_header(data)
    assert refused.value.reason == BROKEN


@pytest.mark.parametrize("data", [png_that_claims(2**31 - 1, 2**31 - 1), png_that_claims(40_000, 1001)])
def test_a_bomb_is_refused_by_its_claim(data: bytes) -> None:
    with pytest.raises(BadPicture) as refused:
        read_header(data)
    assert refused.value.reason == TOO_MANY_PIXELS


def test_a_photograph_that_can_be_opened_in_half_of_its_size_is_read() -> None:
    assert read_header(written("JPEG", 12_000, 9_000)).width == 12_000
    with pytest.raises(BadPicture):
        read_header(written("JPEG", 12_000, 10_001))


def test_a_progressive_photograph_is_bounded_as_it_is_decoded_whole() -> None:
    with pytest.raises(BadPicture):
        read_header(written("JPEG", 8_000, 6_000, progressive=True))


def test_a_picture_at_the_limit_of_size_is_read() -> None:
    assert read_header(png_that_claims(40_000, 1000)).width == 40_000


def test_no_input_does_anything_but_answer_or_refuse() -> None:
    chance = random.Random(7)
    originals = [written(form, 50, 40) for form in ("PNG", "JPEG", "GIF")]
    for _ in range(3000):
        data = bytearray(chance.choice(originals)[: chance.randrange(1, 800)])
        for _ in range(chance.randrange(1, 9)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            header = read_header(bytes(data))
        except BadPicture:
            continue
        assert 0 < header.width * header.height <= 40_000_000
