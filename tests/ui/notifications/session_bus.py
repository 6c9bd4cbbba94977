"""A session bus of the test's own, with a notification service on it that keeps what it is told."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from dbus_fast import Message
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

from wxdesk.threads import LoopThread

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
CLOSED_BY_CALL = 3

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={folder}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@dataclass
class Told:
    """One call of Notify. `actions` are keys and labels in turn, as the specification has them."""

    number: int
    title: str
    body: str
    actions: list[str]

    def key_of(self, label: str) -> str:
        """The key of the action with this label."""
        return self.actions[self.actions.index(label) - 1]


class Notifications(ServiceInterface):
    """What the Desktop Notifications Specification asks of a service, as far as programs use it."""

    def __init__(self, capabilities: list[str]) -> None:
        super().__init__(NAME)
        self.capabilities = capabilities
        self.told: list[Told] = []
        self.standing: dict[int, Told] = {}

    @dbus_method()
    def Notify(  # noqa: N802 - the specification's
        self,
        app_name: DBusStr,
        replaces_id: DBusUInt32,
        app_icon: DBusStr,
        summary: DBusStr,
        body: DBusStr,
        actions: Annotated[list[str], DBusSignature("as")],
        hints: DBusDict,
        expire_timeout: DBusInt32,
    ) -> DBusUInt32:
        number = replaces_id or len(self.told) + 1
        self.told.append(Told(number, summary, body, actions))
        self.standing[number] = self.told[-1]
        return number

    @dbus_method()
    def CloseNotification(self, number: DBusUInt32) -> None:  # noqa: N802
        if self.standing.pop(number, None) is not None:
            self.NotificationClosed(number, CLOSED_BY_CALL)

    @dbus_method()
    def GetCapabilities(self) -> Annotated[list[str], DBusSignature("as")]:  # noqa: N802
        return self.capabilities

    @dbus_method()
    def GetServerInformation(self) -> Annotated[list[str], DBusSignature("ssss")]:  # noqa: N802
        return ["test", "wxdesk", "1", "1.2"]

    @dbus_signal()
    def ActionInvoked(self, number: int, key: str) -> Annotated[list[Any], DBusSignature("us")]:  # noqa: N802
        return [number, key]

    @dbus_signal()
    def ActivationToken(self, number: int, token: str) -> Annotated[list[Any], DBusSignature("us")]:  # noqa: N802
        return [number, token]

    @dbus_signal()
    def NotificationClosed(self, number: int, reason: int) -> Annotated[list[Any], DBusSignature("uu")]:  # noqa: N802
        return [number, reason]


@dataclass
class SessionBus:
    """A bus to which services can be brought."""

    address: str
    _thread: LoopThread
    _connections: list[MessageBus] = field(default_factory=list)

    def serve(self, *capabilities: str) -> Notifications:
        """Bring a notification service that can do this beside showing a text."""
        service = Notifications(["body", "body-markup", *capabilities])
        self.bring(NAME, PATH, service)
        return service

    def bring(self, name: str, path: str, service: ServiceInterface) -> None:
        """Bring any service."""

        async def connect() -> None:
            connection = await MessageBus(bus_address=self.address, negotiate_unix_fd=True).connect()
            connection.export(path, service)
            await connection.request_name(name)
            self._connections.append(connection)

        self._thread.call(connect(), 10)

    def connected(self) -> int:
        """The number of those who are on the bus."""
        return len(self._thread.call(self._connected(), 10))

    def invoke(self, service: Notifications, told: Told, key: str) -> None:
        """Press an action of a notice, which then goes away, as most desktops do it.

        Nobody presses before the program has read which number its notice got: its answer to a ping, which comes after
        that, is waited for.
        """

        async def press() -> None:
            for name in await self._connected():
                await self._connections[0].call(Message(name, "/", "org.freedesktop.DBus.Peer", "Ping"))
            service.ActivationToken(told.number, f"to come to the front for {told.title}")
            service.ActionInvoked(told.number, key)
            service.CloseNotification(told.number)

        self._thread.call(press(), 10)

    async def _connected(self) -> list[str]:
        """The unique names of those who are on the bus."""
        name, path = "org.freedesktop.DBus", "/org/freedesktop/DBus"
        reply = await self._connections[0].call(Message(name, path, name, "ListNames"))
        assert reply is not None
        return [one for one in reply.body[0] if one.startswith(":")]

    def hang_up(self) -> None:
        """Take all services away."""

        async def leave() -> None:
            for connection in self._connections:
                connection.disconnect()
                await connection.wait_for_disconnect()

        self._thread.call(leave(), 10)

    def close(self) -> None:
        """Leave nothing running."""
        self.hang_up()
        assert self._thread.stop()


@contextmanager
def session_bus(daemon: str, folder: Path) -> Iterator[SessionBus]:
    """A session bus without any service; its configuration is put into `folder`."""
    config = folder / "bus.conf"
    config.write_text(CONFIG.format(folder=tempfile.gettempdir()))
    command = [daemon, f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        opened = SessionBus(process.stdout.readline().strip(), LoopThread("bus"))
        try:
            yield opened
            opened.close()
        finally:
            process.terminate()  # else a test that fails would wait for it without end
