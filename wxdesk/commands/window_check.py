"""Child process of the doctor: tries what only the window needs, a finding a line."""

import asyncio
import importlib
import sys
from collections.abc import Iterator

import msgspec

from wxdesk.core.errors import NoDisplay, NoWindow
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.ui.runtime.display import INSTALL, has_display, why_no_window

EDGES = ("wxdesk.store", "wxdesk.webhook.server", "wxdesk.wechat.client", "wxdesk.tunnel.probe")
WINDOW = "wxdesk.ui.window"


def run_window_check() -> int:
    """Print the findings; a library may end the process in between."""
    for finding in _findings():
        print(msgspec.json.encode(finding).decode(), flush=True)  # noqa: T201 - what the doctor reads
    return 0


def _findings() -> Iterator[Finding]:
    missing, of_window = list(_libraries(*EDGES)), list(_libraries(WINDOW))
    is_server = bool(of_window) and not has_display()  # it never opens the window, and needs none of its libraries
    missing += [] if is_server else of_window
    yield from missing or [Finding(Check.LIBRARIES, CheckVerdict.OK)]
    if is_server:
        yield Finding(Check.DISPLAY, CheckVerdict.NO_DISPLAY)
    if missing or is_server:
        return
    reason = why_no_window()
    if isinstance(reason, NoWindow):
        yield _missing(str(reason.values["reason"]))
    elif isinstance(reason, NoDisplay) or not has_display():
        yield Finding(Check.DISPLAY, CheckVerdict.NO_DISPLAY)
    else:
        yield Finding(Check.DISPLAY, CheckVerdict.OK)
    yield _sound()
    yield asyncio.run(_notices())


def _libraries(*edges: str) -> Iterator[Finding]:
    for edge in edges:
        try:
            importlib.import_module(edge)
        except (ImportError, OSError) as error:
            yield _missing(str(error))


def _missing(reason: str) -> Finding:
    remedy = {"command": INSTALL} if sys.platform == "linux" else {}
    return Finding(Check.LIBRARIES, CheckVerdict.LIBRARY_MISSING, values={"name": reason} | remedy)


def _sound() -> Finding:
    from wxdesk.ui.notifications.player import PLAYERS, player_commands  # Qt loads by now

    commands = player_commands()
    if commands or sys.platform == "win32":
        return Finding(Check.SOUND, CheckVerdict.OK, values={"program": commands[0][0]} if commands else {})
    names = ", ".join(player[0] for player in PLAYERS.get(sys.platform, ()))
    return Finding(Check.SOUND, CheckVerdict.PLAYER_MISSING, values={"name": names})


async def _notices() -> Finding:
    from wxdesk.ui.notifications.service import NoServiceError, notices_have_buttons  # as above

    try:
        buttons = await notices_have_buttons()
    except NoServiceError:
        return Finding(Check.NOTICES, CheckVerdict.NOTICES_MISSING)
    return Finding(Check.NOTICES, CheckVerdict.OK, values={"cause": "buttons"} if buttons else {})
