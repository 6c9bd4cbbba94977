"""`wxdesk move`, `backup`, `restore`, `export`, `remove-data`: all that was kept."""

import argparse
import asyncio
import json
from functools import partial
from pathlib import Path
from time import monotonic

from wxdesk import logs
from wxdesk.commands.accounts import Say
from wxdesk.commands.removal import remove_data
from wxdesk.config.editing import with_keys
from wxdesk.config.reading import load, load_file
from wxdesk.config.store_url import VARIABLE, passwords_in, public_part, url_of_environment, without_password
from wxdesk.config.writing import rewrite
from wxdesk.core.errors import BadInput
from wxdesk.desk.data.backups import URL, back_up
from wxdesk.desk.data.exporting import ExportKind, export, progress_text
from wxdesk.desk.ports import utc_now
from wxdesk.i18n import moment_text, ntr, size_text, tr
from wxdesk.store.moving.backup import DATABASE, Listing
from wxdesk.store.moving.move import CopyProgress, CopyStart, move_store
from wxdesk.store.moving.restore import restore_backup
from wxdesk.timezones import shared_zone

EVERY_SECONDS = 2.0
"""Time between two lines."""


def run_move(options: argparse.Namespace, home: Path, say: Say) -> int:
    """Move the store, if need be to where the environment says; tell what to do next."""
    named, to, use = url_of_environment(), options.to, options.use
    if not (to or named):
        raise BadInput(reason=tr("Name the new place: --to postgresql://… or {variable}.", variable=VARIABLE))
    if use and named:
        raise BadInput(
            reason=tr("{variable} is set and takes precedence over config.toml; change it there.", variable=VARIABLE)
        )
    source, target = (load(home) if to else load_file(home)).store.url, to or named
    logs.set_up(home, options.log_level, [*passwords_in(source), *passwords_in(target)])
    old, new = public_part(source), public_part(target)
    say(tr("From {old} to {new}. The old one stays as it is.", old=old, new=new))
    result = asyncio.run(move_store(source, target, home, CopyLines(say)))
    moved, pictures = ntr("{n} row", "{n} rows", result.rows), ntr("{n} picture", "{n} pictures", result.pictures)
    say(tr("{rows} and {pictures} are there, and the same on both sides.", rows=moved, pictures=pictures))
    _say_lost(result.lost, say)
    if use:
        rewrite(home, partial(with_keys, table="store", keys={"url": target}))
        say(tr("config.toml names {new} now.", new=new))
    elif named:
        say(tr("wxdesk uses {new} as soon as {variable} names it.", new=new, variable=VARIABLE))
    else:
        say(tr("Now write this into config.toml:"))
        say(f"[store] url = {json.dumps(without_password(target), ensure_ascii=False)}")
    return 0


def _say_lost(lost: int, say: Say) -> None:
    if lost:
        say(ntr("{n} picture was damaged or gone here already, and is missing there.",
                "{n} pictures were damaged or gone here already, and are missing there.", lost))  # fmt: skip


class CopyLines:
    """Lines about how far copying is: its end, and one every `EVERY_SECONDS` before."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._said_at = monotonic()

    def __call__(self, step: CopyStart | CopyProgress) -> None:
        if isinstance(step, CopyProgress):
            self._say_progress(step)
        elif step is CopyStart.GOES_ON:
            self._say(tr("An earlier move was cut off; it goes on."))
        elif step is CopyStart.ANEW:
            self._say(tr("An earlier move was cut off, and this database has changed since; it starts over."))

    def _say_progress(self, step: CopyProgress) -> None:
        now = monotonic()
        if step.done == step.of or now - self._said_at >= EVERY_SECONDS:
            self._said_at = now
            self._say(progress_text(step))


def run_backup(options: argparse.Namespace, home: Path, say: Say) -> int:
    """Write the backup, also beside a running desk."""
    made = asyncio.run(back_up(load(home).store.url, home, options.file.absolute(), CopyLines(say)))
    say(tr("The backup is in {file}: {contents}.", file=options.file, contents=_contents(made)))
    _say_lost(made.lost, say)
    say(tr("It holds customers' words, and no secret in the open. Keep it as carefully as this folder."))
    return 0


def run_restore(options: argparse.Namespace, home: Path, say: Say) -> int:
    """Restore the home from a backup; nothing is changed unless all of it is sound."""
    if url_of_environment() not in ("", URL):
        raise BadInput(reason=tr("{variable} names another database; unset it before restoring.", variable=VARIABLE))
    restoring = restore_backup(options.file.absolute(), home, utc_now(), CopyLines(say), set_aside=options.set_aside)
    found, aside = asyncio.run(restoring)
    made_at = moment_text(found.made_at)
    say(tr("{home} is as it was on {time}: {contents}.", home=home, time=made_at, contents=_contents(found)))
    if aside.exists():
        say(tr("The desk that was there is in {folder} now.", folder=aside))
    say(tr("Secrets of the keychain are in no backup: on another computer, enter them again."))
    return 0


def run_export(options: argparse.Namespace, home: Path, say: Say) -> int:
    """Export beside the desk that works."""
    config, name = load(home), options.account
    zone = shared_zone(entry.timezone for entry in config.accounts if name in ("", entry.name))
    work = partial(export, kind=ExportKind(options.kind), account=name, openid=options.openid, zone=zone)
    asyncio.run(work(config.store.url, home, options.file.absolute(), CopyLines(say)))
    say(tr("Exported to {file}", file=options.file))
    return 0


def run_removal(options: argparse.Namespace, home: Path, say: Say) -> int:
    """Delete what is kept on this computer, once it is confirmed."""
    return remove_data(home, say, sure=options.yes)


def _contents(found: Listing) -> str:
    pictures = sum(name.startswith("pictures/") for name in found.files)
    said = [ntr("{n} picture", "{n} pictures", pictures)]
    if found.rows:
        said.insert(0, ntr("{n} row", "{n} rows", sum(number for number, _ in found.rows.values())))
    return tr(", ").join([*said, size_text(found.files[DATABASE][0])])
