"""The frozen program's libraries and the system's, run before its first import.

Says in one line that the system lacks what it cannot start without, and keeps its own libraries to itself.
"""

import ctypes
import os
import sys

if sys.platform == "linux":
    try:
        ctypes.CDLL("libstdc++.so.6")
    except OSError:
        sys.exit("wxdesk: libstdc++.so.6 is missing. On Debian and Ubuntu: apt install libstdc++6（缺少系统库）")
    # The loader has read it by now. A browser, a sound player or a tunnel that wxdesk starts would take the older
    # libraries beside wxdesk for the system's, and end with a symbol that is missing. A wxdesk that it starts is told
    # to find its own anew: PyInstaller's loader leaves that out below another of its programs.
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"
    os.environ.pop("LD_LIBRARY_PATH", None)
    if (before := os.environ.pop("LD_LIBRARY_PATH_ORIG", None)) is not None:
        os.environ["LD_LIBRARY_PATH"] = before
