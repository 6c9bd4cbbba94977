"""Settings of the system for going to sleep by itself while on mains power."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

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
