"""The tunnel under test: what it told, and waits for a state."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from wxdesk.core.events import Event, TunnelChanged
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelKind, TunnelPhase, TunnelState
from wxdesk.desk.ports import TunnelDriver, TunnelPlan
from wxdesk.desk.setup.tunnel import Tunnel

NOW = datetime(2026, 11, 27, tzinfo=UTC)
LONGEST = 15.0
"""Seconds; more than any of these waits takes on a slow machine."""


class WatchedTunnel:
    """A real `Tunnel` whose states are kept."""

    def __init__(self) -> None:
        self.states: list[TunnelState] = []
        self._changed = asyncio.Event()
        self.tunnel = Tunnel(self._hear, lambda: NOW)

    def _hear(self, event: Event) -> None:
        assert isinstance(event, TunnelChanged)
        self.states.append(event.state)
        self._changed.set()

    async def use(self, driver: TunnelDriver, kind: TunnelKind = TunnelKind.SSH, *, carries_api: bool = False) -> None:
        self.states.clear()
        await self.tunnel.use(TunnelPlan(kind, object(), lambda: driver, carries_api))

    async def until(self, holds: Callable[[TunnelState], bool]) -> TunnelState:
        """Wait for a state, perhaps one that came meanwhile; those before it are forgotten."""
        async with asyncio.timeout(LONGEST):
            while True:
                for index, state in enumerate(self.states):
                    if holds(state):
                        del self.states[: index + 1]
                        return state
                self._changed.clear()
                await self._changed.wait()

    async def up(self) -> TunnelState:
        return await self.until(lambda state: state.phase is TunnelPhase.UP)

    async def down(self, verdict: CheckVerdict = CheckVerdict.TUNNEL_DOWN) -> TunnelState:
        return await self.until(lambda state: state.phase is TunnelPhase.DOWN and state.verdict is verdict)


async def answer_of(port: int, host: str = "127.0.0.1") -> bytes:
    """What comes back from a port; empty if it is closed at once."""
    async with asyncio.timeout(LONGEST):
        reader, writer = await asyncio.open_connection(host, port)
        try:
            writer.write(b"hello\n")
            return await reader.read(100)
        except ConnectionError:
            return b""
        finally:
            writer.close()


async def closed(port: int) -> None:
    """Wait until nothing listens at a port."""
    async with asyncio.timeout(LONGEST):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.01)
