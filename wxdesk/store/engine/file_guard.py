"""Guard of an open SQLite file: notices that it is removed, replaced or cut.

The system lets a program write on into a file that has no name any more, and SQLite does not look. What is
acknowledged then is gone at the next start.
"""

from pathlib import Path

from wxdesk.core.errors import StoreError

REMOVED = "the database file was removed while wxdesk was running"
REPLACED = "the database file was replaced while wxdesk was running"
CUT = "the database file was cut while wxdesk was running"


class FileGuard:
    """Compares the file and its log at their paths with those that were opened.

    A file put back in time is fine again: each check looks anew.
    """

    def __init__(self, file: Path) -> None:
        self._paths = (file, file.with_name(f"{file.name}-wal"))
        self._opened: dict[Path, tuple[int, int]] = {}
        self._size = 0
        self.log_size = 0
        """Bytes of the log at the last check."""

    def check(self) -> None:
        """Raise `StoreError` if commits no longer reach the file at the path."""
        for path in self._paths:
            try:
                found = path.stat()
            except FileNotFoundError:
                if path in self._opened:
                    raise StoreError(reason=REMOVED) from None
                continue
            if self._opened.setdefault(path, (found.st_dev, found.st_ino)) != (found.st_dev, found.st_ino):
                raise StoreError(reason=REPLACED)
            if path is self._paths[0]:
                # Without VACUUM, which nobody calls here, the file only grows.
                if found.st_size < self._size:
                    raise StoreError(reason=CUT)
                self._size = found.st_size
            else:
                self.log_size = found.st_size
