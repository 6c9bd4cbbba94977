"""The machine is kept from sleeping while messages can arrive, by a real bus with the services of a test."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QElapsedTimer, QObject
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.events import ListenerChanged
from wxdesk.ui.presence import awake as presence
from wxdesk.ui.presence.awake import KeepAwake
from wxdesk.ui.runtime.bridge import Bridge

if TYPE_CHECKING:
    from tests.ui.notifications.session_bus import SessionBus

pytest.importorskip("dbus_fast", reason="D-Bus is Linux's")

from dbus_fast.annotations import DBusDict, DBusObjectPath, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method


class Portal(ServiceInterface):
    """The desktop's portal, as far as it is asked here."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.portal.Inhibit")
        self.asked: list[int] = []

    @dbus_method()
    def Inhibit(self, window: DBusStr, flags: DBusUInt32, options: DBusDict) -> DBusObjectPath:  # noqa: N802
        assert options["reason"].value
        self.asked.append(flags)
        return "/org/freedesktop/portal/desktop/request/1"


class Login(ServiceInterface):
    """systemd's logind: what it hands out is open as long as sleep is held off."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.login1.Manager")
        self.asked: list[tuple[str, str]] = []
        self.watched, self.handed = os.pipe()

    @dbus_method()
    def Inhibit(  # noqa: N802
        self, what: DBusStr, who: DBusStr, why: DBusStr, mode: DBusStr
    ) -> Annotated[int, DBusSignature("h")]:
        self.asked.append((what, mode))
        return self.handed


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "START_MS", 0)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Iterator[SessionBus]":
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("no dbus-daemon on this machine")
    from tests.ui.notifications.session_bus import session_bus

    with session_bus(daemon, tmp_path) as opened:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", opened.address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", opened.address)
        yield opened


def test_sleep_is_inhibited_while_messages_can_arrive_and_the_preference_is_on(
    qtbot: QtBot, world: World, bridge: Bridge, bus: "SessionBus"
) -> None:
    portal, login = Portal(), Login()
    bus.bring("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", portal)
    bus.bring("org.freedesktop.login1", "/org/freedesktop/login1", login)
    before, receives, owner = bus.connected(), [False], QObject()
    awake = KeepAwake(bridge, lambda: receives[0], owner)
    world.publish(ListenerChanged("http://127.0.0.1:1"))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert (portal.asked, login.asked) == ([], [])

    receives[0] = True
    world.publish(ListenerChanged("http://127.0.0.1:2"))
    qtbot.waitUntil(lambda: bool(login.asked) and bridge.is_idle)
    assert (portal.asked, login.asked, bus.connected()) == ([4], [("idle", "block")], before + 2)

    world.call(world.desk.preferences.set(replace(world.desk.preferences.now, keep_awake=False)))
    qtbot.waitUntil(lambda: bus.connected() == before)
    world.call(world.desk.preferences.set(replace(world.desk.preferences.now, keep_awake=True)))
    qtbot.waitUntil(lambda: bus.connected() == before + 2 and bridge.is_idle)
    awake.stop()
    qtbot.waitUntil(lambda: bus.connected() == before and bridge.is_idle)
    os.close(login.handed)
    assert os.read(login.watched, 1) == b""  # nobody holds what was handed out
    os.close(login.watched)


def test_a_machine_without_any_bus_is_used_as_it_is(
    qtbot: QtBot, world: World, bridge: Bridge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.setenv(variable, f"unix:path={tmp_path}/none")
    owner = QObject()
    with qtbot.waitSignal(bridge.idle):
        awake = KeepAwake(bridge, lambda: True, owner)
    awake.stop()
    qtbot.waitUntil(lambda: bridge.is_idle)


def test_a_window_that_opens_does_not_wait_for_the_bus(
    qtbot: QtBot, bridge: Bridge, bus: "SessionBus", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "START_MS", 300)
    login = Login()
    bus.bring("org.freedesktop.login1", "/org/freedesktop/login1", login)
    before, owner, elapsed = bus.connected(), QObject(), QElapsedTimer()
    elapsed.start()
    awake = KeepAwake(bridge, lambda: True, owner)
    qtbot.waitUntil(lambda: bool(login.asked) and bridge.is_idle)
    assert elapsed.elapsed() >= 0.95 * 300  # Qt's timers are that exact
    awake.stop()
    qtbot.waitUntil(lambda: bus.connected() == before and bridge.is_idle)
    os.close(login.handed)
    os.close(login.watched)
