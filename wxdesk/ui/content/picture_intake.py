"""Adds pictures from files, clipboard or drops, outside the window's thread."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QKeyEvent, QKeySequence

from wxdesk.core.content.picture_header import TOO_LARGE
from wxdesk.core.errors import BadInput, BadPicture
from wxdesk.core.system_failures import naming_file
from wxdesk.desk.pictures.pictures import LARGEST_ORIGINAL, Pictures
from wxdesk.i18n import explain, ntr, size_text, tr

UNREADABLE = "The picture cannot be read."

MOST_AT_ONCE = 9
"""Most pictures that are taken at once, as in WeChat itself."""

_PNG = "image/png"


class PictureSource(Struct, frozen=True):
    """A picture to be read on any thread; `name` is empty without a file."""

    read: Callable[[], bytes]
    name: str = ""


def has_pictures(data: QMimeData) -> bool:
    """Tell if a picture or a file was pasted or dropped, without reading it.

    Office programs put a picture beside every text, browsers the address of a picture, which Qt also gives as text.
    """
    if any(url.isLocalFile() for url in data.urls()):
        return True
    return data.hasImage() and (not data.text().strip() or _is_address(data))


def _is_address(data: QMimeData) -> bool:
    words = data.text().split()
    alone = len(words) == 1 and words[0].startswith(("http://", "https://", "data:", "blob:"))
    return alone and (data.hasUrls() or "<img" in data.html().lower())


def sources_in(data: QMimeData) -> Sequence[PictureSource]:
    """Return the pasted or dropped pictures; a file may turn out to be none."""
    if not has_pictures(data):
        return ()
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if files:
        return [source_of(file) for file in files]
    if data.hasFormat(_PNG):
        return (PictureSource(partial(bytes, data.data(_PNG).data())),)
    image = data.imageData()
    return (PictureSource(partial(encode_png, QImage(image))),) if isinstance(image, QImage) else ()


def accepts(event: QDropEvent) -> bool:
    """Accept pictures that are held over a widget or dropped; False of others."""
    wanted = has_pictures(event.mimeData())
    if wanted:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    return wanted


def pasted_by(event: QKeyEvent) -> Sequence[PictureSource]:
    """Return the pictures of the clipboard if this key pastes."""
    pastes = event.matches(QKeySequence.StandardKey.Paste)
    return sources_in(QGuiApplication.clipboard().mimeData()) if pastes else ()


def source_of(path: Path) -> PictureSource:
    """Return the picture in a file."""
    return PictureSource(partial(read_file, path), path.name)


def read_file(path: Path) -> bytes:
    """Read a file; raises `BadInput` if that fails or it is far too large."""
    with naming_file(path.name):
        if path.stat().st_size > LARGEST_ORIGINAL:
            raise BadPicture(TOO_LARGE)
        return path.read_bytes()


def encode_png(image: QImage) -> bytes:
    """Encode a picture without a file as PNG; raises `BadPicture` if it is empty."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise BadPicture(UNREADABLE)
    return bytes(data.data())


async def add_pictures(
    pictures: Pictures, sources: Sequence[PictureSource], most: int
) -> tuple[dict[str, str], list[str]]:
    """Read and store `most` pictures in turn; raises `StoreError`.

    Returns each one's digest with its name and sizes, and why others were refused.
    """
    added: dict[str, str] = {}
    refused: list[str] = []
    for source in sources[:most]:
        try:
            data = await asyncio.to_thread(source.read)
            picture = await pictures.add(data)
            added[picture.digest] = _size_note(source.name, len(data), picture.size)
        except BadPicture as error:
            refused.append(f"{source.name}: {explain(error)}" if source.name else explain(error))
        except BadInput as error:  # that names the file itself
            refused.append(explain(error))
    if len(sources) > most:
        refused.append(ntr("Only {n} picture is taken here.", "Only {n} pictures are taken at once.", most))
    return added, refused


def _size_note(name: str, own_size: int, kept_size: int) -> str:
    size, own = size_text(kept_size), size_text(own_size)
    said = size if kept_size == own_size else tr("{size}, made fit for WeChat from {own}", size=size, own=own)
    return f"{name} · {said}" if name else said
