"""Supervision of the tunnel: runs its driver again with back-off, tells its state."""

import asyncio
import logging
from collections.abc import Callable

from msgspec.structs import replace

from wxdesk.core.events import Event, TunnelChanged
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelKind, TunnelPhase, TunnelState, TunnelUp
from wxdesk.desk.ports import Clock, TunnelDriver, TunnelPlan
from wxdesk.desk.runtime.timers import sleep
from wxdesk.i18n import explanation
from wxdesk.threads import end_tasks

log = logging.getLogger(__name__)


FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds before the next attempt: twice as many each time."""

WELL_AFTER = 60.0
"""Seconds after which the waits of a tunnel that stood begin anew."""

FOR_PERSON = 600.0
"""Seconds between attempts that only a person's help can save.

A server bans who knocks too often with a refused key.
"""


class Tunnel:
    """The one tunnel of a desk; `state` is one record, readable from any thread."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self.state = TunnelState()
        self._publish = publish
        self._clock = clock
        self._again = asyncio.Event()
        self._plan: TunnelPlan | None = None
        self._driver: TunnelDriver | None = None
        self._task: asyncio.Task[None] | None = None
        self._way_out = asyncio.Event()  # set once it is known how calls leave

    async def use(self, plan: TunnelPlan) -> None:
        """Keep the tunnel of `plan` from now on, in place of another one."""
        if plan == self._plan:
            return
        await self.stop()
        self._plan, self._driver = plan, plan.make_driver()
        self._change_state(TunnelState(plan.kind, TunnelPhase.STARTING, verdict=CheckVerdict.TUNNEL_STARTING))
        self._task = asyncio.create_task(self._keep(plan.kind, self._driver), name="tunnel")

    def try_again(self) -> None:
        """Make the next attempt now, or look if the tunnel still stands.

        For when the network or the server may have changed.
        """
        self._again.set()
        if self._driver is not None:
            self._driver.check()

    async def api_route(self) -> tuple[str, int] | None:
        """See `desk.ports.ApiRoute`."""
        await self._way_out.wait()
        return ("127.0.0.1", self.state.api_port) if self.state.api_port else None

    async def stop(self) -> None:
        """End the tunnel and wait until nothing of it is left."""
        if self._task is not None:
            await end_tasks([self._task])
            self._plan = self._driver = self._task = None
            self._way_out.clear()
            self._change_state(TunnelState(self.state.kind))

    async def _keep(self, kind: TunnelKind, driver: TunnelDriver) -> None:
        loop, wait = asyncio.get_running_loop(), 0.0
        while True:
            self._again.clear()
            up_at: list[float] = []

            def report(now: TunnelUp | TunnelEnd, up_at: list[float] = up_at) -> None:
                if isinstance(now, TunnelUp):
                    up_at[:] = up_at or [loop.time()]
                self._change_state(_state(kind, now))

            end = await self._run(driver, report)
            self._change_state(_state(kind, end))
            if up_at and loop.time() - up_at[0] >= WELL_AFTER:
                wait = 0.0
            wait = min(2 * wait or FIRST_WAIT, LONGEST_WAIT)
            await sleep(FOR_PERSON if end.needs_person else wait, self._again)

    async def _run(self, driver: TunnelDriver, report: Callable[[TunnelUp | TunnelEnd], None]) -> TunnelEnd:
        try:
            return await driver.run(report)
        except Exception as error:
            log.exception("The tunnel failed")
            return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": explanation(error)})

    def _change_state(self, state: TunnelState) -> None:
        """Keep and publish `state`, unless nothing has changed but the time."""
        if replace(self.state, since=None) == state:
            return
        self.state = replace(state, since=self._clock())
        if self._plan is not None and (state.api_port or not self._plan.carries_api):
            self._way_out.set()
        else:
            self._way_out.clear()
        log.info("The tunnel (%s) is %s: %s", state.kind, state.phase, state.verdict)
        self._publish(TunnelChanged(self.state))


def _state(kind: TunnelKind, now: TunnelUp | TunnelEnd) -> TunnelState:
    if isinstance(now, TunnelEnd):
        return TunnelState(kind, TunnelPhase.DOWN, "", now.verdict, now.values)
    return TunnelState(kind, TunnelPhase.UP, now.public_url, now.verdict, now.values, None, now.api_port)
