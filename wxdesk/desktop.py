"""Desk with its window: the desk on its own thread, the window on the main thread."""

import asyncio
import contextlib
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wxdesk.core.errors import HomeInUse, PortInUse, StoreDamaged, WxdeskError
from wxdesk.i18n import LANGUAGES, tr
from wxdesk.ui.runtime.display import has_display, why_no_window

if TYPE_CHECKING:
    from wxdesk.core.setup.findings import Finding
    from wxdesk.desk.settings.configuration import Setup
    from wxdesk.ui.shell.tryout import TryoutDesk

OPENING_LOOKS, OPENING_SECONDS = 20, 0.25
"""Looks for a window that another start is opening; seconds between two."""


def open_window(setup: "Setup") -> int | None:
    """Run a desk with its window until the window is closed; return the exit code.

    None if a backup was put in place, on which a desk is to be opened.
    """
    from wxdesk.app import open_window_desk  # nothing of this is needed to raise a window that is open
    from wxdesk.config.store_url import public_part
    from wxdesk.runner import DeskThread
    from wxdesk.ui.runtime.installation import InstallationFacts
    from wxdesk.ui.window import run_window

    hang_up = getattr(signal, "SIGHUP", None)  # the terminal from which it was started is closed, or somebody asks
    if hang_up is not None:
        signal.signal(hang_up, signal.SIG_IGN)  # while it opens: everything is just being read
    upgrading = threading.Event()
    thread = DeskThread(open_window_desk(setup, upgrading.set), partial(tell_of_upgrade, setup.home, upgrading))
    unpacked: list[Path] = []
    try:
        database = public_part(setup.config.store.url)
        facts = InstallationFacts(setup.home, database, partial(_examined, setup), unpacked=unpacked.append)
        if hang_up is not None:
            signal.signal(hang_up, lambda *_: thread.read_again())
        code = run_window(thread.desk, thread.loop, facts, tryout=_tryout)
    finally:
        thread.stop()
    if not unpacked:
        return code
    from wxdesk.store.moving.restore import put_in_place

    put_in_place(unpacked[0], setup.home, setup.clock())
    return None


UPGRADE_SECONDS = 1.0
"""Seconds that an upgrade of the database may take before a window tells of it."""


def tell_of_upgrade(home: Path, upgrading: threading.Event, opening: Future[Any]) -> None:
    """Wait until a desk is open; show where its database is `upgrading` for long."""
    from wxdesk.ui.shell.waiting_window import show_waiting
    from wxdesk.ui.window import make_application

    opening.add_done_callback(lambda _: upgrading.set())
    upgrading.wait()
    with contextlib.suppress(TimeoutError):
        opening.exception(UPGRADE_SECONDS)
        return
    show_waiting(make_application(), home, tr("The database is being upgraded"), opening)


async def _examined(setup: "Setup") -> "list[Finding]":
    """Check everything, as `wxdesk doctor` does."""
    from wxdesk.doctor.case import Case  # only who asks for it needs all these rooms
    from wxdesk.doctor.examination import examine

    return [finding async for finding in examine(Case(setup.home, setup.clock, sources=setup.sources))]


@contextlib.contextmanager
def _tryout() -> "Iterator[TryoutDesk]":
    """Run a desk on a simulated WeChat, with customers who write; it leaves nothing."""
    from wxdesk.demo_desk import customers_writing, demo_desk, temporary_folder  # nobody else needs the sandbox
    from wxdesk.ui.shell.tryout import TryoutDesk  # as above

    with temporary_folder() as folder, demo_desk(folder) as demo, customers_writing(demo):
        yield TryoutDesk(demo.desk.desk, demo.desk.loop, demo.facts)


def raised_open_window(home: Path) -> bool:
    """Bring the window that is open on `home` to the front; False if there is none."""
    try:
        from wxdesk.ui.shell.second_start import raise_open_window
    except ImportError:
        return False
    return raise_open_window(home)


def chosen_language(home: Path) -> str | None:
    """Return the language chosen in the window of `home`; None for the system's."""
    with contextlib.suppress(OSError, UnicodeDecodeError):
        found = re.search(r"^language=(\w+)$", (home / "window.ini").read_text(encoding="utf-8"), re.MULTILINE)
        return found[1] if found and found[1] in LANGUAGES else None
    return None


def require_window() -> None:
    """Raise the error that keeps a window from opening, before anything is opened.

    Raises:
        NoDisplay: there is none, or it does not answer. Qt would abort the program.
        NoWindow: a library is missing.
    """
    reason = why_no_window()
    if reason is not None:
        raise reason


def with_failures_shown(home: Path, start: Callable[[], int | None]) -> int:
    """Run `start` until it returns a code; show what keeps a desk from opening.

    Raises the error again. Needs a display. Who starts the program by an icon sees neither stderr nor exit code. A
    taken port can be changed there, and a backup takes the place of a damaged database; then `start` runs again. A
    window that another start is opening comes to the front.
    """
    while True:
        try:
            if (code := start()) is not None:
                return code
        except WxdeskError as error:
            if isinstance(error, HomeInUse) and _is_opened_soon(home):
                return 0
            if not has_display() or not _mended(home, error):
                raise


def _is_opened_soon(home: Path) -> bool:
    """Wait for the window of a start just before this one, as of a double click."""
    for _ in range(OPENING_LOOKS):
        if raised_open_window(home):
            return True
        time.sleep(OPENING_SECONDS)
    return False


def _mended(home: Path, error: WxdeskError) -> bool:
    """Show an error until the operator lets it be mended, or gives up."""
    from wxdesk.ui.window import show_failure  # as above

    by_backup = isinstance(error, StoreDamaged)
    port = free_port_after(error.host, error.port) if isinstance(error, PortInUse) else None
    label = tr("Restore a backup…") if by_backup else tr("Use port {port} instead", port=port) if port else ""
    while True:
        chosen, backup = show_failure(error, label, by_backup=by_backup)
        if not chosen:
            return False
        try:
            if backup is not None:
                _restore(backup, home)
            else:
                _listen_at(port, home)
        except WxdeskError as failed:
            error = failed
        else:
            return True


def _restore(backup: Path, home: Path) -> None:
    from wxdesk.store.moving.restore import restore_backup
    from wxdesk.threads import LoopThread
    from wxdesk.ui.shell.waiting_window import show_waiting
    from wxdesk.ui.window import make_application

    thread = LoopThread("restore")
    restoring = restore_backup(backup, home, datetime.now(UTC), lambda _: None, set_aside=True)
    done = asyncio.run_coroutine_threadsafe(restoring, thread.loop)
    show_waiting(make_application(), home, tr("Reading the backup…"), done)
    thread.stop()
    done.result()


def _listen_at(port: int | None, home: Path) -> None:
    from wxdesk.config.editing import with_keys
    from wxdesk.config.writing import rewrite

    rewrite(home, lambda text: with_keys(text, "listener", {"port": port}))


def free_port_after(host: str, port: int) -> int | None:
    """Find the next free port, within twenty; None if there is none."""
    for candidate in range(port + 1, min(port + 21, 65536)):
        with contextlib.suppress(OSError), socket.create_server((host, candidate)):
            return candidate
    return None
