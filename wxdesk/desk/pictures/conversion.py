"""Decodes operators' pictures: to see if they are whole, and to convert them.

Contacts' pictures are never decoded here; the window shows those, within its own limits.
"""

import io
import logging
from collections.abc import Iterator
from math import sqrt

from PIL import ExifTags, Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from wxdesk.core.content.picture_header import MOST_OF_A_JPEG, MOST_PIXELS, TOO_LARGE
from wxdesk.core.errors import BadPicture

log = logging.getLogger(__name__)

UNKNOWN = (
    "This is not a picture that wxdesk can read. If another program shows it, copy it there and paste it here, "
    "or take a screenshot."
)
HEIC = (
    "wxdesk cannot read HEIC pictures of an iPhone. Open it, copy it there and paste it here, or take a screenshot. "
    "With “Settings > Camera > Formats > Most Compatible”, the iPhone makes JPEG pictures from now on."
)
DAMAGED = "The picture is damaged or incomplete. Save or download it again."
MOVING = "An animation of more than 2 MB cannot be made smaller without losing its movement. Use a smaller one."

_TAKEN = ("PNG", "JPEG", "GIF")
_READ = (*_TAKEN, "WEBP", "AVIF", "BMP", "DIB", "TIFF", "ICO")
_PHOTOGRAPHS = ("JPEG", "MPO", "WEBP", "AVIF")
"""Formats that have lost details already, so that a JPEG loses little more."""

_MOVING = ("GIF", "PNG", "WEBP", "AVIF")
_HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypheim", b"ftypheis", b"ftypmif1", b"ftypmsf1")
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"II*\0", b"MM\0*")

_AREAS = (12_600_000, 4_900_000, 1_900_000, 800_000, 300_000)
"""Pixels, tried in order: of a photograph 4096, 2560, 1600, 1024, 640 a side.

Of a long screenshot, a bound on its sides would leave nothing to be read.
"""

_QUALITIES = (90, 80, 65)

_FRAMES = (640, 480, 360, 240)
"""Longer sides of an animation, tried in order."""

_MOST_FRAME_PIXELS = 400_000_000
"""Pixels of all frames together, decoded in some seconds."""

Image.MAX_IMAGE_PIXELS = None  # `_expect_room` has stricter bounds


