"""Tunnel by an SSH server: it takes requests and hands them back to us.

Works with the operator's own sshd, and with the SSH gateway of frps. Everything belongs to the one connection: when it
closes, nothing is left here or there.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

import asyncssh

from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.errors import Phrase
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelUp

OPENING_SECONDS, LOOKING_SECONDS = 20.0, 5.0
"""Limits: of the whole way to a standing tunnel, and of a look at the server."""

KEEPALIVE_SECONDS, UNANSWERED = 10.0, 3
"""Time between two questions to the server, and most of them without an answer.

asyncssh gives up one interval after the last of these, so after 40 s at most.
"""

CHECKING_SECONDS = 2.0
"""Time between two questions when the network may have changed."""


class SshFailed(Exception):
    """The way to a standing tunnel ended here; `end` says why."""

    def __init__(self, end: TunnelEnd) -> None:
        self.end = end
        super().__init__(end.verdict)


class HostKeyGuard(asyncssh.SSHClient):
    """Takes a server only with the accepted host key; keeps the fingerprint shown."""

    def __init__(self, accepted: str) -> None:
        self._accepted = accepted
        self.shown = ""

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        """Compare the key's fingerprint with the accepted one."""
        self.shown = key.get_fingerprint()
        return self.shown == self._accepted


async def log_in(tunnel: TunnelSettings, secret: str) -> asyncssh.SSHClientConnection:
    """Connect and log in; `secret` is the password, or the passphrase of the key file.

    Raises:
        SshFailed: with the verdict.
    """
    guard = HostKeyGuard(tunnel.host_key)
    try:
        connection, _ = await asyncssh.create_connection(
            lambda: guard,
            tunnel.host,
            tunnel.port,
            config=None,  # a file of ssh's own would change what was asked for
            known_hosts=([], [], []),  # none, so that the guard is asked
            username=tunnel.user or "v0",
            keepalive_interval=KEEPALIVE_SECONDS,
            keepalive_count_max=UNANSWERED,
            **_credentials(tunnel, secret),
        )
    except (OSError, ValueError, asyncssh.Error) as error:
        raise SshFailed(_why(error, tunnel, guard.shown)) from None
    return connection


def _credentials(tunnel: TunnelSettings, secret: str) -> Mapping[str, Any]:
    """Name what to try; without a key file the agent's keys and the usual files."""
    found: dict[str, Any] = {"password": secret or None, "passphrase": secret or None}
    if tunnel.key_file:
        file = os.path.expanduser(tunnel.key_file)  # noqa: PTH111 - pathlib's fails for a user without a home
        found |= {"client_keys": [file], "agent_path": None}
    return found


def _why(error: Exception, tunnel: TunnelSettings, shown: str) -> TunnelEnd:
    """Explain why there is no login.

    Never by the error's own text, which a foreign server may have written.
    """
    at = {"host": tunnel.host, "port": str(tunnel.port)}
    if isinstance(error, asyncssh.HostKeyNotVerifiable) and shown:
        new = CheckVerdict.SSH_HOST_KEY_CHANGED if tunnel.host_key else CheckVerdict.SSH_HOST_KEY_NEW
        keys = {"fingerprint": shown, "accepted": tunnel.host_key}
        return TunnelEnd(new, at | keys, needs_person=True)
    if isinstance(error, asyncssh.PermissionDenied):
        return TunnelEnd(CheckVerdict.SSH_KEY_REFUSED, at | {"user": tunnel.user}, needs_person=True)
    if isinstance(error, ValueError | FileNotFoundError | PermissionError) and not isinstance(error, UnicodeError):
        return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": _about_key_file(error, tunnel.key_file)}, True)
    return TunnelEnd(CheckVerdict.SSH_UNREACHABLE, at | {"reason": _about_connection(error)})


def _about_key_file(error: Exception, file: str) -> Phrase:
    if isinstance(error, OSError):
        return Phrase("the key file {file} cannot be read", file=file)
    return Phrase("the key file {file} is no private key, or its passphrase is missing or wrong", file=file)


def _about_connection(error: Exception) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return "there is no server of this name"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens at this port"
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return "the network does not lead there" if isinstance(error, OSError) else "no SSH server answers there"


PORT_IN_NAME = 80
"""Port that `ssh -R` names; frps does not listen there.

It takes requests at the port of its own configuration.
"""

_MOST_LINES = 20
_STANDS = "RemoteAddress:"
_TAKEN = ("already exists", "already used", "already in use", "conflict")
"""Parts of frps' refusals while another session has the name or the domain."""


