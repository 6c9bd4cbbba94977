"""Tunnel by an SSH server: it takes requests and hands them back to us.

Works with the operator's own sshd, and with the SSH gateway of frps (`frps.py`). Everything belongs to the
one connection: when it closes, nothing is left here or there.
"""

import asyncio
import contextlib
from collections.abc import Callable

import asyncssh

from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelUp
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.i18n import tr
from wxdesk.tunnel.ssh.frps import open_proxy
from wxdesk.tunnel.ssh.login import SshFailed, SshTimes, log_in

USUAL = SshTimes()

type Address = tuple[str, int]

_ONLY_THERE = ("127.0.0.1", "localhost", "::1")
"""Addresses at which the server takes requests of nginx or Caddy beside it only."""


class SshTunnel:
    """Reverse forwarding from the server to `listener`.

    With `api`, the address of WeChat's API, forwarding there as well.
    """

    def __init__(
        self,
        tunnel: TunnelSettings,
        listener: Address,
        *,
        public_url: str = "",
        api: Address | None = None,
        secret: str = "",
        times: SshTimes = USUAL,
    ) -> None:
        self._tunnel = tunnel
        self._listener = listener
        self._public_url = public_url
        self._api = api
        self._secret = secret
        self._times = times
        self._connection: asyncssh.SSHClientConnection | None = None
        self._former = FormerSession()

    def check(self) -> None:
        """See `desk.ports.TunnelDriver.check`."""
        if self._connection is not None:
            times = self._times
            self._connection.set_keepalive(times.checking, times.unanswered)
            delay = times.checking * (times.unanswered + 2)
            asyncio.get_running_loop().call_later(delay, self._slow_down, self._connection)

    def _slow_down(self, connection: asyncssh.SSHClientConnection) -> None:
        if connection is self._connection:
            connection.set_keepalive(self._times.keepalive, self._times.unanswered)

    async def run(self, report: Callable[[TunnelUp | TunnelEnd], None]) -> TunnelEnd:
        """See `desk.ports.TunnelDriver.run`."""
        try:
            async with asyncio.timeout(self._times.opening):
                self._connection = await log_in(self._tunnel, self._secret, self._times)
                up = await self._open(self._connection)
            report(up)
            await self._connection.wait_closed()
            return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": tr("the connection to the server broke off")})
        except SshFailed as failed:
            return failed.end
        except (TimeoutError, OSError, asyncssh.Error):
            at = {"host": self._tunnel.host, "port": str(self._tunnel.port)}
            return TunnelEnd(CheckVerdict.SSH_UNREACHABLE, at | {"reason": tr("it does not answer")})
        finally:
            connection, self._connection = self._connection, None
            if connection is not None:
                await _close(connection)

    async def _open(self, connection: asyncssh.SSHClientConnection) -> TunnelUp:
        """Set up all forwarding. Raises `SshFailed`, `asyncssh.Error`."""
        if self._tunnel.gateway == "frps":
            await open_proxy(connection, self._tunnel, self._listener, self._secret)
            return TunnelUp(self._public_url or f"http://{self._tunnel.custom_domain}")
        host, port = self._tunnel.remote_host, self._tunnel.remote_port
        try:
            await connection.forward_remote_port(host, port, *self._listener)
        except asyncssh.ChannelListenError:
            taken = await _listens(connection, host, port)
            if taken:
                await self._former.end(connection, self._times.looking)
            verdict = CheckVerdict.SSH_PORT_IN_USE if taken else CheckVerdict.SSH_FORWARD_REFUSED
            raise SshFailed(TunnelEnd(verdict, {"port": str(port), "host": self._tunnel.host})) from None
        await self._former.note(connection, self._times.looking)
        api_port = 0
        if self._api is not None:
            api_port = (await connection.forward_local_port("127.0.0.1", 0, *self._api)).get_port()
        if await self._kept_inside(connection):
            values = {"port": str(port), "host": self._tunnel.host}
            return TunnelUp(self._public_url, CheckVerdict.SSH_GATEWAY_PORTS, values, api_port)
        return TunnelUp(self._public_url, api_port=api_port)

    async def _kept_inside(self, connection: asyncssh.SSHClientConnection) -> bool:
        """Tell if the server listens for itself alone though asked for more.

        With `GatewayPorts no` it does not say so; but then the port refuses us, while from there it answers.
        """
        host, port = self._tunnel.remote_host, self._tunnel.remote_port
        if host in _ONLY_THERE:
            return False
        try:
            async with asyncio.timeout(self._times.looking):
                _, writer = await asyncio.open_connection(self._tunnel.host, port)
        except ConnectionRefusedError:
            return await _listens(connection, host, port)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return False


async def _listens(connection: asyncssh.SSHClientConnection, host: str, port: int) -> bool:
    """Look from the server itself whether something listens at its `port`."""
    try:
        _, writer = await connection.open_connection(host if host in _ONLY_THERE else "127.0.0.1", port)
    except asyncssh.ChannelOpenError:
        return False
    writer.close()
    return True


async def _close(connection: asyncssh.SSHClientConnection) -> None:
    """Say goodbye, so that the server frees the port at once; wait a second at most."""
    connection.close()
    with contextlib.suppress(TimeoutError, OSError, asyncssh.Error):
        async with asyncio.timeout(1.0):
            await connection.wait_closed()
            return
    connection.abort()


class FormerSession:
    """Number of the process that serves us there; empty if unknown.

    A server notices a silent client late, without `ClientAliveInterval` after a quarter of an hour or two, and keeps
    the port. Where the login may run commands, the session's process is asked for by `echo $PPID`, and the next login
    ends it. Where it may not, nothing happens, and the port is waited for.
    """

    def __init__(self) -> None:
        self._process = ""

    async def note(self, connection: asyncssh.SSHClientConnection, seconds: float) -> None:
        """Ask for the process of the present session, which will be the former one."""
        self._process = ""
        answer = await _run(connection, "echo $PPID", seconds)
        if answer.isascii() and answer.isdigit():
            self._process = answer

    async def end(self, connection: asyncssh.SSHClientConnection, seconds: float) -> None:
        """Ask the former session to end, if that process still is one of sshd's."""
        if self._process:
            number, self._process = self._process, ""
            await _run(connection, f"ps -o args= -p {number} | grep -q sshd && kill {number}", seconds)


async def _run(connection: asyncssh.SSHClientConnection, command: str, seconds: float) -> str:
    """Run a command; return its output, empty if it cannot be run."""
    with contextlib.suppress(TimeoutError, OSError, asyncssh.Error):
        async with asyncio.timeout(seconds):
            ended = await connection.run(command, stdin=asyncssh.DEVNULL)
            return str(ended.stdout or "").strip()
    return ""
