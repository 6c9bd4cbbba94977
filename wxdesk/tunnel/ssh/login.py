"""Login at an SSH server: its accepted host key, then our key, agent or password."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.setup.tunnel_state import TunnelEnd
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.i18n import tr


@dataclass(frozen=True, slots=True)
class SshTimes:
    """Seconds for the whole way to a standing tunnel, and to notice a dead server.

    asyncssh gives up one interval after the last of `unanswered` questions, so 10 s and 3 make at most 40 s. When the
    network may have changed, the interval is `checking`.
    """

    opening: float = 20.0
    keepalive: float = 10.0
    unanswered: int = 3
    checking: float = 2.0
    looking: float = 5.0


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


async def log_in(tunnel: TunnelSettings, secret: str, times: SshTimes) -> asyncssh.SSHClientConnection:
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
            keepalive_interval=times.keepalive,
            keepalive_count_max=times.unanswered,
            **_credentials(tunnel, secret),
        )
    except (OSError, ValueError, asyncssh.Error) as error:
        raise SshFailed(_why(error, tunnel, guard.shown)) from None
    return connection


def _credentials(tunnel: TunnelSettings, secret: str) -> Mapping[str, Any]:
    """Name what to try; without a key file the agent's keys and the usual files."""
    found: dict[str, Any] = {"password": secret or None, "passphrase": secret or None}
    if tunnel.key_file:
        found |= {"client_keys": [Path(tunnel.key_file).expanduser()], "agent_path": None}
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


def _about_key_file(error: Exception, file: str) -> str:
    if isinstance(error, OSError):
        return tr("the key file {file} cannot be read", file=file)
    return tr("the key file {file} is no private key, or its passphrase is missing or wrong", file=file)


def _about_connection(error: Exception) -> str:
    if isinstance(error, socket.gaierror | UnicodeError):
        return tr("there is no server of this name")
    if isinstance(error, ConnectionRefusedError):
        return tr("nothing listens at this port")
    if isinstance(error, TimeoutError):
        return tr("it does not answer")
    if isinstance(error, OSError):
        return tr("the network does not lead there")
    return tr("no SSH server answers there")
