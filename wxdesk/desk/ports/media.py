"""What the desk needs from the other rooms for pictures and typing, as Protocols: the rest of `desk.ports`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from wxdesk.core.model.account import Account
from wxdesk.core.model.picture import Picture, PictureFormat


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


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture as WeChat knows it, for one account and three days."""

    media_id: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class AwaitedPicture:
    """What is still to be fetched for a message. `address` is the one that the push named; it may be anything."""

    message_id: int
    conversation_id: int
    account: str
    media_id: str
    address: str


class PictureRecords(Protocol):
    """What is known about kept pictures, and about those that messages await."""

    async def add(self, picture: Picture, at: datetime) -> None:
        """Make a kept picture known; nothing happens if it is."""
        ...

    async def get(self, digest: str) -> Picture:
        """One picture; raises `NotFound`."""
        ...

    async def upload(self, account: str, digest: str) -> Uploaded | None:
        """The last upload of a picture for an account."""
        ...

    async def note_upload(self, account: str, digest: str, media_id: str, at: datetime) -> None:
        """Remember an upload instead of the one before."""
        ...

    async def awaited(self, accounts: Collection[str], *, without: Collection[int], limit: int) -> list[AwaitedPicture]:
        """Messages of these accounts whose picture is awaited, oldest first; the messages in `without` left out."""
        ...

    async def settle(self, message_id: int, picture: Picture, at: datetime) -> None:
        """The message's picture is kept; makes it known, too."""
        ...

    async def miss(self, message_id: int, problem: str) -> None:
        """The message's picture will never come; `problem` is an English sentence for `i18n.tr`."""
        ...

    async def give_up(self, before: datetime, problem: str) -> list[AwaitedPicture]:
        """The same for all that are awaited since before `before`; which ones these were."""
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
