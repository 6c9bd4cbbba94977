"""Ports for pictures, WeChat's temporary media, and the typing indicator."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from wxdesk.core.model.account import Account
from wxdesk.core.model.picture import Picture, PictureFormat


class PictureFiles(Protocol):
    """Files of the pictures, by digest; all methods but `path` block."""

    def keep(self, picture: Picture, data: bytes) -> None:
        """Write `data` to disk before returning; raises `StoreError`."""
        ...

    def read(self, digest: str) -> bytes:
        """Return the bytes; raises `NotFound`, or `StoreError` if they have changed."""
        ...

    def path(self, digest: str) -> Path | None:
        """Return the file, None if it is not on this machine."""
        ...


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture's upload to WeChat, for one account and three days."""

    media_id: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class AwaitedPicture:
    """A picture still to be fetched; the push's `address` may be anything."""

    message_id: int
    conversation_id: int
    account: str
    media_id: str
    address: str


class PictureRecords(Protocol):
    """Records of kept pictures, and of those still awaited for messages."""

    async def add(self, picture: Picture, at: datetime) -> None:
        """Record a kept picture, unless it is recorded already."""
        ...

    async def get(self, digest: str) -> Picture:
        """Return one picture; raises `NotFound`."""
        ...

    async def upload(self, account: str, digest: str) -> Uploaded | None:
        """Return the last upload of a picture for an account."""
        ...

    async def note_upload(self, account: str, digest: str, media_id: str, at: datetime) -> None:
        """Record an upload in place of the one before."""
        ...

    async def awaited(self, accounts: Collection[str], *, without: Collection[int], limit: int) -> list[AwaitedPicture]:
        """Return these accounts' awaited pictures, oldest message first, except `without`."""
        ...

    async def settle(self, message_id: int, picture: Picture, at: datetime) -> None:
        """Record the message's picture as kept."""
        ...

    async def mark_missing(self, message_id: int, problem: str) -> None:
        """Record that a picture will never come; `problem` is a sentence for `i18n.tr`."""
        ...

    async def give_up(self, before: datetime, problem: str) -> list[AwaitedPicture]:
        """Do like `mark_missing` for all awaited since before `before`; return these."""
        ...


class Media(Protocol):
    """WeChat's temporary media: pictures only, for three days.

    Nothing reaches a contact by these calls, so none of them ends in `DeliveryUnknown`.
    """

    async def upload(self, account: Account, data: bytes, written: PictureFormat) -> str:
        """Upload a picture; return its media_id for this account's replies.

        Raises:
            NotSent: WeChat did not take it, or its answer got lost; it may be tried again.
            Refused: WeChat answered with an errcode.
        """
        ...

    async def fetch(self, account: Account, media_id: str, address: str = "") -> bytes:
        """Fetch a contact's picture by its media_id, else from `address`.

        `address` is used only if it is at one of WeChat's picture servers. Returns at most 10 MB, not yet known to
        be a picture.

        Raises:
            NotSent: it cannot be reached now; it may be tried again.
            Refused: WeChat answered with an errcode, and the address did not help.
            BadPicture: it is too large, or nothing was named.
        """
        ...


class TypingSender(Protocol):
    """WeChat's typing indicator ("对方正在输入")."""

    async def typing(self, account: Account, openid: str, *, on: bool) -> None:
        """Show it for 15 seconds, or end it; nothing for accounts without permission.

        Raises:
            NotSent, Refused: it is not shown; nobody needs to be told.
        """
        ...