async def open_proxy(
    connection: asyncssh.SSHClientConnection, tunnel: TunnelSettings, listener: tuple[str, int], token: str
) -> None:
    """Have frps lead requests for the custom domain to `listener`, as by plain `ssh`.

        ssh -R :80:127.0.0.1:8765 v0@server -p 2200 http --proxy_name wxdesk --custom_domain wx.example.com

    It answers with a text. The forwarding and the command must both come within 3 seconds of the login.
    `token` is that of frps, empty if it wants none.

    Raises:
        SshFailed: frps refused.
    """
    try:
        await connection.forward_remote_port("", PORT_IN_NAME, *listener)
    except asyncssh.ChannelListenError:  # it is no frps
        values = {"port": str(PORT_IN_NAME), "host": tunnel.host}
        raise SshFailed(TunnelEnd(CheckVerdict.SSH_FORWARD_REFUSED, values)) from None
    words = ["http", "--proxy_name", tunnel.proxy_name, "--custom_domain", tunnel.custom_domain]
    process = await connection.create_process(" ".join([*words, *(["--token", token] if token else [])]))
    heard = ""
    for _ in range(_MOST_LINES):
        line = (await process.stdout.readline()).strip()
        if line.startswith(_STANDS):
            return
        heard = line or heard
        if not line and process.stdout.at_eof():
            break
        await asyncio.sleep(0)
    raise SshFailed(_refusal(heard, tunnel, token))


def _refusal(heard: str, tunnel: TunnelSettings, token: str) -> TunnelEnd:
    """Explain what frps wrote instead of an address."""
    if any(part in heard for part in _TAKEN):
        return TunnelEnd(CheckVerdict.SSH_PORT_IN_USE, {"port": tunnel.custom_domain, "host": tunnel.host})
    if "token in login" in heard:
        return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": "frps wants another token"}, needs_person=True)
    shown = "".join(char if char.isprintable() else " " for char in heard)
    said = shown.replace(token, "***")[:200] if token else shown[:200]
    reason = Phrase("frps refuses: {text}", text=said) if said else "frps has ended the connection"
    return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": reason})


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
    ) -> None:
        self._tunnel = tunnel
        self._listener = listener
        self._public_url = public_url
        self._api = api
        self._secret = secret
        self._connection: asyncssh.SSHClientConnection | None = None
        self._former = FormerSession()

    def check(self) -> None:
        """See `desk.ports.TunnelDriver.check`."""
        if self._connection is not None:
            self._connection.set_keepalive(CHECKING_SECONDS, UNANSWERED)
            delay = CHECKING_SECONDS * (UNANSWERED + 2)
            asyncio.get_running_loop().call_later(delay, self._slow_down, self._connection)

    def _slow_down(self, connection: asyncssh.SSHClientConnection) -> None:
        if connection is self._connection:
            connection.set_keepalive(KEEPALIVE_SECONDS, UNANSWERED)

    async def run(self, report: Callable[[TunnelUp | TunnelEnd], None]) -> TunnelEnd:
        """See `desk.ports.TunnelDriver.run`."""
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                self._connection = await log_in(self._tunnel, self._secret)
                up = await self._open(self._connection)
            report(up)
            await self._connection.wait_closed()
            return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": "the connection to the server broke off"})
        except SshFailed as failed:
            return failed.end
        except (TimeoutError, OSError, asyncssh.Error):
            at = {"host": self._tunnel.host, "port": str(self._tunnel.port)}
            return TunnelEnd(CheckVerdict.SSH_UNREACHABLE, at | {"reason": "it does not answer"})
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
                await self._former.end(connection)
            verdict = CheckVerdict.SSH_PORT_IN_USE if taken else CheckVerdict.SSH_FORWARD_REFUSED
            raise SshFailed(TunnelEnd(verdict, {"port": str(port), "host": self._tunnel.host})) from None
        await self._former.remember_process(connection)
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
            async with asyncio.timeout(LOOKING_SECONDS):
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

    async def remember_process(self, connection: asyncssh.SSHClientConnection) -> None:
        """Ask for the process of the present session, which will be the former one."""
        self._process = ""
        answer = await _run(connection, "echo $PPID")
        if answer.isascii() and answer.isdigit():
            self._process = answer

    async def end(self, connection: asyncssh.SSHClientConnection) -> None:
        """Ask the former session to end, if that process still is one of sshd's."""
        if self._process:
            number, self._process = self._process, ""
            await _run(connection, f"ps -o args= -p {number} | grep -q sshd && kill {number}")


async def _run(connection: asyncssh.SSHClientConnection, command: str) -> str:
    """Run a command; return its output, empty if it cannot be run."""
    with contextlib.suppress(TimeoutError, OSError, asyncssh.Error):
        async with asyncio.timeout(LOOKING_SECONDS):
            ended = await connection.run(command, stdin=asyncssh.DEVNULL)
            return str(ended.stdout or "").strip()
    return ""
