"""What the desk needs from the other rooms for pictures and typing, as Protocols: the rest of `desk.ports`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from wxdesk.core.model import Account, Picture, PictureFormat


class PictureFiles(Protocol):
    """The pictures' bytes, by digest. Its methods block; all but `path` belong in a thread."""

    def keep(self, picture: Picture, data: bytes) -> None:
        """Have `data` on disk when this returns; raises `StoreError`."""
        ...

    def read(self, digest: str) -> bytes:
        """The bytes; raises `NotFound`, or `StoreError` if they are not what they were."""
        ...

    def path(self, digest: str) -> Path | None:
        """The file, None if it is not on this machine."""
        ...


class Media(Protocol):
    """WeChat's temporary media: pictures only, for three days.

    Nothing reaches a contact by these calls, so none of them ends in `DeliveryUnknown`.
    """

    async def upload(self, account: Account, data: bytes, written: PictureFormat) -> str:
        """Give WeChat a picture; the media_id by which replies of this account can name it.

        Raises:
            NotSent: WeChat did not take it, or its answer got lost; it may be tried again.
            Refused: WeChat answered with an errcode.
        """
        ...

    async def fetch(self, account: Account, media_id: str, address: str = "") -> bytes:
        """What a customer sent: by its media_id, else from `address` if that is at one of WeChat's picture servers.

        At most 10 MB, and not yet known to be a picture.

        Raises:
            NotSent: it cannot be reached now; it may be tried again.
            Refused: WeChat answered with an errcode, and the address did not help.
            BadPicture: it is too large, or nothing was named.
        """
        ...


class TypingSender(Protocol):
    """WeChat's sign that somebody is typing ("对方正在输入")."""

    async def typing(self, account: Account, openid: str, *, on: bool) -> None:
        """Show it for 15 seconds, or end it. Does nothing for an account that may not.

        Raises:
            NotSent, Refused: it is not shown; nobody needs to be told.
        """
        ...
