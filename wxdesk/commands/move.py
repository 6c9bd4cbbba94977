"""`wxdesk move`: copies the whole store from SQLite to PostgreSQL, or back."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path
from time import monotonic

from wxdesk import logs
from wxdesk.commands.accounts import Say
from wxdesk.config import load
from wxdesk.config.editing import with_keys
from wxdesk.config.reading import load_file
from wxdesk.config.store_url import VARIABLE, passwords_in, public_part, url_of_environment, without_password
from wxdesk.config.writing import rewrite
from wxdesk.core.errors import BadInput
from wxdesk.i18n import ntr, tr
from wxdesk.store.moving import CopyProgress, CopyResult, CopyStart, move_store

EVERY_SECONDS = 2.0
"""Time between two lines about the same table."""


def run_move(home: Path, to: str, level: str, say: Say, *, use: bool) -> int:
    """Move the store, and say what to do next.

    to: the URL of the new place; without it the one in the environment. `use` writes it into config.toml.
    """
    named = url_of_environment()
    if not (to or named):
        raise BadInput(reason=tr("Name the new place: --to postgresql://… or {variable}.", variable=VARIABLE))
    if use and named:
        raise BadInput(reason=tr("{variable} is set and goes before config.toml; change it there.", variable=VARIABLE))
    source, target = (load(home) if to else load_file(home)).store.url, to or named
    logs.set_up(home, level, [*passwords_in(source), *passwords_in(target)])
    old, new = public_part(source), public_part(target)
    say(tr("From {old} to {new}. The old one stays as it is.", old=old, new=new))
    _say_result(asyncio.run(move_store(source, target, home, _Progress(say))), say)
    if use:
        rewrite(home, partial(with_keys, table="store", keys={"url": target}))
        say(tr("config.toml names {new} now.", new=new))
    elif named:
        say(tr("wxdesk uses {new} as soon as {variable} names it.", new=new, variable=VARIABLE))
    else:
        say(tr("Now change config.toml, or use --use the next time:"))
        say(f"[store] url = {json.dumps(without_password(target), ensure_ascii=False)}")
    return 0


def _say_result(result: CopyResult, say: Say) -> None:
    pictures = ntr("{n} picture", "{n} pictures", result.pictures)
    moved = ntr("{n} row", "{n} rows", result.rows)
    say(tr("{rows} and {pictures} are there, and the same on both sides.", rows=moved, pictures=pictures))
    if result.lost:
        say(ntr("{n} picture was damaged or gone here already, and is missing there.",
                "{n} pictures were damaged or gone here already, and are missing there.", result.lost))  # fmt: skip


class _Progress:
    def __init__(self, say: Say) -> None:
        self._say = say
        self._said_at = -EVERY_SECONDS

    def __call__(self, step: CopyStart | CopyProgress) -> None:
        if isinstance(step, CopyProgress):
            self._say_progress(step)
        elif step is CopyStart.GOES_ON:
            self._say(tr("An earlier move was cut off; it goes on."))
        elif step is CopyStart.ANEW:
            self._say(tr("An earlier move was cut off, and this database has changed since; it begins anew."))

    def _say_progress(self, step: CopyProgress) -> None:
        now = monotonic()
        if step.done == step.of or now - self._said_at >= EVERY_SECONDS:
            self._said_at = now
            self._say(tr("{place}: {done} of {of}", place=step.place, done=step.done, of=step.of))
