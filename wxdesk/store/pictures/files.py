"""Picture files in a folder, named by the digest of their content.

A file is in the folder of its digest's first two letters and never changes. It is named only when whole
and on disk, so that a crash leaves either the picture or a nameless rest that the next start removes.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from wxdesk.core.errors import NotFound, Phrase, StoreError, required
from wxdesk.core.model.picture import DIGEST, Picture, PictureFormat
from wxdesk.core.system_failures import why_unusable
from wxdesk.paths import replace_file
from wxdesk.store.failures import DISK_FAULT

CHANGED = "the picture's file is not what it was"

_UNFINISHED = "??/.*", "??/*.part"
"""Names of files being written, by this version and by those up to 0.2."""


class PictureFiles:
    """Folder of picture files by digest."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def clear(self) -> None:
        """Remove unfinished files of a crash; the home lock keeps other desks out."""
        for rest in chain.from_iterable(map(self._root.glob, _UNFINISHED)):
            rest.unlink(missing_ok=True)

    async def keep(self, picture: Picture, data: bytes) -> None:
        """Write `data` to disk before returning; raises `StoreError`."""
        await asyncio.to_thread(self._keep, picture, data)

    async def read(self, digest: str) -> bytes:
        """Return the bytes; raises `NotFound`, or `StoreError` if they have changed."""
        return await asyncio.to_thread(self._read, digest)

    def read_within(self, _transaction: object, digest: str) -> bytes:
        """Do like `read` in the thread of a transaction."""
        return self._read(digest)

    async def path(self, digest: str) -> Path | None:
        """Return the file; None if it is not on this machine."""
        return await asyncio.to_thread(self._find, digest)

    async def look_for(self, digests: Iterable[str]) -> None:
        """Do nothing: `holds` looks itself."""

    def holds(self, digest: str) -> bool:
        """Tell on any thread if the picture is on this machine."""
        return self._find(digest) is not None

    async def remove(self, digest: str) -> None:
        """Remove a picture that nothing names any more."""
        path = await self.path(digest)
        if path is not None:
            with contextlib.suppress(OSError):
                await asyncio.to_thread(path.unlink)

    def _keep(self, picture: Picture, data: bytes) -> None:
        target = self._place(picture.digest, picture.format)
        with contextlib.suppress(NotFound, StoreError):
            self._read(picture.digest)
            return
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            replace_file(target, [data])
        except OSError as error:
            reason = Phrase("{file}: {reason}", file=self._root, reason=why_unusable(error))
            raise StoreError(reason=reason) from None

    def _read(self, digest: str) -> bytes:
        path = required(self._find(digest), "picture")
        try:
            data = path.read_bytes()
        except OSError:
            raise StoreError(reason=DISK_FAULT) from None
        return verified(digest, data)

    def _find(self, digest: str) -> Path | None:
        if not DIGEST.fullmatch(digest):  # it may come from a file that a person wrote, and names a path here
            return None
        return next((place for form in PictureFormat if (place := self._place(digest, form)).is_file()), None)

    def _place(self, digest: str, form: PictureFormat) -> Path:
        return self._root / digest[:2] / f"{digest}.{form.value}"


def verified(digest: str, data: bytes) -> bytes:
    """Return `data`; raises `StoreError` if its digest is another one."""
    if hashlib.sha256(data).hexdigest() != digest:
        raise StoreError(reason=CHANGED)
    return data
