"""One act on a home that a process may not get to the end of, such as a migration or an account's new name."""

import asyncio
import logging
import os
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from tests.campaign.disk.at_work import RULES, Confirmed
from tests.campaign.disk.recorder import Layer
from tests.store.kept_pushes import kept_pushes
from wxdesk.app import OpenDesk, open_desk
from wxdesk.cli import main
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.errors import StoreError, WxdeskError
from wxdesk.desk.settings.configuration import read_setup
from wxdesk.i18n import explain
from wxdesk.secrets.sources import SecretSources
from wxdesk.store import open_store

SQLITE = "sqlite:///desk.db"


class Statements:
    """Counts what is said to databases in this process, and ends it at the statement number `last`."""

    def __init__(self, last: int | None) -> None:
        self.count = 0
        self._last = last
        event.listen(Engine, "before_cursor_execute", self._hear)

    def _hear(self, *_: Any) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


async def open_once(home: Path, last: int | None = None) -> None:
    """Open the store, which migrates it, and close it; how many statements and calls of the disk that took is noted.

    A disk that refuses may keep it closed, in plain words.
    """
    statements, layer = Statements(last), Layer.here()
    try:
        await (await open_store(SQLITE, home)).close()
    except StoreError as error:
        Confirmed(home).note("refused", str(error))
        return
    calls = 0 if layer is None else layer.calls
    said = Confirmed(home)
    said.note("statements", statements.count)
    said.note("calls", calls)


async def import_rules(home: Path, version: str, last: int | None = None) -> None:
    """Replace the rules by another version of them, as `wxdesk rules import` does."""
    file = home / "rules.toml"
    file.write_text(RULES.format(version=version), encoding="utf-8")
    await _command(home, last, ("rules", version), "rules", "import", str(file))


async def change_account(home: Path, name: str, holds: str) -> None:
    """Change an account, as `wxdesk account set` does."""
    await _command(home, None, ("holds", holds), "account", "set", name, "--hold-seconds", holds)


async def remove_account(home: Path, name: str, last: int | None = None) -> None:
    """Remove an account with its conversations, as `wxdesk account remove --with-data` does."""
    await _command(home, last, ("removed", name), "account", "remove", name, "--with-data")


async def rename_account(home: Path, old: str, new: str, last: int | None = None) -> None:
    """Give an account another name, as `wxdesk account rename` does."""
    await _command(home, last, ("renamed", new), "account", "rename", old, new)


async def restore(folder: Path, last: int | None = None) -> None:
    """Put the backup in a folder into the home in it, as `wxdesk restore --set-aside` does."""
    arguments = ("restore", str(folder / "b.zip"), "--set-aside")
    await _command(folder, last, ("restored", ""), *arguments, home=folder / "home")


async def _command(
    folder: Path, last: int | None, fact: tuple[str, str], *arguments: str, home: Path | None = None
) -> None:
    statements, layer, said = Statements(last), Layer.here(), Confirmed(folder)
    said.note("begun", *fact, "")
    code = await asyncio.to_thread(main, ["--home", str(home or folder), "--lang", "en", *arguments])
    if code:
        raise SystemExit(code)
    said.note("done", *fact, "")
    said.note("statements", statements.count)
    said.note("calls", 0 if layer is None else layer.calls)


async def start_once(home: Path) -> None:
    """Start a desk as `wxdesk serve` does, look at everything that it has, and stop it.

    Noted are how many pushes it has and how many it misses, or why it does not start, and whatever fails in it without
    a word that people understand.
    """
    said = Confirmed(home)
    logging.getLogger().addHandler(_Failures(said))
    try:
        sources = SecretSources(home)
        sources.unlock_by_environment()
        opened = await open_desk(read_setup(home, sources))
    except WxdeskError as error:
        said.note("refused", explain(error))
        return
    try:
        said.note("pushes", await _look_at_all(opened), await opened.store.pushes.lost())
    except WxdeskError as error:
        said.note("told", explain(error))
    finally:
        await opened.stop()


class _Failures(logging.Handler):
    """Notes what no part of the desk has expected."""

    def __init__(self, said: Confirmed) -> None:
        super().__init__(logging.CRITICAL)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.note("failed", record.getMessage(), repr(record.exc_info and record.exc_info[1]))


async def _look_at_all(opened: OpenDesk) -> int:
    pushes = len(await kept_pushes(opened.store))
    await opened.desk.rules.rulebook.all()
    await opened.desk.templates.all()
    rows, offset = await opened.store.inbox.page(InboxFilter.ALL), 0
    while rows:
        for row in rows:
            await opened.store.inbox.timeline(row.conversation.id, limit=500)
        offset += len(rows)
        rows = await opened.store.inbox.page(InboxFilter.ALL, offset)
    return pushes
