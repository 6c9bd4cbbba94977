"""The records of pictures: how they are written, whether one has arrived, and what is known of a kept one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PictureFormat(StrEnum):
    """How a picture is written; the three that WeChat takes. The word is also its file's extension."""

    PNG = "png"
    JPEG = "jpg"
    GIF = "gif"


class PictureState(StrEnum):
    """What became of the picture that a contact's message names."""

    AWAITED = "awaited"
    KEPT = "kept"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that this desk keeps, found by `digest`: the SHA-256 of its bytes, in hex.

    `width` and `height` are pixels as stored, before a camera's note on orientation; `size` is bytes.
    """

    digest: str
    format: PictureFormat
    width: int
    height: int
    size: int
