"""Reader of a picture's format and size from its first bytes, without decoding.

Pictures come from strangers. So nothing here trusts a name or a Content-Type, no decoder runs before the
number of pixels is known, and anything but a plain PNG, JPEG or GIF is refused. These are the formats that
WeChat takes ("上传临时素材") and, made by WeChat, the ones that customers' pictures come in.
"""

from msgspec import Struct

from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import PictureFormat

MOST_PIXELS = 40_000_000
"""Most pixels opened (a camera has 24 million): a small file can claim far more."""

MOST_OF_A_JPEG = 3 * MOST_PIXELS
"""Most pixels of a JPEG, opened in half of its size; phones make 108 million."""

NOT_A_PICTURE = "This is not a PNG, JPEG or GIF picture."
BROKEN = "The picture is damaged."
TOO_MANY_PIXELS = "The picture has more than 40 million pixels."
TOO_LARGE = "The picture is too large to be opened. Make it smaller, or take a screenshot of it."

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_GIF = (b"GIF87a", b"GIF89a")

# Start-of-frame segments carry the measures; of C0…CF three are something else (Huffman, JPG, arithmetic tables).
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL = frozenset({0xC0, 0xC1})
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})
_NO_FRAME_AFTER = frozenset({0xD9, 0xDA})


class PictureHeader(Struct, frozen=True):
    """A picture's format, and its width and height in pixels."""

    format: PictureFormat
    width: int
    height: int


def read_header(data: bytes) -> PictureHeader:
    """Read the format and size of the picture that begins with `data`.

    Raises:
        BadPicture: it is none of the three formats, states no size, or has too many pixels to be opened.
    """
    most = MOST_PIXELS
    if data.startswith(_PNG):
        found, (width, height) = PictureFormat.PNG, _png_measures(data)
    elif data.startswith(_JPEG):
        found, (width, height, most) = PictureFormat.JPEG, _jpeg_measures(data)
    elif data.startswith(_GIF):
        found, (width, height) = PictureFormat.GIF, _gif_measures(data)
    else:
        raise BadPicture(NOT_A_PICTURE)
    if not width or not height:
        raise BadPicture(BROKEN)
    if width * height > most:
        raise BadPicture(TOO_MANY_PIXELS)
    return PictureHeader(found, width, height)


def _png_measures(data: bytes) -> tuple[int, int]:
    if len(data) < 24 or data[12:16] != b"IHDR":
        raise BadPicture(BROKEN)
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _gif_measures(data: bytes) -> tuple[int, int]:
    if len(data) < 10:
        raise BadPicture(BROKEN)
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _jpeg_measures(data: bytes) -> tuple[int, int, int]:
    """Return width, height and the most pixels; progressive ones are decoded whole."""
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # a filling byte
            place += 1
        elif marker in _WITHOUT_LENGTH:
            place += 2
        elif marker in _NO_FRAME_AFTER:
            break
        elif marker in _FRAMES and place + 9 <= len(data):
            height, width = (int.from_bytes(data[place + at : place + at + 2]) for at in (5, 7))
            return width, height, MOST_OF_A_JPEG if marker in _SEQUENTIAL else MOST_PIXELS
        else:
            place += 2 + max(2, int.from_bytes(data[place + 2 : place + 4]))
    raise BadPicture(BROKEN)
