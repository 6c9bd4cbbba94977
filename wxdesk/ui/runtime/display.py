"""Check for the libraries a window needs; without them Qt aborts the program."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

INSTALL = (
    "apt install libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libfontconfig1 libdbus-1-3 libxcb-cursor0"
    " libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1"
    " libxcb-xkb1"
)


def missing_library() -> str:
    """Return the loader's message about the first missing library, or an empty text.

    On X11, Qt needs more than its own import does: the libraries of the plugin loaded with the first window.
    """
    try:
        from PySide6.QtCore import QLibraryInfo
        from PySide6.QtWidgets import QApplication  # noqa: F401 - what counts is that it can be imported
    except ImportError as error:
        return str(error)
    if _uses_x11():
        plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath))
        try:
            ctypes.CDLL(str(plugins / "platforms" / "libqxcb.so"))
        except OSError as error:
            return str(error)
    return ""


def _uses_x11() -> bool:
    chosen = os.environ.get("QT_QPA_PLATFORM", "" if os.environ.get("WAYLAND_DISPLAY") else "xcb")
    return sys.platform == "linux" and bool(os.environ.get("DISPLAY")) and chosen.startswith("xcb")


if __name__ == "__main__":
    sys.stdout.write(missing_library())
