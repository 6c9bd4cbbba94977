"""What the desk needs from the other rooms for pictures, as Protocols: the rest of `desk.ports`."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from wxdesk.core.model import Picture


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
