"""Choice of the driver that config.toml asks for."""

from __future__ import annotations

from wxdesk.config import TunnelSettings
from wxdesk.desk.ports import TunnelDriver
from wxdesk.tunnel.external import ExternalTunnel


def driver_for(tunnel: TunnelSettings, public_url: str) -> TunnelDriver:
    """Make the driver of `tunnel`; `public_url` is the one in config.toml."""
    return ExternalTunnel(public_url)
