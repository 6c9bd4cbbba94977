"""Checks of this machine: folder, disk, font, and going to sleep by itself."""

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.system_failures import NO_FOLDER, why_unusable
from wxdesk.desk.messages.store_watch import ROOM, disk_room, open_home
from wxdesk.doctor.case import Case
from wxdesk.store.opening import PICTURES
from wxdesk.threads import on_own_thread


async def check_folder(case: Case) -> Iterable[Finding]:
    """Try to write in the home folder, or where it will be, and beside pictures."""
    return (await on_own_thread(lambda: _folder(case.home)),)


def _folder(home: Path) -> Finding:
    there = _existing(home)
    for folder in (there, *home.glob(PICTURES)):
        if not folder.is_dir():
            return _unusable(folder, NO_FOLDER)
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"wxdesk")
        except OSError as error:
            return _unusable(folder, why_unusable(error))
    if there == home and (found := open_home(home)):
        return found
    cause = {} if there == home else {"cause": "new"}
    return Finding(Check.FOLDER, CheckVerdict.OK, values={"path": str(home)} | cause)


def _unusable(folder: Path, reason: str) -> Finding:
    return Finding(Check.FOLDER, CheckVerdict.HOME_UNUSABLE, values={"path": str(folder), "reason": reason})


def _existing(home: Path) -> Path:
    """The first of the folder and its parents that exists."""
    return next(place for place in (home, *home.parents) if place.exists())


async def check_disk(case: Case) -> Iterable[Finding]:
    """Ask how much room is left on the disk of the home folder."""
    free = await on_own_thread(lambda: shutil.disk_usage(_existing(case.home)).free)
    return (disk_room(case.home, free, CheckVerdict.OK if free >= ROOM[0] else CheckVerdict.DISK_FULL),)


async def check_power(_: Case) -> Iterable[Finding]:
    """Ask when this computer goes to sleep; no finding where it does not tell."""
    minutes = await on_own_thread(sleep_minutes)
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


_COMMANDS = {
    "darwin": ("pmset", "-g", "custom"),
    "win32": ("powercfg", "/query", "SCHEME_CURRENT", "SUB_SLEEP", "STANDBYIDLE"),
}
_MAINS = re.compile(r"AC Power:(.*?)(?:Battery Power:|\Z)", re.DOTALL)
_SLEEP = re.compile(r"^\s*sleep\s+(\d+)", re.MULTILINE)
_INDEX = re.compile(r"0x([0-9a-f]{8})\s*$", re.MULTILINE)
_GNOME = "org.gnome.settings-daemon.plugins.power"
SUPPLIES = Path("/sys/class/power_supply")


def sleep_minutes() -> int | None:
    """Return the idle minutes until sleep; 0 for never, None if unknown."""
    if sys.platform == "linux":
        return _of_gnome()
    command = _COMMANDS.get(sys.platform)
    return None if command is None else read_minutes(sys.platform, _output(*command))


def read_minutes(platform: str, listed: str) -> int | None:
    """Read the answer of macOS's or Windows' own program."""
    if platform == "darwin":
        mains = _MAINS.search(listed)
        found = _SLEEP.search(mains[1] if mains else listed)
        return int(found[1]) if found else None
    indexes = _INDEX.findall(listed.lower())  # mains, then battery, in seconds, in any language
    return int(indexes[-2], 16) // 60 if len(indexes) >= 2 else None


def _of_gnome() -> int | None:
    """Ask GNOME on a laptop; another machine that sleeps was told to by its owner."""
    if not any(_is_battery(supply) for supply in SUPPLIES.glob("*/type")):
        return None
    kind = _output("gsettings", "get", _GNOME, "sleep-inactive-ac-type").strip().strip("'")
    seconds = _output("gsettings", "get", _GNOME, "sleep-inactive-ac-timeout").strip()
    if not kind or not seconds.isdigit():
        return None
    return 0 if kind == "nothing" else int(seconds) // 60


def _is_battery(supply: Path) -> bool:
    try:
        return supply.read_text(encoding="ascii").strip() == "Battery"
    except (OSError, UnicodeDecodeError):
        return False


def _output(name: str, *arguments: str) -> str:
    program = shutil.which(name)
    if program is None:
        return ""
    try:
        asked = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=5, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout
