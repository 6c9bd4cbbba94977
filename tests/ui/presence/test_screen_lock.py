"""What Windows' record of a session says about the lock, laid out as WtsApi32.h has it; and who is asked at all."""

import ctypes
import sys

import pytest

from wxdesk.ui.presence.screen_lock import lock_query, locked_from_session_info

UNKNOWN = -1


class Level1(ctypes.Structure):
    """WTSINFOEX_LEVEL1_W as far as its first time, which is what aligns it."""

    _fields_ = (
        ("SessionId", ctypes.c_uint32),
        ("SessionState", ctypes.c_int),
        ("SessionFlags", ctypes.c_int32),
        ("WinStationName", ctypes.c_uint16 * 33),
        ("UserName", ctypes.c_uint16 * 21),
        ("DomainName", ctypes.c_uint16 * 18),
        ("LogonTime", ctypes.c_int64),
    )


class SessionInfo(ctypes.Structure):
    """WTSINFOEXW."""

    _fields_ = (("Level", ctypes.c_uint32), ("Data", Level1))


@pytest.mark.parametrize(("flags", "locked"), [(0, True), (1, False), (UNKNOWN, None), (7, None)])
def test_the_flags_of_a_session_say_whether_it_is_locked(flags: int, locked: bool | None) -> None:
    info = SessionInfo(Level=1, Data=Level1(SessionId=3, SessionState=4, SessionFlags=flags))
    assert locked_from_session_info(bytes(info)) is locked


@pytest.mark.parametrize("info", [b"", b"\1\0\0\0", bytes(SessionInfo(Level=2))], ids=["nothing", "cut", "other level"])
def test_an_unknown_session_record_says_nothing(info: bytes) -> None:
    assert locked_from_session_info(info) is None


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells by itself")
def test_linux_is_not_asked() -> None:
    assert lock_query() is None


@pytest.mark.skipif(sys.platform not in ("win32", "darwin"), reason="only these are asked")
def test_the_lock_query_reports_an_open_screen_or_none() -> None:
    ask = lock_query()
    assert ask is not None
    assert ask() in (False, None)
