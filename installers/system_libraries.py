"""Say in one line that the system lacks what the frozen program cannot start without; run before its first import."""

import ctypes
import sys

if sys.platform == "linux":
    try:
        ctypes.CDLL("libstdc++.so.6")
    except OSError:
        sys.exit("wxdesk: libstdc++.so.6 is missing. On Debian and Ubuntu: apt install libstdc++6（缺少系统库）")
