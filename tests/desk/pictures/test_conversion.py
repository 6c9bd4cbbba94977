"""Operators' pictures made fit for WeChat: format and size hold, and what they show is the same."""

import io
import random
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms

from tests.core.content.test_picture_header import png_that_claims
from wxdesk.core.content.picture_header import TOO_LARGE, read_header
from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import PictureFormat
from wxdesk.desk.pictures.conversion import DAMAGED, HEIC, MOVING, UNKNOWN, sendable
from wxdesk.desk.pictures.uploads import LARGEST_UPLOAD, for_upload

ORIENTATION, GPS = 274, 0x8825
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


def colour(image: Image.Image, place: tuple[int, int]) -> tuple[int, ...]:
    found = image.getpixel(place)
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize(("form", "format_"), [("PNG", PictureFormat.PNG), ("JPEG", PictureFormat.JPEG)])
def test_a_picture_that_fits_stays_as_it_is(form: str, format_: PictureFormat) -> None:
    data = saved(noise(300, 200), form)
    assert sendable(data, LARGEST_UPLOAD) is for_upload(data) is data
    assert read_header(data).format is format_


def test_a_large_photograph_fits_afterwards_and_stands_upright() -> None:
    image = noise(1800, 1200)
    image.paste("red", (0, 0, 400, 400))  # upper left as stored; upper right once turned as the camera noted
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    data = saved(image, "JPEG", quality=97, exif=exif)
    assert len(data) > LARGEST_UPLOAD
    upload = for_upload(data)
    shown = opened(upload)
    assert (len(upload) <= LARGEST_UPLOAD, shown.format) == (True, "JPEG")
    assert shown.height > shown.width
    red, green, blue = colour(shown.convert("RGB"), (shown.width - shown.width // 8, shown.height // 8))
    assert red > 180
    assert max(green, blue) < 90
    assert not shown.getexif(), "a camera's notes, the place among them, do not leave"


def test_transparency_becomes_white() -> None:
    image = noise(1100, 1000).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 200, 200))
    data = saved(image, "PNG")
    assert len(data) > LARGEST_UPLOAD
    upload = for_upload(data)
    assert len(upload) <= LARGEST_UPLOAD
    assert min(colour(opened(upload).convert("RGB"), (50, 50))) > 240


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1", "I;16"])
def test_every_way_to_hold_colours_can_be_made_smaller(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    data = saved(noise(500, 400).convert(mode) if mode != "I;16" else Image.new("I;16", (500, 400)), form)
    upload = sendable(data + bytes(3_000_000), 250_000)
    assert len(upload) <= 250_000
    assert opened(upload).mode == "RGB"


def _moving(form: str, side: int = 500) -> bytes:
    frames = [noise(side, side, seed).convert("RGB" if form == "WEBP" else "L") for seed in range(12)]
    return saved(frames[0], form, save_all=True, append_images=frames[1:], duration=[70] * 11 + [900], loop=0)


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP"])
def test_an_animation_keeps_its_movement_in_a_smaller_gif(form: str) -> None:
    data = _moving(form)
    assert len(data) > LARGEST_UPLOAD or form == "WEBP"
    made = sendable(data, LARGEST_UPLOAD)
    shown = opened(made)
    assert (shown.format, getattr(shown, "n_frames", 1), shown.info["loop"]) == ("GIF", 12, 0)
    assert len(made) <= LARGEST_UPLOAD
    assert shown.info["duration"] == 70
    shown.seek(11)
    assert shown.info["duration"] == 900


def test_an_animation_that_is_too_large_is_refused_and_never_stopped() -> None:
    with pytest.raises(BadPicture) as refused:
        sendable(_moving("GIF"), 100_000)
    assert refused.value.reason == MOVING


def test_a_still_gif_is_made_smaller() -> None:
    data = saved(noise(2000, 1800).convert("L"), "GIF")  # choosing its colours would take long
    assert len(data) > LARGEST_UPLOAD
    assert len(for_upload(data)) <= LARGEST_UPLOAD


def _truncated() -> bytes:
    return saved(noise(1800, 1200), "PNG")[:2_500_000]


def _gif_with_a_larger_frame() -> bytes:
    """Its head says 10 by 10, its frame 8,000 by 8,000."""
    frame = b"\x2c" + (0).to_bytes(2, "little") * 2 + (8_000).to_bytes(2, "little") * 2 + b"\0\x02\x02\x44\x01\0"
    return b"GIF89a\x0a\0\x0a\0\x80\0\0\0\0\0\xff\xff\xff" + frame + b"\x3b" + bytes(3_000_000)


def png_bomb(side: int) -> bytes:
    """A file of some bytes that claims a square of this side."""
    return png_that_claims(side, side) + (0).to_bytes(4) + b"IDAT" + zlib.crc32(b"IDAT").to_bytes(4)


def _png_with_a_bomb() -> bytes:
    """Deflated zeros behind a small claim: 60 MB of pixels that nobody asked for."""
    packed = zlib.compress(bytes(60_000_000))
    chunk = len(packed).to_bytes(4) + b"IDAT" + packed + zlib.crc32(b"IDAT" + packed).to_bytes(4)
    return png_that_claims(10, 10) + chunk


@pytest.mark.parametrize(("make", "reason"), [(_truncated, DAMAGED), (_gif_with_a_larger_frame, TOO_LARGE)])
def test_a_picture_that_cannot_be_decoded_within_bounds_is_refused(make: Callable[[], bytes], reason: str) -> None:
    with pytest.raises(BadPicture) as refused:
        for_upload(make())
    assert refused.value.reason == reason


def test_more_data_than_the_head_claims_is_not_unpacked() -> None:
    upload = for_upload(_png_with_a_bomb() + bytes(3_000_000))
    assert opened(upload).size == (10, 10)


@pytest.mark.parametrize(
    ("form", "format_"),
    [("WEBP", "JPEG"), ("AVIF", "JPEG"), ("BMP", "PNG"), ("TIFF", "PNG"), ("ICO", "PNG")],
)
def test_a_format_that_wechat_does_not_take_becomes_one_that_it_takes(form: str, format_: str) -> None:
    made = sendable(saved(Image.new("RGB", (64, 48), "#c02040"), form), 10**6)
    shown = opened(made)
    assert (shown.format, shown.mode) == (format_, "RGB")
    red, green, blue = colour(shown.convert("RGB"), (30, 20))
    assert abs(red - 0xC0) + abs(green - 0x20) + abs(blue - 0x40) < 20
    assert sendable(made, 10**6) is made, "once converted, it is taken as it is"


def test_transparency_stays_where_there_is_room_for_it() -> None:
    image = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    image.paste((200, 0, 0, 128), (0, 0, 30, 40))
    shown = opened(sendable(saved(image, "WEBP", lossless=True), 10**6))
    assert (shown.format, shown.getpixel((50, 20)), shown.getpixel((5, 5))) == ("PNG", (0, 0, 0, 0), (200, 0, 0, 128))


def test_a_small_photograph_on_its_side_becomes_upright_and_forgets_its_place() -> None:
    image = Image.new("RGB", (120, 80), "white")
    image.paste("red", (0, 0, 60, 80))  # the left half as stored, the upper half once turned
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    shown = opened(sendable(saved(image, "JPEG", exif=exif), 10**6))
    assert shown.size == (80, 120)
    assert colour(shown, (40, 20))[2] < 60 < 200 < colour(shown, (40, 100))[2]
    assert not shown.getexif()
    placed = Image.Exif()
    placed.get_ifd(GPS)[1] = "N"
    assert not opened(sendable(saved(image, "JPEG", exif=placed), 10**6)).getexif()
    named = Image.Exif()
    named[0x0131] = "an editor"
    data = saved(image, "JPEG", exif=named)
    assert sendable(data, 10**6) is data, "what does no harm is not written anew"


def test_colours_for_print_become_those_of_a_screen() -> None:
    shown = opened(sendable(saved(Image.new("CMYK", (40, 30), (0, 255, 255, 0)), "JPEG"), 10**6))
    assert shown.mode == "RGB"
    red, green, blue = colour(shown, (20, 15))
    assert red > 200
    assert max(green, blue) < 60


def test_colours_follow_the_description_in_the_picture() -> None:
    """As the description says that red is green: its colours are those of the description, not those of the numbers."""
    turned = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = turned.index(b"rXYZ", 128), turned.index(b"gXYZ", 128)
    turned[red : red + 4], turned[green : green + 4] = turned[green : green + 4], turned[red : red + 4]
    described = saved(Image.new("RGB", (40, 30), "red"), "TIFF", icc_profile=bytes(turned))
    shown = opened(sendable(described, 10**6))
    assert "icc_profile" not in shown.info
    assert shown.getpixel((20, 15)) == (0, 255, 0)
    broken = saved(Image.new("RGB", (40, 30), "red"), "TIFF", icc_profile=b"nonsense")
    assert opened(sendable(broken, 10**6)).getpixel((20, 15)) == (255, 0, 0)


def test_a_scan_in_finer_greys_is_not_white() -> None:
    shown = opened(sendable(saved(Image.new("I;16", (40, 30), 0x8000), "TIFF"), 10**6)).convert("RGB")
    assert shown.getpixel((20, 15)) == (128, 128, 128)


def test_a_long_screenshot_can_still_be_read() -> None:
    image = Image.new("RGB", (1080, 8_000), "white")
    strokes = noise(500, 8_000).convert("L").point(lambda grey: 255 if grey > 128 else 0)
    image.paste(strokes, (100, 0))
    data = saved(image, "BMP")
    assert len(data) > LARGEST_UPLOAD
    made = sendable(data, LARGEST_UPLOAD)
    assert opened(made).size == (1080, 8_000), "its width is not that of a photograph 8,000 high"
    assert len(made) <= LARGEST_UPLOAD


def test_a_photograph_of_50_million_pixels_is_decoded_in_half_of_its_size() -> None:
    made = sendable(saved(Image.new("L", (8_192, 6_144), 90), "JPEG"), LARGEST_UPLOAD)
    assert opened(made).size == (4_096, 3_072), "whole, it takes four times the memory, and would end as 4,099 × 3,074"


def test_a_photograph_of_108_million_pixels_is_made_smaller() -> None:
    shown = opened(sendable(saved(Image.new("L", (12_000, 9_000), 90), "JPEG"), LARGEST_UPLOAD))
    assert shown.width * shown.height < 13_000_000
    assert shown.width / shown.height == pytest.approx(4 / 3, abs=0.01)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF"])
def test_half_a_file_is_refused(form: str) -> None:
    whole = saved(noise(90, 90), form)
    with pytest.raises(BadPicture) as refused:
        sendable(whole[: len(whole) // 2], 10**6)
    assert refused.value.reason == DAMAGED


def test_half_an_animation_is_refused() -> None:
    whole = _moving("GIF", 100)
    assert sendable(whole, 10**6) is whole
    with pytest.raises(BadPicture) as refused:
        sendable(whole[: len(whole) // 2], 10**6)
    assert refused.value.reason == DAMAGED


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", DAMAGED),
        ("这是文字".encode(), UNKNOWN),
        (b"%PDF-1.7\n" + bytes(900), UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", UNKNOWN),
        (b"\0\0\0\x24ftypheic\0\0\0\0mif1MiHEheic" + bytes(900), HEIC),
        (b"\0\0\0\x20ftypisom\0\0\2\0isomavc1mp41" + bytes(900), UNKNOWN),
        (png_bomb(50_000), TOO_LARGE),
        (png_bomb(7_000), TOO_LARGE),
    ],
)
def test_what_cannot_be_sent_says_what_to_do(data: bytes, reason: str) -> None:
    with pytest.raises(BadPicture) as refused:
        sendable(data, LARGEST_UPLOAD)
    assert refused.value.reason == reason


def test_no_mutation_does_anything_but_shrink_or_be_refused() -> None:
    chance = random.Random(3)
    originals = [
        saved(noise(120, 90), "PNG"),
        saved(noise(120, 90), "JPEG"),
        saved(noise(120, 90).quantize(64), "GIF"),
        saved(noise(120, 90), "WEBP"),
        saved(noise(120, 90), "TIFF"),
        saved(noise(120, 90), "BMP"),
    ]
    for _ in range(200):
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randrange(1, 12)):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        try:
            made = sendable(bytes(data), 4000)
        except BadPicture:
            continue
        assert len(made) <= 4000
        assert read_header(made).width
