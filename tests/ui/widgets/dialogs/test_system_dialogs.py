"""The desktop's own file dialogs: asked for on a real X server and bus, and told everything before they are shown."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated, Any

import pytest

from tests.ui.x_server import screen

pytest.importorskip("dbus_fast", reason="D-Bus is Linux's")

from dbus_fast.annotations import DBusDict, DBusObjectPath, DBusSignature, DBusStr
from dbus_fast.constants import PropertyAccess
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property

__all__ = ["screen"]

PROGRAM = """
import sys
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtWidgets import QWidget
from wxdesk.ui.widgets.dialogs.file_jobs import ask_for_files, ask_for_folder, ask_where
from wxdesk.ui.window import make_application

application = make_application()
window = QWidget()
window.show()
portal, path = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
version = QDBusMessage.createMethodCall(portal, path, "org.freedesktop.DBus.Properties", "Get")
version.setArguments(["org.freedesktop.portal.FileChooser", "version"])


def ask(_answered):
    if sys.argv[1] == "save":
        ask_where(window, "Save as", "desk.zip", print, "Backup (*.zip)")
    elif sys.argv[1] == "folder":
        ask_for_folder(window, "Backups", print)
    else:
        ask_for_files(window, "Picture", print, "Pictures (*.png)", several=True)


# Qt asks the same at its start, and shows its own dialog until it has read the answer, which comes before this one.
watcher = QDBusPendingCallWatcher(QDBusConnection.sessionBus().asyncCall(version))
watcher.finished.connect(ask)
application.exec()
"""


class FileChooser(ServiceInterface):
    """The portal's file dialogs, as far as they are asked for here."""

    def __init__(self) -> None:
        super().__init__("org.freedesktop.portal.FileChooser")
        self.asked: SimpleQueue[tuple[str, dict[str, Any]]] = SimpleQueue()

    @dbus_property(access=PropertyAccess.READ)
    def version(self) -> Annotated[int, DBusSignature("u")]:
        return 4

    @dbus_method()
    def SaveFile(self, window: DBusStr, title: DBusStr, options: DBusDict) -> DBusObjectPath:  # noqa: N802
        return self._answer("save", options)

    @dbus_method()
    def OpenFile(self, window: DBusStr, title: DBusStr, options: DBusDict) -> DBusObjectPath:  # noqa: N802
        return self._answer("open", options)

    def _answer(self, what: str, options: dict[str, Any]) -> str:
        self.asked.put((what, {name: option.value for name, option in options.items()}))
        return "/org/freedesktop/portal/desktop/request/1"


@pytest.mark.parametrize(
    ("what", "method", "option", "value"),
    [
        ("save", "save", "current_name", "desk.zip"),
        ("files", "open", "multiple", True),
        ("folder", "open", "directory", True),
    ],
)
def test_the_desktop_shows_the_dialog_that_is_meant(
    screen: str, tmp_path: Path, what: str, method: str, option: str, value: object
) -> None:
    daemon = shutil.which("dbus-daemon")
    if daemon is None:
        pytest.skip("no dbus-daemon on this machine")
    from tests.ui.notifications.session_bus import session_bus

    with session_bus(daemon, tmp_path) as bus:
        portal = FileChooser()
        bus.bring("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", portal)
        own = {"DISPLAY": screen, "QT_QPA_PLATFORM": "xcb", "DBUS_SESSION_BUS_ADDRESS": bus.address}
        around = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORMTHEME"} | own
        with subprocess.Popen([sys.executable, "-c", PROGRAM, what], env=around, stderr=subprocess.DEVNULL) as program:
            try:
                asked, options = portal.asked.get(timeout=30)
            finally:
                program.kill()
    assert (asked, options[option]) == (method, value)
