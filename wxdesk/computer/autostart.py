"""Start of the program at login, written down as each system wants it."""

import plistlib
import subprocess
import sys
from pathlib import Path

from wxdesk.core.system_failures import naming_file
from wxdesk.paths import config_folder, default_home, own_command

NAME = "wxdesk"
LABEL = "wxdesk.wxdesk"

_RUN = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run"
# The delay lets the input method start first: Qt looks for it once.
_ENTRY = (
    "[Desktop Entry]\nType=Application\nName=wxdesk\nIcon=wxdesk\n"
    "X-GNOME-Autostart-Delay=10\nX-MATE-Autostart-Delay=10\nExec={command}\n"
)


def is_on() -> bool:
    """Tell whether the program starts by itself."""
    if sys.platform == "win32":
        return _registry("query")
    return _file().exists()


def switch(on: bool, home: Path) -> None:
    """Let it start by itself with the desk in `home`, or no longer.

    Raises:
        UnusableFile: the file cannot be written.
    """
    with naming_file(LABEL if sys.platform == "win32" else _file()):
        if sys.platform == "win32":
            _registry(*(("add", "/d", subprocess.list2cmdline(command(home))) if on else ("delete",)), "/f")
        elif on:
            _file().parent.mkdir(parents=True, exist_ok=True)
            _file().write_bytes(_content(command(home)))
        else:
            _file().unlink(missing_ok=True)


def command(home: Path) -> list[str]:
    """Return the command that opens this program's window on `home`."""
    return own_command() if home == default_home() else [*own_command(), "--home", str(home)]


def _file() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library/LaunchAgents" / f"{LABEL}.plist"
    return config_folder() / "autostart" / f"{NAME}.desktop"


def _content(words: list[str]) -> bytes:
    if sys.platform == "darwin":
        return plistlib.dumps({"Label": LABEL, "ProgramArguments": words, "RunAtLoad": True})
    return _ENTRY.format(command=" ".join(map(_quoted, words))).encode()


def _quoted(word: str) -> str:
    """Quote a word for Exec=, first as a word, then as a value of the file."""
    for special in ("\\", '"', "`", "$"):
        word = word.replace(special, "\\" + special)
    return '"' + word.replace("\\", "\\\\").replace("%", "%%") + '"'


def _registry(verb: str, *more: str) -> bool:
    """Ask Windows for what starts at login; False if it says no."""
    asked = ["reg", verb, _RUN, "/v", NAME, *more]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603
