"""Choice of the tunnel that config.toml asks for."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelKind, TunnelUp
from wxdesk.desk.ports import TunnelDriver, TunnelPlan
from wxdesk.desk.settings.configuration import Setup
from wxdesk.tunnel.command import CommandTunnel

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a listener may be told
"""Addresses of listeners on all networks, and that of this machine alone."""


def plan_for(setup: Setup, listener_url: str) -> TunnelPlan:
    """Plan the tunnel of `[tunnel]`, which leads to the listener at `listener_url`."""
    config = setup.config
    carries_api = config.tunnel.kind is TunnelKind.SSH and config.tunnel.carry_api
    leads = listener_url, carries_api and config.wechat.api_base
    settings = config.tunnel, config.listener.public_url, setup.tunnel_password, leads
    return TunnelPlan(config.tunnel.kind, settings, lambda: _driver(setup, listener_url), carries_api)


def _driver(setup: Setup, listener_url: str) -> TunnelDriver:
    tunnel, public_url = setup.config.tunnel, setup.config.listener.public_url
    if tunnel.kind is TunnelKind.SSH:
        from wxdesk.tunnel.ssh import SshTunnel  # takes a third of a second, and few need it

        api = _address(setup.config.wechat.api_base) if tunnel.carry_api else None
        return SshTunnel(tunnel, _address(listener_url), public_url=public_url, api=api, secret=setup.tunnel_password)
    if tunnel.kind is TunnelKind.COMMAND:
        return CommandTunnel(tunnel, _address(listener_url)[1], setup.home, public_url=public_url)
    return ExternalTunnel(public_url)


def _address(url: str) -> tuple[str, int]:
    """Return host and port of an URL."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return _EVERYWHERE.get(host, host), parts.port or (443 if parts.scheme == "https" else 80)


class ExternalTunnel:
    """Takes the tunnel for granted; only the probe of the public URL can tell more."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def check(self) -> None:
        """See `desk.ports.TunnelDriver.check`; only the probe can tell."""

    async def run(self, report: Callable[[TunnelUp | TunnelEnd], None]) -> TunnelEnd:
        """See `desk.ports.TunnelDriver.run`; it never ends by itself."""
        report(TunnelUp(self._public_url))
        await asyncio.Event().wait()
        raise AssertionError
