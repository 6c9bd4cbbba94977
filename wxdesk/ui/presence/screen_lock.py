"""Follows the screen lock, where the system reports it.

On Linux the desktop's screen saver reports it on the session bus: GNOME, KDE, Cinnamon, MATE and others
each by the same signal of their own interface. Windows and macOS are asked every few seconds: both answer at
once and change nothing, and Qt offers no way. Without any report, only the time without key or mouse counts.
"""

import ctypes
import logging
import struct
import sys
from collections.abc import Callable
from functools import cache

from PySide6.QtCore import SLOT, QObject, QTimer, Signal, Slot
from PySide6.QtDBus import QDBusConnection

log = logging.getLogger(__name__)

type LockQuery = Callable[[], bool | None]
"""Tells whether the screen is locked; None if the system does not say."""

_FLAGS_AT = 16
"""Offset of SessionFlags in WTSINFOEXW, after Level (8 bytes), id and state."""

_LOCKED, _UNLOCKED = 0, 1
"""WTS_SESSIONSTATE_LOCK and _UNLOCK; anything else is unknown.

See https://learn.microsoft.com/en-us/windows/win32/api/wtsapi32/ns-wtsapi32-wtsinfoex_level1_w. Windows 7 had them the
other way round; no Python that wxdesk needs runs there.
"""

_SESSION_INFO_EX = 25
_CURRENT_SESSION = 0xFFFFFFFF
_UTF_8 = 0x08000100


def lock_query() -> LockQuery | None:
    """Return this system's query; None if it reports by itself or cannot be asked."""
    if sys.platform == "win32":
        return _guarded(_windows)
    if sys.platform == "darwin":
        return _guarded(_macos)
    return None


def locked_from_session_info(session_info: bytes) -> bool | None:
    """Read the lock from a WTSINFOEXW of level 1; None if unknown or malformed."""
    if len(session_info) < _FLAGS_AT + 4 or struct.unpack_from("<I", session_info)[0] != 1:
        return None
    (flags,) = struct.unpack_from("<i", session_info, _FLAGS_AT)
    return {_LOCKED: True, _UNLOCKED: False}.get(flags)


def _guarded(ask: LockQuery) -> LockQuery:
    """Wrap `ask` so that a system without the function gives no answer."""

    def guarded() -> bool | None:
        try:
            return ask()
        except (OSError, AttributeError) as error:
            _no_answer(str(error))
            return None

    return guarded


@cache
def _no_answer(why: str) -> None:
    """Log the missing answer once, not every few seconds."""
    log.warning("The system does not say whether the screen is locked: %s", why)


def _windows() -> bool | None:
    if sys.platform != "win32":
        return None
    from ctypes import wintypes

    library = ctypes.WinDLL("wtsapi32", use_last_error=True)
    query, free = library.WTSQuerySessionInformationW, library.WTSFreeMemory
    found, size = ctypes.c_void_p(), wintypes.DWORD()
    query.argtypes = [
        wintypes.HANDLE,
        wintypes.DWORD,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(wintypes.DWORD),
    ]
    query.restype = wintypes.BOOL
    free.argtypes, free.restype = [ctypes.c_void_p], None
    if not query(None, _CURRENT_SESSION, _SESSION_INFO_EX, ctypes.byref(found), ctypes.byref(size)) or not found:
        return None
    try:
        return locked_from_session_info(ctypes.string_at(found, size.value))
    finally:
        free(found)


def _macos() -> bool | None:
    """Check for the session's key `CGSSessionScreenIsLocked`, set only while locked."""
    frameworks = "/System/Library/Frameworks"
    graphics = ctypes.CDLL(f"{frameworks}/CoreGraphics.framework/CoreGraphics")
    foundation = ctypes.CDLL(f"{frameworks}/CoreFoundation.framework/CoreFoundation")
    session_of, contains = graphics.CGSessionCopyCurrentDictionary, foundation.CFDictionaryContainsKey
    text_of, release = foundation.CFStringCreateWithCString, foundation.CFRelease
    session_of.argtypes, session_of.restype = [], ctypes.c_void_p
    contains.argtypes, contains.restype = [ctypes.c_void_p, ctypes.c_void_p], ctypes.c_ubyte
    text_of.argtypes, text_of.restype = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32], ctypes.c_void_p
    release.argtypes, release.restype = [ctypes.c_void_p], None
    session = session_of()
    if session is None:  # nobody has logged in at a screen
        return None
    key = text_of(None, b"CGSSessionScreenIsLocked", _UTF_8)
    try:
        return bool(contains(session, key))
    finally:
        release(key)
        release(session)


ASK_MS = 2000

TELLERS = (
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.cinnamon.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.xfce.ScreenSaver",
)
"""Interfaces with the signal `ActiveChanged`; a desktop has one or two."""


class ScreenLock(QObject):
    """Passes on changes of the screen lock; silent where the system reports none.

    Signals:
        changed: True when the screen was locked, False when it was unlocked.
    """

    changed = Signal(bool)

    def __init__(self, parent: QObject, bus: QDBusConnection | None = None, ask: LockQuery | None = None) -> None:
        super().__init__(parent)
        self._ask = ask or lock_query()
        self._answer = False
        if self._ask is not None:
            timer = QTimer(self, interval=ASK_MS)
            timer.timeout.connect(self.poll)
            timer.start()
        self._bus = bus
        if self._bus is None and sys.platform == "linux":
            self._bus = QDBusConnection.sessionBus()
        if self._bus is not None and self._bus.isConnected():
            for teller in TELLERS:
                # PySide's stubs ask for bytes here, which it connects to nothing
                self._bus.connect("", "", teller, "ActiveChanged", self, SLOT("on_lock_changed(bool)"))  # type: ignore[call-overload]

    @Slot(bool)
    def on_lock_changed(self, locked: bool) -> None:
        """Receive the signal of the session bus."""
        self.changed.emit(locked)

    def poll(self) -> None:
        """Ask the system, if it has to be asked; no answer changes nothing."""
        answer = None if self._ask is None else self._ask()
        if answer is not None and answer is not self._answer:
            self._answer = answer
            self.changed.emit(answer)
