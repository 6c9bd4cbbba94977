"""Kept pictures: added by the operator, shown in the window, sent with a reply.

A picture is known by its digest. The same picture twice is kept once.
"""

import asyncio
import hashlib

from wxdesk.core.content.picture_header import read_header
from wxdesk.core.errors import BadPicture
from wxdesk.core.model.picture import Picture
from wxdesk.desk.pictures.uploads import for_upload
from wxdesk.desk.ports import Clock, PictureBytes
from wxdesk.store.pictures.pictures import PictureRecords

LARGEST_ORIGINAL = 20 * 1024 * 1024
"""Most bytes of an operator's picture; it is shrunk before it is sent."""

TOO_LARGE = "The picture is larger than 20 MB."


class Pictures:
    """Kept pictures, by digest; `path` returns a file of one, to be read soon."""

    def __init__(self, records: PictureRecords, files: PictureBytes, clock: Clock) -> None:
        self._records = records
        self._files = files
        self.get, self.path = records.get, files.path
        self._clock = clock

    async def add(self, data: bytes) -> Picture:
        """Keep an operator's picture; it can be sent from now on, by its digest.

        data: a PNG, JPEG or GIF of at most 20 MB and 40 million pixels. One larger than WeChat's 2 MB is kept as it
        is and shrunk when it is sent.

        Raises:
            BadPicture: it is no such picture, is damaged, or is animated and too large for WeChat.
            StoreError: it could not be written.
        """
        picture = await asyncio.to_thread(_admitted, data)
        await self._files.keep(picture, data)
        await self._records.add(picture, self._clock())
        return picture

    async def upload_size(self, digest: str) -> int:
        """Return the bytes to upload, fewer if it is shrunk; raises `NotFound`."""
        return len((await asyncio.to_thread(for_upload, await self._files.read(digest))).data)

    async def remove(self, digest: str) -> None:
        """Remove the file of a picture that nothing names any more."""
        await self._files.remove(digest)


def _admitted(data: bytes) -> Picture:
    if len(data) > LARGEST_ORIGINAL:
        raise BadPicture(TOO_LARGE)
    picture = picture_record(data)
    if for_upload(data).data is data:  # whether it can be made small enough is known now, not when it leaves
        from wxdesk.desk.pictures.shrinking import expect_whole  # with Pillow, which a start does not wait for

        expect_whole(data)
    return picture


def picture_record(data: bytes) -> Picture:
    """Make the record of the picture in `data`; raises `BadPicture`."""
    header = read_header(data)
    digest = hashlib.sha256(data).hexdigest()
    return Picture(digest, header.format, header.width, header.height, len(data))
