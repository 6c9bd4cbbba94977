"""Pictures made small for showing, read away from the window's thread and kept in bounds.

A customer's picture is only ever opened here, as a local file, in the size at which it is shown and with a limit on
what a decoder may allocate.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageIOHandler, QImageReader

type FindFile = Callable[[str], Path | None]
"""The file of a picture by its digest, or None if it is not on this machine. Called on any thread."""

CACHE_BYTES = 48 * 1024 * 1024
"""About 90 screens of pictures."""

ALLOCATION_MB = 256
"""What one decoder may ask for: 40 million pixels of 4 bytes, and its own work on them."""

MOST_PIXELS = 40_000_000
"""Larger pictures are not opened; their header tells the size before anything is decoded."""

FORMATS = frozenset({b"png", b"jpeg", b"gif"})
"""Those that WeChat takes; Qt would open drawings that name other files, too."""

type _Key = tuple[str, int, int]


class Album(QObject):
    """Small pictures by digest and size.

    Signals:
        ready: the digest of a picture that was asked for and can be shown now, or never can.
    """

    ready = Signal(str)

    def __init__(self, find_file: FindFile, parent: QObject | None = None) -> None:
        super().__init__(parent)
        QImageReader.setAllocationLimit(ALLOCATION_MB)  # Qt has one for the whole process
        self._find_file = find_file
        self._kept: OrderedDict[_Key, QImage] = OrderedDict()
        self._bytes = 0
        self._asked: set[_Key] = set()
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(2)
        self._answers = _Answers()
        self._answers.read.connect(self._take_in, Qt.ConnectionType.QueuedConnection)

    def picture(self, digest: str, size: QSize) -> QImage | None:
        """The picture within `size` pixels; None while it is being read, a null image if it cannot be shown."""
        key = (digest, size.width(), size.height())
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        if key not in self._asked:
            self._asked.add(key)
            self._pool.start(_Reading(key, self._find_file, self._answers))
        return None

    def _take_in(self, key: _Key, image: QImage) -> None:
        self._asked.discard(key)
        self._kept[key] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > CACHE_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].sizeInBytes()
        self.ready.emit(key[0])


class _Answers(QObject):
    """Carries what a thread has read to the window's."""

    read = Signal(object, QImage)


class _Reading(QRunnable):
    """Reads one picture."""

    def __init__(self, key: _Key, find_file: FindFile, answers: _Answers) -> None:
        super().__init__()
        self._key = key
        self._find_file = find_file
        self._answers = answers

    def run(self) -> None:
        """On a thread of the pool."""
        digest, width, height = self._key
        path = self._find_file(digest)
        image = QImage() if path is None else read_picture(path, QSize(width, height))
        self._answers.read.emit(self._key, image)


def read_picture(path: Path, within: QSize) -> QImage:
    """The picture in `path`, upright and no larger than `within`; a null image if it is none or too large."""
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    size = reader.size()
    if bytes(reader.format().data()) not in FORMATS or not size.isValid() or size.width() * size.height() > MOST_PIXELS:
        return QImage()
    turned = QImageIOHandler.Transformation.TransformationRotate90 in reader.transformation()
    room = within.transposed() if turned else within
    if size.width() > room.width() or size.height() > room.height():
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    return reader.read()
