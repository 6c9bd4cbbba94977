"""Mark of the newest acknowledged push, kept beside the database.

A damaged log makes SQLite forget what stands behind the damage, without a word. The mark is written once a
second and never waited for, so it may be a little behind, and never ahead of what was committed.
"""

import contextlib
import logging
from pathlib import Path

from wxdesk.paths import write_private

log = logging.getLogger(__name__)

FILE = "desk.newest"
MOST = 2**53
"""More pushes than anybody will ever have: a number beyond is damage."""


class PushMark:
    """The id of the newest push that was acknowledged, in `file`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written = 0

    def read(self) -> int:
        """Return the id of the last run; 0 if none is noted."""
        with contextlib.suppress(OSError, ValueError):
            noted = int(self._file.read_text(encoding="ascii"))
            return noted if noted < MOST else 0
        return 0

    def write(self, newest: int) -> None:
        """Note an id; a disk that is full is told elsewhere."""
        if newest == self._written:
            return
        try:
            write_private(self._file, str(newest))
        except OSError as error:
            log.info("The newest message's number was not noted: errno %s", error.errno)
        else:
            self._written = newest

    def forget(self) -> None:
        """Note none, because pushes are removed on purpose."""
        self._written = 0
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
