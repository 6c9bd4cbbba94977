"""Adds a picture from a file, clipboard or drop, outside the window's thread."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage

from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import Picture
from wxdesk.desk.pictures.pictures import LARGEST_ORIGINAL, TOO_LARGE, Pictures

UNREADABLE = "The file cannot be read."


class PictureSource(Struct, frozen=True):
    """A picture to be read on any thread; `name` is empty without a file."""

    read: Callable[[], bytes]
    name: str = ""


class AddedPicture(Struct, frozen=True):
    """A stored picture; `size` counts the bytes to upload, fewer if it is shrunk."""

    picture: Picture
    size: int
    name: str = ""


def source_in(data: QMimeData) -> PictureSource | None:
    """Return the pasted or dropped picture; None without one, or with text beside it.

    Office programs put a picture of every text they copy beside it; a file's address is no such text.
    """
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    if files:
        return source_of(Path(files[0]))
    if data.hasImage() and not data.text().strip():
        image = data.imageData()
        return PictureSource(partial(encode_png, QImage(image))) if isinstance(image, QImage) else None
    return None


def source_of(path: Path) -> PictureSource:
    """Return the picture in a file."""
    return PictureSource(partial(read_file, path), path.name)


def read_file(path: Path) -> bytes:
    """Read a file; raises `BadPicture` if that fails or it is far too large."""
    try:
        if path.stat().st_size > LARGEST_ORIGINAL:
            raise BadPicture(TOO_LARGE)
        return path.read_bytes()
    except OSError:
        raise BadPicture(UNREADABLE) from None


def encode_png(image: QImage) -> bytes:
    """Encode a picture without a file as PNG; raises `BadPicture` if it is empty."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise BadPicture(UNREADABLE)
    return bytes(data.data())


async def add_picture(pictures: Pictures, source: PictureSource) -> AddedPicture:
    """Read `source` and store it; raises `BadPicture`, `StoreError`."""
    picture = await pictures.add(await asyncio.to_thread(source.read))
    return AddedPicture(picture, await pictures.upload_size(picture.digest), source.name)
