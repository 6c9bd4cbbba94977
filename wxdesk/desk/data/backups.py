"""Backup of the operator's folder beside the desk that works in it."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from wxdesk.config.editing import with_keys
from wxdesk.config.reading import FILE as CONFIG
from wxdesk.config.reading import load, load_file
from wxdesk.secrets.vault import FILE as VAULT
from wxdesk.store.moving import DATABASE, Listing, Tell, make_backup

URL = f"sqlite:///{DATABASE}"
"""Place of the database in a home that was restored."""


async def back_up(home: Path, file: Path, now: datetime, tell: Tell) -> Listing:
    """Write a backup of `home` to `file`: all but logs and what the keychain has.

    Raises:
        BadInput: config.toml has a mistake, or the file cannot be written.
        StoreError: the database cannot be read.
    """
    return await make_backup(load(home).store.url, home, file, _settings(home), now, tell)


def _settings(home: Path) -> dict[str, bytes]:
    found = {}
    for name in (CONFIG, VAULT, "window.ini"):
        with suppress(FileNotFoundError):
            found[name] = (home / name).read_bytes()
    if load_file(home).store.url != URL:  # it may be elsewhere, and have a password
        text = found[CONFIG].decode("utf-8-sig")
        found[CONFIG] = with_keys(text, "store", {"url": URL}).encode()
    return found
