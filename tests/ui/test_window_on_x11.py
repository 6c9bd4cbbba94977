"""The window on a real X server: brought back from where it is hidden, and closed where the display goes away."""

import os
import subprocess
import sys
from pathlib import Path

from tests.ui.x_server import screen, x_server

__all__ = ["screen"]

NO_DESKTOP = {"QT_QPA_PLATFORM": "xcb", "XDG_CURRENT_DESKTOP": "", "DBUS_SESSION_BUS_ADDRESS": "none:"}

PROGRAM = """
import ctypes
import sys
from pathlib import Path
from PySide6.QtCore import QElapsedTimer, QTimer
from wxdesk.app import open_desk
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.window import make_application, run_window

home = Path(sys.argv[1])
thread = DeskThread(open_desk(Setup(home, Config(ListenerSettings(port=0)))))
application = make_application()


def shown():
    window = next(one for one in application.topLevelWidgets() if isinstance(one, MainWindow))
    xlib = ctypes.CDLL("libX11.so.6")
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(xlib.XOpenDisplay(None))

    def hide():
        xlib.XUnmapWindow(display, ctypes.c_ulong(window.winId()))
        xlib.XSync(display, 0)

    steps = [(True, hide), (False, window.bring_to_front), (True, window.quit)]
    if "wait" in sys.argv:
        steps = [(True, tick.stop)]
    waited.start()

    def go_on():
        exposed, step = steps[0]
        if window.windowHandle().isExposed() is exposed or waited.hasExpired(10_000):
            print("exposed", window.windowHandle().isExposed(), flush=True)
            steps.pop(0)
            step()

    tick.timeout.connect(go_on)
    tick.start(20)


tick, waited = QTimer(application), QElapsedTimer()
code = run_window(thread.desk, thread.loop, InstallationFacts(home), shown)
print("closed", code, thread.stop(), flush=True)
"""
"""Unmaps its window from outside, as window managers do with another workspace, and brings it to the front."""


def start(display: str, *words: str | Path) -> subprocess.Popen[str]:
    around = os.environ | NO_DESKTOP | {"DISPLAY": display, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", PROGRAM, *map(str, words)]
    return subprocess.Popen(command, env=around, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_window_comes_from_a_workspace_that_is_not_shown(screen: str, tmp_path: Path) -> None:
    with start(screen, tmp_path) as program:
        said, errors = program.communicate(timeout=60)
    assert said.splitlines() == ["exposed True", "exposed False", "exposed True", "closed 0 True"], errors


def test_a_display_that_goes_away_as_at_a_logout_closes_window_and_desk(tmp_path: Path) -> None:
    with x_server() as (display, server), start(display, tmp_path, "wait") as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "exposed True\n"
        server.kill()
        said, errors = program.communicate(timeout=30)
    assert said == "closed 0 True\n", errors
    assert (tmp_path / "window.ini").exists()
