"""Folder of files with a secret each, as servers hand them to a program.

`shop_push_token` has the Token of account `shop`, `shop_push_token_old` its former one. The folder is the one
that `WXDESK_SECRETS` names, else systemd's (`LoadCredential=` in a unit). The files are read anew each time.
"""

import logging
import stat
from collections.abc import Mapping
from pathlib import Path

log = logging.getLogger(__name__)

VARIABLES = ("WXDESK_SECRETS", "CREDENTIALS_DIRECTORY")

MOST_BYTES = 4096


def secrets_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of secrets that the environment names, if any."""
    named = next(filter(None, (environ.get(variable, "") for variable in VARIABLES)), "")
    return Path(named) if named else None


def read_secret_file(folder: Path | None, account: str, name: str, suffix: str = "") -> str:
    """Read a secret; empty without its file, or if it cannot be read, which is logged."""
    if folder is None:
        return ""
    path = folder / f"{account}_{name}{suffix}"
    try:
        if stat.S_ISFIFO(path.stat().st_mode):
            raise BlockingIOError  # perhaps nobody ever writes into it
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8-sig").rstrip("\r\n")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        log.warning("The file %s cannot be read: %s", path, type(error).__name__)
        return ""
