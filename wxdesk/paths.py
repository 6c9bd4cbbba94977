"""Files: the operator's folder, the program's own, and safe writing."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from platformdirs import user_config_path, user_data_path

_HOME_FILES = (
    "config.toml", "desk.db*", "desk.before-????.db", "desk.newest", "logs", "pictures", "picture-cache", "window.*",
    "rules.socket", "secrets.*", "call.wav", "notice.png", "before-restore-*", ".restoring-*", ".config.toml-*",
    ".secrets.vault-*",
)  # fmt: skip
"""Names of what the program puts into a home; anything else there is somebody's."""


def default_home() -> Path:
    """The folder for config.toml, desk.db and logs when `--home` names no other."""
    return _of_user(lambda: user_data_path("wxdesk", appauthor=False))


def home_files(home: Path) -> set[Path]:
    """Return what stands in a home under the program's names, but for the lock."""
    return {path for pattern in _HOME_FILES for path in home.glob(pattern)}


def own_command() -> list[str]:
    """Return the command that starts this program, installed or frozen."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "wxdesk"]


def config_folder() -> Path:
    """The folder in which the system keeps what this user has set up."""
    return _of_user(user_config_path)


def _of_user(find: Callable[[], Path]) -> Path:
    try:
        return find()
    except RuntimeError:  # a user without a home, as in a container, whom --home helps
        return Path("/nonexistent/wxdesk")


def without_home(text: str) -> str:
    """Write `~` for this user's own folder, where there is one."""
    try:
        home = Path.home()
    except RuntimeError:
        return text
    return text.replace(str(home), "~") if home.name else text


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner only; an existing one keeps its rights."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def replace_file(path: Path, content: Iterable[bytes], ready: Callable[[Path], None] = lambda _: None) -> None:
    """Write a new file in place of one, as a whole or not at all, for its owner only.

    `ready` is called with the new one right before it takes the place of the old one, which stays if it raises.
    """
    number, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # made with 0600
    new = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        ready(new)
        new.replace(path)
        sync_folder(path.parent)
    finally:
        new.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk, so that a power cut leaves the newest."""
    with suppress(OSError):  # Windows opens no folders; there a name is on disk with its file
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def stamp_of(file: Path) -> tuple[int, int, int] | None:
    """Return what differs after every change of a file; None if there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def resource(*parts: str) -> Path:
    """Locate a file or folder shipped with the program: icons, translations, rules.

    It stands beside the package in a checkout, and inside it once installed or frozen.
    """
    return _resources().joinpath(*parts)


def pages() -> Path:
    """Locate the folder of the documentation; `deploy` is beside it."""
    installed = resource("docs")
    return installed if installed.is_dir() else _resources().parent / "docs"


@cache
def _resources() -> Path:
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
