"""The icon finds its place on a real X server, whose tray comes after the window."""

import os
import subprocess
import sys

from tests.ui.x_server import screen

__all__ = ["screen"]

PROGRAM = """
import ctypes
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from wxdesk.ui.notifications.desktop_notices import Tray

application = QApplication([])
window = QWidget()
tray = Tray(window)
tray.appear()
print(QSystemTrayIcon.isSystemTrayAvailable(), tray.icon.isVisible())
xlib = ctypes.CDLL("libX11.so.6")
xlib.XOpenDisplay.restype = ctypes.c_void_p
display = ctypes.c_void_p(xlib.XOpenDisplay(None))
owner = xlib.XCreateSimpleWindow(display, xlib.XDefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0)
xlib.XSetSelectionOwner(display, xlib.XInternAtom(display, b"_NET_SYSTEM_TRAY_S0", 0), owner, 0)
xlib.XSync(display, 0)
print(QSystemTrayIcon.isSystemTrayAvailable(), tray.icon.isVisible())
"""
"""Becomes the tray of its own screen, after its icon wanted to be in one."""


def test_the_icon_waits_for_a_tray_that_comes_later(screen: str) -> None:
    around = {**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb", "DBUS_SESSION_BUS_ADDRESS": "none:"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=around, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["False True", "True True"], done.stderr
