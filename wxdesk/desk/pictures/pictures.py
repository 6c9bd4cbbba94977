"""Kept pictures: added by the operator, shown in the window, sent with a reply.

A picture is known by its digest. The same picture twice is kept once.
"""

import asyncio
import hashlib

from wxdesk.core.content.picture_header import TOO_LARGE, read_header
from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import Picture
from wxdesk.desk.pictures.uploads import LARGEST_UPLOAD
from wxdesk.desk.ports import Clock
from wxdesk.store.pictures import PictureBytes
from wxdesk.store.pictures.pictures import PictureRecords

LARGEST_ORIGINAL = 50 * 1024 * 1024
"""Most bytes of an operator's picture: a screenshot as BMP has 30 MB."""


class Pictures:
    """Kept pictures, by digest.

    `path` returns a file of one, to be read soon; `remove` removes that of one that nothing names any more.
    """

    def __init__(self, records: PictureRecords, files: PictureBytes, clock: Clock) -> None:
        self._records = records
        self._files = files
        self.get, self.path, self.remove = records.get, files.path, files.remove
        self._clock = clock

    async def add(self, data: bytes) -> Picture:
        """Keep an operator's picture as WeChat takes it, to be sent by its digest.

        Raises:
            BadPicture: `desk.pictures.conversion` cannot make of it what WeChat takes.
            StoreError: it could not be written.
        """
        picture, kept = await asyncio.to_thread(_admitted, data)
        await self._files.keep(picture, kept)
        await self._records.add(picture, self._clock())
        return picture


def _admitted(data: bytes) -> tuple[Picture, bytes]:
    from wxdesk.desk.pictures.conversion import sendable  # with Pillow, which a start does not wait for

    if len(data) > LARGEST_ORIGINAL:
        raise BadPicture(TOO_LARGE)
    kept = sendable(data, LARGEST_UPLOAD)
    return picture_record(kept), kept


def picture_record(data: bytes) -> Picture:
    """Make the record of the picture in `data`; raises `BadPicture`."""
    header = read_header(data)
    digest = hashlib.sha256(data).hexdigest()
    return Picture(digest, header.format, header.width, header.height, len(data))
