"""Pictures of a team: bytes in the database, a bounded cache on each machine."""

import contextlib
import logging
import threading
from collections.abc import Collection, Iterable
from pathlib import Path

from sqlalchemy import Connection, bindparam, select

from wxdesk.core.content.picture_header import read_header
from wxdesk.core.errors import NotFound, StoreError, required
from wxdesk.core.model.picture import Picture
from wxdesk.store.engine.database import StorePart, insert_into, reading
from wxdesk.store.pictures.files import PictureFiles, verified
from wxdesk.store.schema.columns import Among
from wxdesk.store.schema.messaging import picture_chunks, pictures

log = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
"""Bytes of one chunk: each is sent and held in memory as a whole."""

_FIRST = picture_chunks.c.number == 0
_CHUNKS = (
    select(picture_chunks.c.bytes)
    .where(picture_chunks.c.digest == bindparam("digest"))
    .order_by(picture_chunks.c.number)
)


class PictureChunks(StorePart):
    """Bytes of pictures by digest in the table `picture_chunks`.

    A picture's chunks are written in one transaction, so it is there whole or not at all; the same picture from two
    machines at once is one. A table rather than large objects: it is copied, restored and removed like any other, has
    no owner a picture, and can be written through a pooler.
    """

    async def add(self, digest: str, data: bytes) -> None:
        """Commit all of `data`, unless it is there already."""
        if not await self.kept([digest]):
            await self._db.write_beside(_add, digest, data)

    @reading
    def read(self, connection: Connection, digest: str) -> bytes:
        """Return the bytes; raises `NotFound`, or `StoreError` if they have changed."""
        return _read(connection, digest)

    @reading
    def kept(self, connection: Connection, digests: Collection[str]) -> set[str]:
        """Return those of these digests whose bytes are here."""
        query = select(picture_chunks.c.digest).where(_FIRST, Among(picture_chunks.c.digest, digests))
        return set(connection.scalars(query))

    @reading
    def lacking(self, connection: Connection) -> list[str]:
        """Return the recorded pictures whose bytes are not here."""
        whole = select(picture_chunks.c.digest).where(_FIRST, picture_chunks.c.digest == pictures.c.digest)
        return list(connection.scalars(select(pictures.c.digest).where(~whole.exists()).order_by(pictures.c.digest)))


def _add(connection: Connection, digest: str, data: bytes) -> None:
    parts = (data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES))
    rows = [{"digest": digest, "number": number, "bytes": part} for number, part in enumerate(parts)]
    connection.execute(insert_into(connection, picture_chunks).on_conflict_do_nothing(), rows)


def _read(connection: Connection, digest: str) -> bytes:
    data = b"".join(connection.scalars(_CHUNKS, {"digest": digest}))
    return verified(digest, required(data, "picture"))


CACHE_BYTES = 512 * 1024 * 1024
"""Bytes of a machine's files: a few thousand pictures of customers."""


class PictureCache(PictureFiles):
    """Folder of at most `limit` bytes; the file not read for longest goes first."""

    def __init__(self, root: Path, limit: int = CACHE_BYTES) -> None:
        super().__init__(root)
        self._limit = limit
        self._size: int | None = None
        self._counting = threading.Lock()

    def digests(self) -> list[str]:
        """List the pictures that are here."""
        return [path.stem for path in self._root.glob("??/*")]

    def _keep(self, picture: Picture, data: bytes) -> None:
        super()._keep(picture, data)
        with self._counting:
            if self._size is None or self._size + len(data) > self._limit:
                self._size = self._make_room()
            else:
                self._size += len(data)

    def _find(self, digest: str) -> Path | None:
        path = super()._find(digest)
        if path is not None:
            with contextlib.suppress(OSError):
                path.touch()
        return path

    def _make_room(self) -> int:
        """Remove the oldest files beyond the limit; return the size of the rest."""
        found = []
        for one in self._root.glob("??/*"):
            with contextlib.suppress(OSError):  # another write has just ended, and its part is gone
                found.append((one.stat().st_mtime_ns, one.stat().st_size, one))
        found.sort()
        size = sum(bytes_ for _, bytes_, _ in found)
        enough = self._limit if size <= self._limit else self._limit * 4 // 5
        for _, bytes_, path in found[:-1]:  # the newest is about to be read
            if size <= enough:
                break
            with contextlib.suppress(OSError):  # Windows removes no file that is being read
                path.unlink()
                size -= bytes_
        return size


class SharedPictures:
    """Pictures in the database behind a cache."""

    def __init__(self, chunks: PictureChunks, cache: PictureCache) -> None:
        self._chunks = chunks
        self._cache = cache
        self._known: set[str] = set()

    async def begin(self, former: PictureFiles) -> None:
        """Take over the pictures of a folder, and clean the cache.

        `former` has those of a home from before and is left as it is. What another machine has removed goes from the
        cache.
        """
        self._cache.clear()
        cached = self._cache.digests()
        for digest in set(cached) - await self._chunks.kept(cached):
            await self._cache.remove(digest)
        taken, lacking = 0, await self._chunks.lacking()
        for digest in lacking:
            with contextlib.suppress(NotFound, StoreError):
                data = await former.read(digest)
                await self._chunks.add(digest, data)
                taken += 1
        if taken:
            log.info("%s of %s pictures were taken over from the folder into the database", taken, len(lacking))

    async def keep(self, picture: Picture, data: bytes) -> None:
        """Commit the bytes; raises `StoreError`."""
        await self._chunks.add(picture.digest, data)
        self._known.add(picture.digest)
        await self._remember(picture.digest, data)

    async def read(self, digest: str) -> bytes:
        """Return the bytes, from the cache if sound; raises `NotFound`, `StoreError`."""
        try:
            return await self._cache.read(digest)
        except NotFound:
            pass
        except StoreError:
            await self._cache.remove(digest)
        data = await self._chunks.read(digest)
        await self._remember(digest, data)
        return data

    def read_within(self, connection: Connection, digest: str) -> bytes:
        """Return the bytes inside a transaction; raises `NotFound`, `StoreError`."""
        return _read(connection, digest)

    async def path(self, digest: str) -> Path | None:
        """Return the file in the cache, filled if needed; raises `StoreError`."""
        found = await self._cache.path(digest)
        if found is None:
            with contextlib.suppress(NotFound):
                await self.read(digest)
                found = await self._cache.path(digest)
        return found

    async def look_for(self, digests: Iterable[str]) -> None:
        """Ask the database which of these it has; raises `StoreError`."""
        if wanted := set(digests) - self._known:
            self._known |= await self._chunks.kept(wanted)

    def holds(self, digest: str) -> bool:
        """Tell on any thread if a picture is kept that was looked for, or kept here."""
        return digest in self._known

    async def remove(self, digest: str) -> None:
        """Remove the file in the cache; the rows are removed with the picture's."""
        self._known.discard(digest)
        await self._cache.remove(digest)

    async def _remember(self, digest: str, data: bytes) -> None:
        header = read_header(data)
        picture = Picture(digest, header.format, header.width, header.height, len(data))
        with contextlib.suppress(StoreError):  # it is shown and sent from the database then
            await self._cache.keep(picture, data)
