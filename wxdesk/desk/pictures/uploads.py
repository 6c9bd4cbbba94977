"""Uploads kept pictures when replies need them, and again before they expire.

WeChat keeps an uploaded picture for three days ("上传临时素材"), for one account, and any number of replies may
name it. So an upload is remembered, and replies that need the same one at the same time share it.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from wxdesk.core.content.picture_header import read_header
from wxdesk.core.errors import BadPicture, NotFound, NotSendable, NotSent, Refused, StoreError
from wxdesk.core.model.account import Account
from wxdesk.core.model.reply import Content
from wxdesk.core.wechat.errcodes import ErrorAction, action_for
from wxdesk.desk.ports import Clock, Media, Sender, always
from wxdesk.store.pictures import PictureBytes
from wxdesk.store.pictures.pictures import PictureRecords
from wxdesk.threads import end_tasks

LARGEST_UPLOAD = 2 * 1024 * 1024
"""Most bytes of an upload.

WeChat's page says 2 MB in its notes and 10 MB in its list ("上传临时素材"); the smaller one always works.
"""

GOOD_FOR = timedelta(days=2.5)
"""Time for which an upload is trusted, half a day less than WeChat keeps it."""

REFUSED_AGAIN = 40007
"""WeChat's errcode for an unknown media_id."""

type _Key = tuple[str, str, str]
"""Account, digest, and the refused media_id (or empty).

An upload begun without knowledge of the refusal is not shared with one that knows of it.
"""


class Uploads:
    """The media_ids of kept pictures, by account."""

    def __init__(self, records: PictureRecords, files: PictureBytes, media: Media, clock: Clock) -> None:
        self._records = records
        self._files = files
        self._media = media
        self._clock = clock
        self._flights: dict[_Key, asyncio.Task[str]] = {}

    async def media_id(self, account: Account, digest: str, *, refused: str = "") -> str:
        """Return the picture's media_id, uploading it if needed.

        `refused` is one that WeChat no longer knows (40007).

        Raises:
            NotFound, BadPicture: the picture is gone from this machine, or cannot be made small enough.
            StoreError: it cannot be read now.
            NotSent, Refused: WeChat did not take it, or gives the refused media_id again.
        """
        # Shielded: a reply that is given up must not take the others' upload away.
        found = await asyncio.shield(self._flight(account, digest, refused))
        if refused and found == refused:
            raise Refused(REFUSED_AGAIN, "invalid media_id")
        return found

    async def close(self) -> None:
        """Cancel running uploads."""
        await end_tasks(self._flights.values())

    def _flight(self, account: Account, digest: str, refused: str) -> asyncio.Task[str]:
        key = (account.name, digest, refused)
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(
                self._found_or_uploaded(account, digest, refused), name=f"upload for {account.name}"
            )
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return flight

    def _landed(self, key: _Key, flight: asyncio.Task[str]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # taken note of here, in case nobody waits for it any more

    async def _found_or_uploaded(self, account: Account, digest: str, refused: str) -> str:
        known = await self._records.upload(account.name, digest)
        if known is not None and known.media_id != refused and self._clock() - known.uploaded_at < GOOD_FOR:
            return known.media_id
        data = await asyncio.to_thread(for_upload, await self._files.read(digest))
        began = self._clock()
        media_id = await self._media.upload(account, data, read_header(data).format)
        await self._records.note_upload(account.name, digest, media_id, began)
        return media_id


def for_upload(data: bytes) -> bytes:
    """Return `data`, smaller if an earlier version kept more; raises `BadPicture`."""
    if len(data) <= LARGEST_UPLOAD:
        return data
    from wxdesk.desk.pictures.conversion import sendable  # with Pillow, which a start does not wait for

    return sendable(data, LARGEST_UPLOAD)


CLOSED = "wxdesk was closed before the picture was uploaded"
GONE = "the picture is no longer on this machine"


class PictureSender:
    """Fills `desk.ports.Sender`, around a sender that knows no kept pictures.

    A reply whose media_id WeChat no longer knows (40007) is uploaded and sent once more; WeChat certainly did
    not deliver it then. Replies that name a media_id themselves are sent as they are. Errors before the reply itself
    leaves have certainly not delivered anything, so none of it is "unknown".
    """

    def __init__(self, sender: Sender, uploads: Uploads) -> None:
        self._sender = sender
        self._uploads = uploads

    async def send(
        self,
        account: Account,
        openid: str,
        content: Content,
        reply_id: int | None = None,
        may_leave: Callable[[], bool] = always,
    ) -> None:
        """See `desk.ports.Sender.send`."""
        ready = await self._with_media(account, content)
        try:
            await self._sender.send(account, openid, ready, reply_id, may_leave)
        except Refused as error:
            if ready is content or action_for(error.errcode) is not ErrorAction.REUPLOAD:
                raise
            again = await self._with_media(account, content, refused=ready)
            await self._sender.send(account, openid, again, reply_id, may_leave)

    async def _with_media(self, account: Account, content: Content, refused: Content | None = None) -> Content:
        known, ready = refused or Content(), content
        if content.picture:
            ready = replace(ready, media_id=await self._uploaded(account, content.picture, known.media_id))
        if content.thumb_picture:
            cover = await self._uploaded(account, content.thumb_picture, known.thumb_media_id)
            ready = replace(ready, thumb_media_id=cover)
        return ready

    async def _uploaded(self, account: Account, digest: str, refused: str) -> str:
        try:
            return await self._uploads.media_id(account, digest, refused=refused)
        except NotFound:
            raise NotSendable(GONE) from None
        except BadPicture as error:
            raise NotSendable(error.reason) from None
        except StoreError as error:
            raise NotSent(str(error)) from None
        except asyncio.CancelledError:
            # The caller takes a cancelled send for one whose fate is unknown. This one's is known.
            raise NotSent(CLOSED) from None
