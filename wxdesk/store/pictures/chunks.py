"""Bytes of pictures as rows, for a database that a team shares.

A picture's chunks are written in one transaction, so it is there whole or not at all; the same picture from two
machines at once is one. A table rather than large objects: it is copied, restored and removed like any other, has no
owner a picture, and can be written through a pooler.
"""

from collections.abc import Collection
from itertools import batched

from sqlalchemy import Connection, bindparam, select

from wxdesk.core.errors import NotFound
from wxdesk.store.engine.database import MAX_IDS, StorePart, insert_into, reading
from wxdesk.store.pictures.files import verified
from wxdesk.store.schema.messaging import picture_chunks, pictures

CHUNK_BYTES = 256 * 1024
"""Bytes of one chunk: each is sent and held in memory as a whole."""

_FIRST = picture_chunks.c.number == 0
_CHUNKS = (
    select(picture_chunks.c.bytes)
    .where(picture_chunks.c.digest == bindparam("digest"))
    .order_by(picture_chunks.c.number)
)


class PictureChunks(StorePart):
    """Bytes of pictures by digest in the table `picture_chunks`."""

    async def add(self, digest: str, data: bytes) -> None:
        """Commit all of `data`, unless it is there already."""
        if not await self.kept([digest]):
            await self._db.write(_add, digest, data)

    async def read(self, digest: str) -> bytes:
        """Return the bytes; raises `NotFound`, or `StoreError` if they have changed."""
        data = await self._db.read(_read, digest)
        if data is None:
            raise NotFound("picture")
        return verified(digest, data)

    @reading
    def kept(self, connection: Connection, digests: Collection[str]) -> set[str]:
        """Return those of these digests whose bytes are here."""
        found: set[str] = set()
        for some in batched(digests, MAX_IDS):
            query = select(picture_chunks.c.digest).where(_FIRST, picture_chunks.c.digest.in_(some))
            found.update(connection.scalars(query))
        return found

    @reading
    def lacking(self, connection: Connection) -> list[str]:
        """Return the recorded pictures whose bytes are not here."""
        whole = select(picture_chunks.c.digest).where(_FIRST, picture_chunks.c.digest == pictures.c.digest)
        return list(connection.scalars(select(pictures.c.digest).where(~whole.exists()).order_by(pictures.c.digest)))


def _add(connection: Connection, digest: str, data: bytes) -> None:
    parts = (data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES))
    rows = [{"digest": digest, "number": number, "bytes": part} for number, part in enumerate(parts)]
    connection.execute(insert_into(connection, picture_chunks).on_conflict_do_nothing(), rows)


def _read(connection: Connection, digest: str) -> bytes | None:
    return b"".join(connection.scalars(_CHUNKS, {"digest": digest})) or None
