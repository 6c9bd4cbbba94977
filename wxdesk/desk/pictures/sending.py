"""Sends replies with kept pictures: uploads these and puts in their media_ids.

Errors before the reply itself leaves have certainly not delivered anything, so none of it is "unknown".
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from wxdesk.core.errors import BadPicture, NotFound, NotSendable, NotSent, Refused, StoreError
from wxdesk.core.model.account import Account
from wxdesk.core.model.content import Content
from wxdesk.core.wechat.errcodes import ErrorAction, action_for
from wxdesk.desk.pictures.uploads import Uploads
from wxdesk.desk.ports import Sender, always

CLOSED = "wxdesk was closed before the picture was uploaded"
GONE = "the picture is no longer on this machine"


class PictureSender:
    """Fills `desk.ports.Sender`, around a sender that knows no kept pictures.

    A reply whose media_id WeChat no longer knows (40007) is uploaded and sent once more; WeChat certainly did
    not deliver it then. Replies that name a media_id themselves are sent as they are.
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
        ready = content
        if content.picture:
            known = refused.media_id if refused else ""
            ready = replace(ready, media_id=await self._uploaded(account, content.picture, known))
        if content.thumb_picture:
            known = refused.thumb_media_id if refused else ""
            ready = replace(ready, thumb_media_id=await self._uploaded(account, content.thumb_picture, known))
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
