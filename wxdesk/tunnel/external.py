"""Tunnel that something else keeps: another program, a router, a public address."""

import asyncio
from collections.abc import Callable

from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelUp


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
