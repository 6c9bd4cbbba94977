"""Deletion of what wxdesk keeps on this computer, listed and confirmed before."""

import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

from wxdesk.commands.secrets import QUESTION
from wxdesk.computer import autostart
from wxdesk.config.reading import Config, load
from wxdesk.config.store_url import public_part
from wxdesk.core.errors import BadInput
from wxdesk.core.system_failures import naming_file
from wxdesk.i18n import size_text, tr
from wxdesk.paths import home_files
from wxdesk.secrets.keychain import PERSON_SECONDS, Keychain
from wxdesk.secrets.names import CUSTOMER_DATA_KEY, PHONE, SIGN_IN, TUNNEL_PASSWORD, entry_of
from wxdesk.secrets.sources import entries_of
from wxdesk.store.opening import file_of, lock_home, parse_url


def remove_data(home: Path, say: Callable[[str], None], *, sure: bool) -> int:
    """List what home, keychain and login have of wxdesk; delete it once confirmed.

    `sure`: without a question.

    Raises:
        HomeInUse: a desk is open on it.
        BadInput: config.toml has a mistake, the keychain does not open, or there is nothing; nothing was deleted.
    """
    config = load(home)
    with closing(lock_home(home)), naming_file(home):
        keychain = Keychain(partial(say, tr(QUESTION)))
        files, entries = _files(home, config.store.url), _entries(keychain, config)
        found = bool(files or entries or autostart.is_on())
        for line in _summary_lines(home, files, entries, config.store.url) if found else ():
            print(line)  # noqa: T201 - the output
        if found and not (sure or _confirmed()):
            say(tr("Nothing was deleted."))
            return 1
        if not keychain.put(dict.fromkeys(entries), PERSON_SECONDS):
            raise BadInput(reason="The keychain or the vault did not open, so that nothing was changed.")
        autostart.switch(False, home)
        for path in files:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (home / "desk.lock").unlink()
    with suppress(OSError):  # it holds what is not wxdesk's
        home.rmdir()
    if not found:
        raise BadInput(reason=tr("There is nothing of wxdesk in {home}. Name the folder with --home.", home=home))
    say(tr("All of it is deleted."))
    return 0


def _files(home: Path, url: str) -> list[Path]:
    found = {path for path in home_files(home) if not path.is_symlink()}
    if (file := file_of(parse_url(url), home)) is not None:
        found |= {path for end in ("", "-wal", "-shm") if (path := file.with_name(file.name + end)).exists()}
        found |= {*file.parent.glob(f"{file.stem}.before-????{file.suffix}")}
    return sorted(found)


def _entries(keychain: Keychain, config: Config) -> list[str]:
    others = (TUNNEL_PASSWORD, CUSTOMER_DATA_KEY, SIGN_IN, *((PHONE, name) for name in config.phone.targets))
    asked = [entry for account in config.accounts for entry in entries_of(account.name)]
    found = [one for one in (*asked, *(entry_of(*names) for names in others)) if keychain.get(one, PERSON_SECONDS)]
    if keychain.is_shut:
        raise BadInput(reason="The keychain or the vault did not open, so that nothing was changed.")
    return found


def _summary_lines(home: Path, files: list[Path], entries: list[str], url: str) -> list[str]:
    """Say what there is, and what of it stays."""
    size = sum(path.stat().st_size for top in files for path in (top, *top.rglob("*")) if path.is_file())
    join = tr(", ").join
    names = [path.name if path.parent == home else str(path) for path in files]
    strange = [path.name for path in home.iterdir() if path not in files and path.name != "desk.lock"]
    server = "" if url.startswith("sqlite") else public_part(url)
    lines = (
        (names, tr("Will be deleted in {home}: {names} ({size})", home=home, names=join(names), size=size_text(size))),
        (entries, tr("Will be deleted in the system's keychain, service wxdesk: {names}", names=join(entries))),
        (autostart.is_on(), tr("Will be deleted: the start of wxdesk at login")),
        (strange, tr("Stays, because it is not wxdesk's: {names}", names=join(strange))),
        (server, tr("Stays: the database on its server, {url}", url=server)),
        (True, tr("Stays: backups and exports, wherever you have put them")),
    )
    return [line for there, line in lines if there]


def _confirmed() -> bool:
    try:
        return input(tr("Type “{word}” to confirm", word=tr("delete")) + ": ").strip() == tr("delete")
    except EOFError:
        return False
