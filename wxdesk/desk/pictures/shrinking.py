"""Decodes operators' pictures: to see if they are whole, and to shrink them.

Contacts' pictures are never decoded here; the window shows those, within its own limits.
"""

import io
import struct

from PIL import Image, ImageOps

from wxdesk.core.content.picture_header import BROKEN, MOST_PIXELS, TOO_MANY_PIXELS
from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import PictureFormat

MOVING = "An animation of more than 2 MB cannot be made smaller without losing its movement. Use a smaller one."

_FORMATS = ("PNG", "JPEG", "GIF")

_SIDES = (4096, 2560, 1600, 1024, 640)
"""Longer sides in pixels, tried in order; WeChat shows pictures at about 1,000."""

_QUALITIES = (90, 80, 65)

_DECODER_FAILURES = (
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    LookupError,
    TypeError,
    struct.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def expect_whole(data: bytes) -> None:
    """Decode a picture; raises `BadPicture` if it breaks off."""
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise BadPicture(TOO_MANY_PIXELS)
            opened.draft("RGB", (1, 1))  # a JPEG in an eighth of its size, an eighth of the time and memory
            opened.load()
    except _DECODER_FAILURES:
        raise BadPicture(BROKEN) from None


def shrunk(data: bytes, written: PictureFormat, limit: int) -> bytes:
    """Return an upright JPEG of at most `limit` bytes, after up to some seconds.

    Transparency becomes white.

    Raises:
        BadPicture: it cannot be decoded, or its animation would be lost.
    """
    try:
        return _shrunk(data, written, limit)
    except _DECODER_FAILURES:
        raise BadPicture(BROKEN) from None


def _shrunk(data: bytes, written: PictureFormat, limit: int) -> bytes:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
        if written is not PictureFormat.JPEG and getattr(opened, "is_animated", False):
            raise BadPicture(MOVING)
        if opened.width * opened.height > MOST_PIXELS:  # a GIF's frame can be larger than the file's head says
            raise BadPicture(TOO_MANY_PIXELS)
        opened.draft("RGB", (_SIDES[0], _SIDES[0]))
        image = _on_white(ImageOps.exif_transpose(opened))
    for side in _SIDES:
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            written_out = io.BytesIO()
            image.save(written_out, "JPEG", quality=quality, optimize=True)
            if written_out.tell() <= limit:
                return written_out.getvalue()
    raise BadPicture(BROKEN)  # 640 pixels at low quality never have 2 MB


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layers = image.convert("RGBA")
    ground = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(ground, layers).convert("RGB")
