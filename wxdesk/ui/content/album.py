"""Cache of small pictures, read outside the window's thread and bounded.

A customer's picture is only ever opened here, as a local file, in the size at which it is shown and with a
limit on what a decoder may allocate.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

from wxdesk.core.content.picture_header import MOST_OF_A_JPEG, MOST_PIXELS

type FindFile = Callable[[str], Awaitable[Path | None]]
"""Finds a picture's file by digest, on the other loop; None if there is none."""


type BackgroundCall = Callable[
    [Coroutine[Any, Any, QImage], Callable[[QImage], None], Callable[[Exception], None]], None
]
"""Runs a coroutine elsewhere and calls back here, as `Bridge.ask` does."""

AT_A_TIME = 2
"""Pictures that are read at the same time; each may need ALLOCATION_MB."""

AGAIN_MS = 10_000
"""Time after which a picture that could not be read is asked for again."""

CACHE_BYTES = 48 * 1024 * 1024
"""About 90 screens of pictures."""

ALLOCATION_MB = 256
"""Memory limit of one decoder: 40 million pixels of 4 bytes, and its own work."""

FORMATS = frozenset({b"png", b"jpeg", b"gif"})
"""Formats that WeChat takes; Qt would also open drawings that name other files."""

type _Key = tuple[str, int, int]


class Album(QObject):
    """Small pictures by digest and size.

    Signals:
        ready: the digest of a requested picture that can be shown now, or never can.
    """

    ready = Signal(str)

    def __init__(self, find_file: FindFile, ask: BackgroundCall, parent: QObject | None = None) -> None:
        super().__init__(parent)
        QImageReader.setAllocationLimit(ALLOCATION_MB)  # Qt has one for the whole process
        self._find_file = find_file
        self._ask = ask
        self._kept: OrderedDict[_Key, QImage] = OrderedDict()
        self._bytes = 0
        self._wanted: dict[_Key, None] = {}
        self._reading: set[_Key] = set()

    def picture(self, digest: str, size: QSize) -> QImage | None:
        """Return the picture within `size`; None until it is read, null if unreadable."""
        key = (digest, size.width(), size.height())
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if key not in self._reading:
            self._wanted.pop(key, None)
            self._wanted[key] = None
            self._go_on()
        return None

    def _go_on(self) -> None:
        """Read the picture that was asked for last: it is in sight now."""
        while self._wanted and len(self._reading) < AT_A_TIME:
            key, _ = self._wanted.popitem()
            self._reading.add(key)
            digest, *size = key
            work = read_kept(digest, self._find_file, QSize(*size))
            self._ask(work, partial(self._take_in, key), partial(self._fail, key))

    def _fail(self, key: _Key, _error: Exception) -> None:
        self._take_in(key, QImage())
        QTimer.singleShot(AGAIN_MS, self, partial(self._kept.pop, key, None))

    def _take_in(self, key: _Key, image: QImage) -> None:
        self._reading.discard(key)
        self._kept[key] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > CACHE_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].sizeInBytes()
        self.ready.emit(key[0])
        self._go_on()


async def read_kept(digest: str, find_file: FindFile, within: QSize) -> QImage:
    """Read a picture on a thread of its own; Qt releases the interpreter meanwhile."""
    path = await find_file(digest)
    return QImage() if path is None else await asyncio.to_thread(read_picture, path, within)


def read_picture(path: Path, within: QSize) -> QImage:
    """Read a picture, upright and within `within`; null if it is none or too large."""
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    pixels, written = size.width() * size.height(), bytes(reader.format().data())
    if written not in FORMATS or not size.isValid() or pixels > (MOST_OF_A_JPEG if written == b"jpeg" else MOST_PIXELS):
        return QImage()
    turned = QImageIOHandler.Transformation.TransformationRotate90 in reader.transformation()
    room = (within.transposed() if turned else within).boundedTo(size if pixels <= MOST_PIXELS else size / 2)
    if size.width() > room.width() or size.height() > room.height():
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    return reader.read()
