"""A desk with its window: the desk on a thread of its own, the window on the main thread."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence

from wxdesk.app import Setup
from wxdesk.core.errors import WxdeskError
from wxdesk.keychain import Missing
from wxdesk.runner import DeskThread


def open_window(setup: Setup, missing: Sequence[Missing] = ()) -> int:
    """Run a desk with its window until the window is closed; the exit code."""
    from wxdesk.ui.settings.facts import Facts  # a server that never opens a window has no graphics libraries
    from wxdesk.ui.window import run_window

    thread = DeskThread(setup)
    config = setup.config
    try:
        former = {name: credentials.accepted_until for name, credentials in setup.credentials.items()}
        database = public_part(config.store.url)
        facts = Facts(setup.home, config.listener.public_url, database, tuple(missing), former)
        return run_window(thread.desk, thread.loop, facts)
    finally:
        thread.stop()


def has_display() -> bool:
    """Whether a window can be shown; only on Linux can there be none."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


@contextlib.contextmanager
def failure_shown() -> Iterator[None]:
    """Show in a window what keeps a desk from opening, where there is a display; it is raised on in any case.

    Whoever starts the program by an icon sees neither stderr nor the exit code.
    """
    try:
        yield
    except WxdeskError as error:
        if has_display():
            from wxdesk.ui.window import show_failure  # as above

            show_failure(error)
        raise


def public_part(url: str) -> str:
    """What a store's URL says of the place: no user and no parameters, for both can hold a password."""
    kind, found, rest = url.partition("://")
    place = rest.partition("?")[0]
    return f"{kind}{found}{place if kind == 'sqlite' else place.rpartition('@')[2]}"
