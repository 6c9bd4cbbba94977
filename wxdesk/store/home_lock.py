"""Lock that gives a home folder to one desk at a time.

It is on a file there; the system releases it when the process dies. The lock is advisory and
belongs to the open file, not to the file's existence; a lock file left after a crash means nothing.
"""

import os
import sys
from pathlib import Path

from wxdesk.core.errors import HomeInUse
from wxdesk.store.failures import file_error

FILE = "desk.lock"


class HomeLock:
    """Lock held from `take` until `close`, or until the process ends."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, home: Path) -> "HomeLock":
        """Lock `home`.

        Raises:
            HomeInUse: another desk, in this process or another, has it.
            OSError: the folder cannot be written, or its file system knows no locks.
        """
        descriptor = os.open(home / FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor)
        except (BlockingIOError, PermissionError):
            os.close(descriptor)
            raise HomeInUse(home=str(home)) from None
        except OSError:
            os.close(descriptor)
            raise
        return cls(descriptor)

    @classmethod
    def is_taken(cls, home: Path) -> bool:
        """Tell if a desk has `home`, without creating a file; raises `StoreError`."""
        try:
            descriptor = os.open(home / FILE, os.O_RDWR)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise file_error(error) from None
        try:
            _lock(descriptor)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def close(self) -> None:
        """Release the lock; a second call does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
