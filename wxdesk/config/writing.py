"""Writing of HOME/config.toml: whole or not at all, and never over another change."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from wxdesk.config.reading import FILE, parse
from wxdesk.core.errors import BadInput
from wxdesk.core.system_failures import naming_file
from wxdesk.paths import replace_file

_MARK = "\ufeff"


class ConfigChanged(BadInput):
    """config.toml was changed by somebody else meanwhile; nothing was written."""

    template = "{file} has just been changed elsewhere. Nothing was written; please try again."


def rewrite(home: Path, change: Callable[[str], str]) -> bytes:
    """Change config.toml, which need not exist; return its former contents.

    Its rights stay, and a new one is for its owner only.

    Raises:
        BadConfig: the file has a mistake, or would have one; it stays as it is.
        ConfigChanged: somebody else has changed it meanwhile.
        UnusableFile: it cannot be read or written.
    """
    path = (home / FILE).resolve()
    with naming_file(path):
        before = _bytes(path)
        text = before.decode("utf-8")
        mark = _MARK if text.startswith(_MARK) else ""
        text = text.removeprefix(_MARK)
        parse(text, str(path))
        after = change(text)
        parse(after, str(path))
        if after != text:
            _replace(path, (mark + after).encode(), before)
    return before


def check(home: Path, change: Callable[[str], str]) -> None:
    """Raise what `rewrite` would raise for this change, and write nothing."""

    def unchanged(text: str) -> str:
        parse(change(text), str(home / FILE))
        return text

    rewrite(home, unchanged)


def restore(home: Path, before: bytes) -> None:
    """Put back what `rewrite` has returned, because the rest of a change failed."""
    path = (home / FILE).resolve()
    with suppress(OSError):
        _replace(path, before, _bytes(path))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _replace(path: Path, after: bytes, before: bytes) -> None:
    def ready(new: Path) -> None:
        if path.exists():
            new.chmod(path.stat().st_mode & 0o777)
        if _bytes(path) != before:
            raise ConfigChanged(file=str(path))

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(path, [after], ready)
