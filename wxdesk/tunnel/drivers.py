"""Choice of the driver that config.toml asks for."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from wxdesk.config import Config
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.desk.ports import TunnelDriver
from wxdesk.tunnel.command.driver import CommandTunnel
from wxdesk.tunnel.external import ExternalTunnel

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a listener may be told
"""Addresses of listeners on all networks, and that of this machine alone."""


def driver_for(config: Config, home: Path, listener_url: str, secret: str = "") -> TunnelDriver:
    """Make the driver of `[tunnel]`, which leads to the listener at `listener_url`.

    A program runs in the folder `home`. `secret` is a password, the passphrase of a key file, or the token of frps.
    """
    tunnel, public_url = config.tunnel, config.listener.public_url
    if tunnel.kind is TunnelKind.SSH:
        from wxdesk.tunnel.ssh.driver import SshTunnel  # takes a third of a second, and few need it

        api = _address(config.wechat.api_base) if tunnel.carry_api else None
        return SshTunnel(tunnel, _address(listener_url), public_url=public_url, api=api, secret=secret)
    if tunnel.kind is TunnelKind.COMMAND:
        return CommandTunnel(tunnel, _address(listener_url)[1], home, public_url=public_url)
    return ExternalTunnel(public_url)


def _address(url: str) -> tuple[str, int]:
    """Return host and port of an URL."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return _EVERYWHERE.get(host, host), parts.port or (443 if parts.scheme == "https" else 80)