def sendable(data: bytes, limit: int) -> bytes:
    """Return `data` if WeChat takes and shows it, else the same picture as it does.

    That takes up to some seconds and has at most `limit` bytes. Other formats become PNG or JPEG, animations GIF. A
    JPEG that lies on its side becomes upright, one for print (CMYK) gets the colours of a screen, and one that names
    its place forgets it. Transparency becomes white if there is no room for it. Raises `BadPicture`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_READ) as opened:
            return _sendable(opened, data, limit)
    except BadPicture:
        raise
    except UnidentifiedImageError:
        raise BadPicture(_why_unidentified(data)) from None
    except Exception:  # decoders raise all kinds of errors where a file is damaged
        log.info("A picture could not be decoded", exc_info=True)
        raise BadPicture(DAMAGED) from None


def _why_unidentified(data: bytes) -> str:
    if data[4:12] in _HEIC:
        return HEIC
    return DAMAGED if not data or data.startswith(_BEGINNINGS) or data[4:12] == b"ftypavif" else UNKNOWN


def _sendable(opened: Image.Image, data: bytes, limit: int) -> bytes:
    _expect_room(opened)
    pixels = opened.width * opened.height * getattr(opened, "n_frames", 1) if opened.format in _MOVING else 0
    moves = pixels > opened.width * opened.height
    if len(data) <= limit and _is_shown(opened):
        opened.draft("RGB", (1, 1))  # a JPEG in an eighth of its size, an eighth of the time and memory
        opened.load()
        if moves and pixels <= _MOST_FRAME_PIXELS:
            opened.seek(getattr(opened, "n_frames", 1) - 1)
            opened.load()
        return data
    if pixels > _MOST_FRAME_PIXELS:
        raise BadPicture(MOVING)
    return _moving(opened, limit) if moves else _still(opened, limit)


def _expect_room(opened: Image.Image) -> None:
    """Refuse a bomb; a GIF's frame can be larger than the file's head says."""
    most = MOST_OF_A_JPEG if opened.format == "JPEG" else MOST_PIXELS
    if opened.width * opened.height > most:
        raise BadPicture(TOO_LARGE)


def _is_shown(opened: Image.Image) -> bool:
    """Tell if phones show it as it is meant, and it tells no more than it shows."""
    if opened.format != "JPEG":
        return opened.format in _TAKEN
    notes = opened.getexif()
    upright = notes.get(ExifTags.Base.Orientation, 1) == 1 and not notes.get_ifd(ExifTags.IFD.GPSInfo)
    return upright and opened.mode != "CMYK" and opened.width * opened.height <= MOST_PIXELS


def _still(opened: Image.Image, limit: int) -> bytes:
    opened.draft("RGB", _within(opened.size, _AREAS[0] * 3 // 4))  # half of 48 or 50 million is just below the first
    exact = opened.format not in _PHOTOGRAPHS
    image = _in_screen_colours(ImageOps.exif_transpose(opened))
    as_png = opened.format not in _TAKEN and (exact or image.mode == "RGBA")
    return next(version for version in _versions(image, as_png, exact) if len(version) <= limit)  # the last is tiny


def _versions(image: Image.Image, as_png: bool, exact: bool) -> Iterator[bytes]:
    """Yield the picture in less and less bytes."""
    if as_png:
        yield _saved(image, "PNG", icc_profile=None)
    white = _on_white(image)
    for area in _AREAS:
        smaller = white.resize(_within(white.size, area), Image.Resampling.LANCZOS, reducing_gap=2.0)
        for quality in _QUALITIES:
            yield _saved(smaller, "JPEG", quality=quality, optimize=True)
        if exact and area == _AREAS[0]:  # a long screenshot stays to be read; of a photograph, it is larger still
            yield _saved(_in_few_colours(white, 64), "PNG")


def _in_few_colours(image: Image.Image, colours: int) -> Image.Image:
    return image.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _within(size: tuple[int, int], area: int) -> tuple[int, int]:
    width, height = size
    factor = min(1.0, sqrt(area / (width * height)))
    return max(1, round(width * factor)), max(1, round(height * factor))


def _in_screen_colours(image: Image.Image) -> Image.Image:
    """Return it as RGB or RGBA, by its own description of its colours."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith(("I", "F")):  # finer greys than Pillow converts: of scanners
        return image.convert("I").point(lambda grey: grey / 256).convert("L").convert("RGB")
    profile = image.info.get("icc_profile")
    if profile:
        direct = image if image.mode in ("RGB", "RGBA", "CMYK", "L") else image.convert(mode)
        try:
            its, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(direct, its, srgb, outputMode=mode) or direct
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a damaged description, or one of other colours
    return image.convert(mode)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode == "RGB":
        return image
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")


def _saved(image: Image.Image, written: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, written, **options)
    return out.getvalue()


def _moving(opened: Image.Image, limit: int) -> bytes:
    """Return a GIF, made smaller as far as needed."""
    frames, times = [], []
    for frame in ImageSequence.Iterator(opened):
        _expect_room(frame)
        frames.append(_on_white(_in_screen_colours(frame)))
        times.append(round(frame.info.get("duration", 100)))
        frames[-1].thumbnail((_FRAMES[0], _FRAMES[0]), Image.Resampling.LANCZOS)
    repeats = {"loop": opened.info["loop"]} if "loop" in opened.info else {}
    for side in _FRAMES:
        for frame in frames:
            frame.thumbnail((side, side), Image.Resampling.LANCZOS)
        first, *others = (_in_few_colours(frame, 256) for frame in frames)
        found = _saved(first, "GIF", save_all=True, append_images=others, duration=times, **repeats)
        if len(found) <= limit:
            return found
    raise BadPicture(MOVING)
