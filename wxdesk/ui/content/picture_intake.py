"""Takes in a picture from a file, the clipboard or a drop: read, encoded and kept away from the window's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData
from PySide6.QtGui import QImage

from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import Picture
from wxdesk.desk.pictures.pictures import LARGEST_ORIGINAL, TOO_LARGE, Pictures

UNREADABLE = "The file cannot be read."


@dataclass(frozen=True, slots=True)
class Source:
    """A picture that is not read yet. `name` is its file's, empty for one without; `read` runs on any thread."""

    read: Callable[[], bytes]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A kept picture. `size` is the bytes that will leave, fewer than the picture's own where it is made smaller."""

    picture: Picture
    size: int
    name: str = ""


def source_in(data: QMimeData) -> Source | None:
    """The picture that was pasted or dropped; None where there is none, or where text comes with it.

    Office programs put a picture of every text they copy beside it; a file's address is no such text.
    """
    files = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    if files:
        return source_of(Path(files[0]))
    if data.hasImage() and not data.text().strip():
        image = data.imageData()
        return Source(partial(encoded, QImage(image))) if isinstance(image, QImage) else None
    return None


def source_of(path: Path) -> Source:
    """A file."""
    return Source(partial(read_file, path), path.name)


def read_file(path: Path) -> bytes:
    """The bytes of a file; raises `BadPicture` if it cannot be read or is far too large to be a picture."""
    try:
        if path.stat().st_size > LARGEST_ORIGINAL:
            raise BadPicture(TOO_LARGE)
        return path.read_bytes()
    except OSError:
        raise BadPicture(UNREADABLE) from None


def encoded(image: QImage) -> bytes:
    """A picture without a file, such as a screenshot, as PNG; raises `BadPicture` if it has no pixels."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise BadPicture(UNREADABLE)
    return bytes(data.data())


async def take_in(pictures: Pictures, source: Source) -> Taken:
    """Read `source` and keep it; raises `BadPicture`, `StoreError`."""
    picture = await pictures.add(await asyncio.to_thread(source.read))
    return Taken(picture, await pictures.upload_size(picture.digest), source.name)
