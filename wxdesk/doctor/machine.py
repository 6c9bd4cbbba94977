"""Checks of this machine: folder, disk, sleep and font."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.core.system_failures import NO_FOLDER, why_unusable
from wxdesk.doctor.case import Case
from wxdesk.doctor.sleep import sleep_minutes
from wxdesk.threads import aside

FREE_BYTES = 500 * 1024 * 1024
"""Least free disk space for a good check; a full disk stops acknowledging."""


async def check_folder(case: Case) -> Iterable[Finding]:
    """Try to write a file in the home folder, or in the one in which it will be made."""
    return (await aside(lambda: _folder(case.home)),)


def _folder(home: Path) -> Finding:
    standing = _standing(home)
    if not standing.is_dir():
        return _unusable(standing, NO_FOLDER)
    try:
        with tempfile.TemporaryFile(dir=standing) as file:
            file.write(b"wxdesk")
    except OSError as error:
        return _unusable(standing, why_unusable(error))
    cause = {} if standing == home else {"cause": "new"}
    return Finding(Check.FOLDER, CheckVerdict.OK, values={"path": str(home)} | cause)


def _unusable(folder: Path, reason: str) -> Finding:
    return Finding(Check.FOLDER, CheckVerdict.HOME_UNUSABLE, values={"path": str(folder), "reason": reason})


def _standing(home: Path) -> Path:
    """The first of the folder and its parents that exists."""
    return next(place for place in (home, *home.parents) if place.exists())


async def check_disk(case: Case) -> Iterable[Finding]:
    """Ask how much room is left on the disk of the home folder."""
    free = await aside(lambda: shutil.disk_usage(_standing(case.home)).free)
    verdict = CheckVerdict.OK if free >= FREE_BYTES else CheckVerdict.DISK_FULL
    return (Finding(Check.DISK, verdict, values={"free": f"{free // 1024**2} MB", "path": str(case.home)}),)


async def check_power(_: Case) -> Iterable[Finding]:
    """Ask when this computer goes to sleep; no finding where it does not tell."""
    minutes = await aside(sleep_minutes)
    if minutes is None:
        return ()
    if not minutes:
        return (Finding(Check.POWER, CheckVerdict.OK),)
    return (Finding(Check.POWER, CheckVerdict.SLEEP_EXPECTED, values={"minutes": str(minutes)}),)


async def check_font(_: Case) -> Iterable[Finding]:
    """Look for a font with Chinese characters; only a Linux may have none."""
    lister = shutil.which("fc-list")
    if sys.platform != "linux" or lister is None:
        return ()
    listing = await asyncio.create_subprocess_exec(
        lister, ":lang=zh-cn", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    listed, _unused = await listing.communicate()
    return (Finding(Check.FONT, CheckVerdict.OK if listed.strip() else CheckVerdict.FONT_MISSING),)
