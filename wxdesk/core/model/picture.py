"""Records of pictures: format, state of arrival, and facts of a kept picture."""

import re
from enum import StrEnum

from msgspec import Struct

DIGEST = re.compile(r"[0-9a-f]{64}")
"""Digest of a kept picture: SHA-256, in hexadecimal."""


class PictureFormat(StrEnum):
    """Picture format, one of the three WeChat takes; the value is its file extension."""

    PNG = "png"
    JPEG = "jpg"
    GIF = "gif"

    @property
    def media_type(self) -> str:
        """Name of the format on the web."""
        return f"image/{'jpeg' if self is PictureFormat.JPEG else self}"


class PictureState(StrEnum):
    """State of the picture that a contact's message names."""

    AWAITED = "awaited"
    KEPT = "kept"
    MISSING = "missing"


class Picture(Struct, frozen=True):
    """A kept picture, found by its `digest`: the SHA-256 of its bytes, in hex.

    `width` and `height` are pixels as stored, before a camera's note on
    orientation; `size` is bytes.
    """

    digest: str
    format: PictureFormat
    width: int
    height: int
    size: int
