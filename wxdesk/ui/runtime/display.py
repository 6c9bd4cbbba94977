"""Needs of a window before Qt starts: libraries, display, input method, dialogs.

Without the first two Qt would abort the program, without an input method it takes only letters.
Imports Qt only to try it, so it can be asked on a server as well.
"""

import builtins
import ctypes
import os
import shutil
import socket
import sys
from pathlib import Path

from wxdesk.core.errors import NoDisplay, NoWindow, WxdeskError

INSTALL = (
    "apt install libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libfontconfig1 libdbus-1-3 libglib2.0-0"
    " libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0"
    " libxcb-sync1 libxcb-xkb1"
)
ACTIVATION_TOKEN = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - no secret
"""Variable with the right to come to the front on Wayland, which Qt uses up."""

_IBUS = "ibus"


def has_display() -> bool:
    """Tell if a window can be seen here; only Linux may have no display."""
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        return False
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def why_no_window() -> WxdeskError | None:
    """Return the error that keeps a window from opening, or None; loads Qt."""
    needs_display = sys.platform == "linux" and _platform() in ("", "xcb", "wayland")
    if needs_display and not has_display():
        return NoDisplay()
    missing = missing_library()
    if missing:
        return NoWindow(reason=missing, command=INSTALL)
    if needs_display and not (_wayland_answers() or _x11_answers()):
        return NoDisplay(os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "")
    return None


def missing_library() -> str:
    """Return the loader's message about the first missing library, or an empty text.

    On X11, Qt needs more than its own import does: the libraries of the plugin loaded with the first window.
    """
    try:
        plugins = _load_qt()
    except ImportError as error:
        return str(error)
    if _uses_x11():
        try:
            ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
        except OSError as error:
            return str(error)
    return ""


def choose_input_method() -> None:
    """Let Qt find the operator's input method; without it, only letters can be typed.

    Qt reads QT_IM_MODULES, else QT_IM_MODULE. It brings a plugin for ibus alone, which fcitx 5 speaks too. It no
    longer speaks the protocol of XMODIFIERS, the only variable that some desktops set. And it asks the session's bus
    only if it is told to, and else gives up where no ibus is installed.
    """
    asked = os.environ.get("QT_IM_MODULES") or os.environ.get("QT_IM_MODULE", "")
    method = os.environ.get("XMODIFIERS", "").rpartition("@im=")[2]
    wanted = [method if name == "xim" else name for name in asked.split(";") if name] or ["wayland", method]
    chosen = list(dict.fromkeys(_IBUS if _is_spoken(name) else name for name in wanted))
    if _IBUS not in chosen:
        return
    os.environ["QT_IM_MODULES"] = ";".join(chosen)
    if not shutil.which("ibus-daemon"):
        os.environ.setdefault("IBUS_USE_PORTAL", "1")


def choose_file_dialogs() -> None:
    """Let Qt show the file dialogs of the desktop's portal, unless a theme has some.

    Left alone, Qt does so within Flatpak and Snap only. Where no portal answers, it shows its own, without previews.
    """
    asked = os.environ.get("QT_QPA_PLATFORMTHEME") or "none"
    if sys.platform == "linux" and has_display() and not list(_load_qt().glob(f"platformthemes/*{asked}*")):
        os.environ["QT_QPA_PLATFORMTHEME"] = "xdgdesktopportal"


def _is_spoken(name: str) -> bool:
    """True if a method is reached by ibus."""
    return name == _IBUS or (name.startswith("fcitx") and not list(_load_qt().glob("platforminputcontexts/*fcitx*")))


def _load_qt() -> Path:
    """Import Qt without its own `import`; return the folder of its plugins.

    PySide6 replaces Python's `import` by one that reads the source of each module, to see if it may want
    `__feature__`. None here does, and for the hundreds that follow this would be a tenth of a start.

    Raises:
        ImportError: a library is missing.
    """
    python_import = builtins.__import__
    try:
        from PySide6.QtCore import QLibraryInfo
        from PySide6.QtWidgets import QApplication  # noqa: F401 - what counts is that it can be imported
    finally:
        builtins.__import__ = python_import
    return Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))


def _platform() -> str:
    """Qt's platform as chosen by the environment, such as xcb; empty where Qt chooses."""
    return os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0].partition("-")[0]


def _uses_x11() -> bool:
    chosen = _platform() or ("" if os.environ.get("WAYLAND_DISPLAY") else "xcb")
    return sys.platform == "linux" and bool(os.environ.get("DISPLAY")) and chosen == "xcb"


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    if sys.platform == "win32" or not name or _platform() == "xcb":
        return False
    with socket.socket(socket.AF_UNIX) as asked:
        try:
            asked.connect(str(Path(os.environ.get("XDG_RUNTIME_DIR", "")) / name))
        except OSError:
            return False
    return True


def _x11_answers() -> bool:
    """Ask the X server as Qt would, which aborts where it gets no answer."""
    if not os.environ.get("DISPLAY") or _platform() == "wayland":
        return False
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # the loader found it for Qt; let Qt ask itself
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed
