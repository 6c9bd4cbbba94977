"""Backups of a home, made and unpacked beside the desk that works in it."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from wxdesk.config.editing import with_keys
from wxdesk.config.reading import FILE as CONFIG
from wxdesk.config.reading import load_file
from wxdesk.secrets.vault import FILE as VAULT
from wxdesk.store.moving.backup import DATABASE, Listing, Report, make_backup
from wxdesk.store.moving.restore import unpack_backup

URL = f"sqlite:///{DATABASE}"
"""Place of the database in a home that was restored."""


async def back_up(url: str, home: Path, file: Path, report: Report) -> Listing:
    """Write a backup of `home` to `file`: all but logs and what the keychain has.

    Raises:
        BadInput: config.toml has a mistake, or the file cannot be written.
        StoreError: the database cannot be read.
    """
    settings = {}
    for name in (CONFIG, VAULT, "window.ini"):
        with suppress(FileNotFoundError):
            settings[name] = (home / name).read_bytes()
    if load_file(home).store.url != URL:  # it may be elsewhere, and have a password
        text = settings[CONFIG].decode("utf-8-sig")
        settings[CONFIG] = with_keys(text, "store", {"url": URL}).encode()
    return await make_backup(url, home, file, settings, report)


class UnpackedBackup(Struct, frozen=True):
    """Folder in a home with an unpacked backup, which is whole."""

    folder: Path
    made_at: datetime


async def unpack(file: Path, home: Path, report: Report) -> UnpackedBackup:
    """Unpack a backup in `home`, which stays as it is.

    Raises:
        UnusableFile: the backup is damaged or of a newer program, or the home cannot be written.
    """
    listing, folder = await unpack_backup(file, home, report)
    return UnpackedBackup(folder, listing.made_at)
