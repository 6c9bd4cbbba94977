"""Daily backups in a folder of the operator's choice."""

import asyncio
import glob
import locale
import logging
import platform
import shutil
import subprocess
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from wxdesk.core.errors import BadInput, Phrase, Text
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.timers import keep_looking, sleep
from wxdesk.desk.settings.configuration import Configuration
from wxdesk.i18n import explanation, language
from wxdesk.paths import own_command
from wxdesk.threads import on_own_thread

log = logging.getLogger(__name__)

FIRST_SECONDS = 600.0
"""Time from a start to the first look: until then others have more to do."""

TRY_AGAIN = timedelta(hours=1)

KEPT = 7
"""Daily backups that stay, the newest."""

ENDING = "????-??-??.zip"
"""End of the names, the day; one of another length is of another computer."""

FAILED = "There is no backup of today in {folder} ({reason}). wxdesk tries again every hour."


def daily_backups(folder: Path, home: Path) -> list[Path]:
    """Return the daily backups of a home, newest first."""
    return sorted(folder.glob(glob.escape(_beginning(home)) + ENDING), reverse=True)


def _beginning(home: Path) -> str:
    """Return the beginning of the names: several computers may share the folder."""
    return f"{home.name}-daily-{platform.node()}-"


class DailyBackups:
    """Writer of one backup a day, if `[backup]` names a folder; removes the oldest.

    A process of its own writes it: here it would hold up customers, and the end of the desk.
    """

    def __init__(self, configuration: Configuration, publish: Callable[[Event], None], clock: Clock) -> None:
        self._configuration = configuration
        self._publish = publish
        self._clock = clock
        self._awake = asyncio.Event()

    def on_event(self, _: Event) -> None:
        """Look at once: the folder may be another one."""
        self._awake.set()

    async def run(self) -> None:
        """Write a backup whenever a day has none, until cancelled."""
        await sleep(FIRST_SECONDS, self._awake)
        await keep_looking(self.back_up, self._awake, self._clock)

    async def back_up(self) -> datetime | None:
        """Write today's backup unless it is there; return when to look again."""
        setup, now = self._configuration.now, self._clock().astimezone()
        folder = setup.config.backup.folder
        trouble: Text = ""
        again = None
        if folder:
            file = Path(folder, f"{_beginning(setup.home)}{now:%Y-%m-%d}.zip")
            again = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            try:
                if not await on_own_thread(file.exists):
                    await _write(setup.home, file)
                    await on_own_thread(lambda: _tidy(file, setup.home))
            except BadInput as error:
                trouble, again = Phrase(FAILED, folder=folder, reason=explanation(error)), now + TRY_AGAIN
        self._publish(TroubleRaised(TroubleArea.BACKUP, trouble))
        return again


async def _write(home: Path, file: Path) -> None:
    """Run `wxdesk backup` to its end; raises `BadInput` with what it says."""
    options = ("--home", str(home), "--lang", language(), "backup", str(file))
    no_console = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    child = await asyncio.create_subprocess_exec(
        *own_command(), *options, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, creationflags=no_console
    )
    try:
        _, said = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        [*_, last] = said.decode(locale.getencoding(), "replace").strip().splitlines() or [f"exit {child.returncode}"]
        raise BadInput(reason=last.removeprefix("wxdesk: ").removeprefix(str(file)).lstrip(":： "))
    log.info("The daily backup is in %s", file)


def _tidy(file: Path, home: Path) -> None:
    """Remove the oldest, and rests of those that were cut off on another day."""
    for old in daily_backups(file.parent, home)[KEPT:]:
        with suppress(OSError):
            old.unlink()
    for rest in file.parent.glob(f".{glob.escape(_beginning(home))}{ENDING}-*"):
        if not rest.name.startswith(f".{file.name}"):
            shutil.rmtree(rest, ignore_errors=True)
