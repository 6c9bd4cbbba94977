"""Records of pictures: kept ones, their uploads, and those that messages await."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Select, Update, select, update

from wxdesk.core.errors import required
from wxdesk.core.model.picture import Picture, PictureState
from wxdesk.store.engine.database import StorePart, insert_into, put_rows, reading, writing
from wxdesk.store.schema.messaging import AWAITED, conversations, messages, pictures, uploads


class Uploaded(Struct, frozen=True):
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


_COLUMNS = (messages.c.id, messages.c.conversation_id, messages.c.media_id, messages.c.pic_url, conversations.c.account)
_AWAITED: Select[Any] = select(*_COLUMNS).join_from(messages, conversations).where(AWAITED).order_by(messages.c.id)


class PictureRecords(StorePart):
    """Records of kept pictures, and of those still awaited for messages."""

    async def add(self, picture: Picture, at: datetime) -> None:
        """Record a kept picture, unless it is recorded already."""
        await self._db.write_beside(_add, picture, at)

    @reading
    def get(self, connection: Connection, digest: str) -> Picture:
        """Return one picture; raises `NotFound`."""
        query = select(pictures).where(pictures.c.digest == digest)
        row = required(connection.execute(query).one_or_none(), "picture")
        return Picture(row.digest, row.format, row.width, row.height, row.size)

    @reading
    def upload(self, connection: Connection, account: str, digest: str) -> Uploaded | None:
        """Return the last upload of a picture for an account."""
        query = select(uploads).where(uploads.c.account == account, uploads.c.digest == digest)
        row = connection.execute(query).one_or_none()
        return None if row is None else Uploaded(row.media_id, row.uploaded_at)

    @writing
    def note_upload(self, connection: Connection, account: str, digest: str, media_id: str, at: datetime) -> None:
        """Record an upload in place of the one before."""
        row = {"account": account, "digest": digest, "media_id": media_id, "uploaded_at": at}
        put_rows(connection, uploads, [row])

    async def awaited(self, accounts: Collection[str], *, without: Collection[int], limit: int) -> list[AwaitedPicture]:
        """Return these accounts' awaited pictures, oldest message first, except `without`."""
        here = conversations.c.account.in_(accounts)
        return await self._db.read(_find, _AWAITED.where(here, messages.c.id.not_in(without)).limit(limit))

    @writing
    def add_to_message(self, connection: Connection, message_id: int, picture: Picture, at: datetime) -> None:
        """Record the picture of a message, and the picture itself."""
        _add(connection, picture, at)
        kept = {"picture": picture.digest, "picture_state": PictureState.KEPT, "picture_problem": ""}
        connection.execute(update(messages).where(messages.c.id == message_id).values(kept))

    @writing
    def mark_missing(self, connection: Connection, message_id: int, problem: str) -> None:
        """Record that a picture will never come; `problem` is a sentence for `i18n.tr`."""
        connection.execute(_missing(problem).where(messages.c.id == message_id))

    async def give_up(self, before: datetime, problem: str) -> list[AwaitedPicture]:
        """Do like `mark_missing` for all awaited since before `before`; return these."""
        late = messages.c.received_at < before
        if not await self._db.read(_find, _AWAITED.where(late).limit(1)):
            return []  # nearly always: and then no turn to write is taken
        return await self._db.write(_give_up, _AWAITED.where(late), _missing(problem).where(late))


def _add(connection: Connection, picture: Picture, at: datetime) -> None:
    values = {name: getattr(picture, name) for name in ("digest", "format", "width", "height", "size")}
    connection.execute(insert_into(connection, pictures).values(added_at=at, **values).on_conflict_do_nothing())


def _find(connection: Connection, query: Select[Any]) -> list[AwaitedPicture]:
    return [
        AwaitedPicture(row.id, row.conversation_id, row.account, row.media_id or "", row.pic_url or "")
        for row in connection.execute(query)
    ]


def _give_up(connection: Connection, query: Select[Any], change: Update) -> list[AwaitedPicture]:
    found = _find(connection, query)
    connection.execute(change)
    return found


def _missing(problem: str) -> Update:
    return update(messages).where(AWAITED).values(picture_state=PictureState.MISSING, picture_problem=problem)
