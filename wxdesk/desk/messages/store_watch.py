"""Watch over database and disk: tells that nothing is kept, or soon may be."""

import asyncio
import shutil
import stat
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from wxdesk.core.errors import Phrase, StoreDamaged, StoreError, StoreTooNew, Text
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.setup.sentences import trouble
from wxdesk.i18n import counted, explanation
from wxdesk.store.failures import BUSY, DISK_FULL, POOLED, SILENT, STANDBY, UNREACHABLE

INTERVAL_SECONDS = 1.0
"""Time between two looks, so also until a fault or its end is told."""

ROOM = tuple(megabytes * 1024**2 for megabytes in (500, 100, 10, 1))
"""Bytes free on the home's disk below which that is told, and told again."""


def lost_messages(count: int) -> TroubleRaised:
    """Return the trouble of acknowledged messages that are not in the file."""
    text = counted(
        "{n} message that WeChat had handed over is missing: the database was damaged, or put back from an older copy. "
        "Look for it in WeChat's console, or ask the customer.",
        "{n} messages that WeChat had handed over are missing: the database was damaged, or put back from an older "
        "copy. Look for them in WeChat's console, or ask the customers.",
        count,
    )
    return TroubleRaised(TroubleArea.LOST_MESSAGES, text, passing=True)


_VERDICTS = {
    UNREACHABLE: CheckVerdict.DATABASE_UNREACHABLE,
    SILENT: CheckVerdict.DATABASE_UNREACHABLE,
    BUSY: CheckVerdict.DATABASE_UNREACHABLE,
    STANDBY: CheckVerdict.DATABASE_READ_ONLY,
    POOLED: CheckVerdict.DATABASE_POOLED,
    DISK_FULL: CheckVerdict.DISK_FULL,
}
"""Verdicts by the reason of an error."""


def database_failure(error: StoreError) -> Finding:
    """Return the finding about a database that cannot be used."""
    if isinstance(error, (StoreDamaged, StoreTooNew)):
        values: dict[str, Text] = {"cause": "file", "reason": explanation(error)}
        return Finding(Check.DATABASE, CheckVerdict.DATABASE_FAILED, values=values)
    verdict = _VERDICTS.get(str(error.values.get("reason")), CheckVerdict.DATABASE_FAILED)
    return Finding(Check.DATABASE, verdict, values={"reason": explanation(error)})


def unsafe_database(settings: str) -> Finding:
    """Return the finding about a server's settings by which it may lose commits."""
    return Finding(Check.DATABASE, CheckVerdict.DATABASE_UNSAFE, values={"settings": settings})


def disk_room(home: Path, free: int, verdict: CheckVerdict = CheckVerdict.DISK_FULL) -> Finding:
    """Return the finding about the bytes free on the disk of a folder."""
    return Finding(Check.DISK, verdict, values={"free": f"{free // 1024**2} MB", "path": str(home)})


def open_home(home: Path) -> Finding | None:
    """Return the finding about a folder into which everybody may write; else None."""
    if sys.platform == "win32" or not home.stat().st_mode & stat.S_IWOTH:
        return None
    return Finding(Check.FOLDER, CheckVerdict.HOME_OPEN, values={"path": str(home)})


class StoreWatch:
    """Runs `check` every second and looks at the disk of `home`; tells troubles.

    `accepts` is false while nothing can be committed.
    """

    accepts = True

    def __init__(self, check: Callable[[], Awaitable[str]], publish: Callable[[Event], None], home: Path) -> None:
        self._check = check
        self._publish = publish
        self._home = home
        self._scarcity = 0

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self.check_once()
            with suppress(OSError):  # a folder that is gone is told by the database
                self.look_at_disk()
                self.look_at_folder()
            await asyncio.sleep(INTERVAL_SECONDS)

    async def check_once(self) -> None:
        """Check once."""
        try:
            unsafe = await self._check()
            if not self.accepts:
                self._publish(TroubleRaised(TroubleArea.DATABASE, ""))
            self.accepts = True
            told = trouble(unsafe_database(unsafe)) if unsafe else ""
            self._publish(TroubleRaised(TroubleArea.DATABASE_UNSAFE, told))
        except StoreError as error:
            self.accepts = False
            told = Phrase("Messages are no longer accepted. {what}", what=trouble(database_failure(error)))
            self._publish(TroubleRaised(TroubleArea.DATABASE, told))

    def look_at_folder(self) -> None:
        """Look once who may write into the home."""
        found = open_home(self._home)
        self._publish(TroubleRaised(TroubleArea.FOLDER, trouble(found) if found else ""))

    def look_at_disk(self) -> None:
        """Look once how much room is left, also while nobody writes."""
        free = shutil.disk_usage(self._home).free  # known to the system without a word with the disk
        easing = sum(free < bound * 1.1 for bound in ROOM)  # a little more before it is taken back
        scarcity = max(sum(free < bound for bound in ROOM), min(self._scarcity, easing))
        if scarcity != self._scarcity:
            self._scarcity = scarcity
            self._publish(TroubleRaised(TroubleArea.DISK, trouble(disk_room(self._home, free)) if scarcity else ""))
