"""The system's own idle sleep, held off for a while.

The screen may still go dark and be locked, and who closes the lid or chooses to sleep is obeyed.
"""

import asyncio
import ctypes
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial

log = logging.getLogger(__name__)

DEADLINE = 3.0
"""Seconds for a service of the system."""

_SUSPEND = 4
"""Flag of the portal's Inhibit: not the screen, only sleep."""

_CONTINUOUS, _SYSTEM_REQUIRED = 0x80000000, 0x00000001


class SystemSleep:
    """Idle sleep, held off while what is open here stays open."""

    def __init__(self) -> None:
        self._one_by_one = asyncio.Lock()
        self._releases: list[Callable[[], None]] = []

    async def keep_awake(self, awake: bool, reason: str) -> None:
        """Hold idle sleep off, or allow it again; does nothing where the system cannot."""
        async with self._one_by_one:
            for release in self._releases:
                with suppress(OSError):  # it has ended by itself
                    release()
            self._releases.clear()
            if not awake:
                return
            try:
                async with asyncio.timeout(DEADLINE):
                    await self._hold(reason)
            except Exception as error:  # noqa: BLE001 - each system's service fails in ways of its own
                log.info("The machine may go to sleep: %s", type(error).__name__)

    async def _hold(self, reason: str) -> None:
        if sys.platform == "win32":  # a state of the thread, which is always the desk's
            ctypes.windll.kernel32.SetThreadExecutionState(_CONTINUOUS | _SYSTEM_REQUIRED)
            self._releases.append(lambda: ctypes.windll.kernel32.SetThreadExecutionState(_CONTINUOUS))
        elif sys.platform == "darwin":
            self._releases.append((await asyncio.create_subprocess_exec("caffeinate", "-iw", str(os.getpid()))).kill)
        else:
            await self._ask_linux(reason)

    async def _ask_linux(self, reason: str) -> None:
        """Ask the desktop's portal and the system's logind, which go by what is connected."""
        from dbus_fast import BusType, Message, MessageType, Variant
        from dbus_fast.aio import MessageBus

        portal, login = "org.freedesktop.portal", "org.freedesktop.login1"
        asked = (
            (BusType.SESSION, f"{portal}.Desktop", "/org/freedesktop/portal/desktop", f"{portal}.Inhibit", "sua{sv}",
             ["", _SUSPEND, {"reason": Variant("s", reason)}]),
            (BusType.SYSTEM, login, "/org/freedesktop/login1", f"{login}.Manager", "ssss",
             ["idle", "wxdesk", reason, "block"]),
        )  # fmt: skip
        for kind, name, path, interface, signature, body in asked:
            try:
                bus = await MessageBus(bus_type=kind, negotiate_unix_fd=True).connect()
            except Exception as error:  # noqa: BLE001 - no bus, or one that does not let us in
                log.info("No bus for %s: %s", name, type(error).__name__)
                continue
            self._releases.append(bus.disconnect)
            reply = await bus.call(Message(name, path, interface, "Inhibit", signature=signature, body=body))
            if reply is not None and reply.message_type is MessageType.METHOD_RETURN:
                self._releases += [partial(os.close, number) for number in reply.unix_fds]
