"""One place starts drivers again, waits between the attempts, and tells the tunnel's state."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest

from wxdesk.core.events import Event, TunnelChanged
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelEnd, TunnelKind, TunnelPhase, TunnelState, TunnelUp
from wxdesk.desk.ports import TunnelDriver, TunnelPlan
from wxdesk.desk.setup import tunnel as supervision
from wxdesk.desk.setup.tunnel import Tunnel

NOW = datetime(2026, 11, 27, tzinfo=UTC)
LOST = TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": "lost"})
REFUSED = TunnelEnd(CheckVerdict.SSH_KEY_REFUSED, needs_person=True)
LONG = 3600.0


class Scripted:
    """A driver whose attempts go as told; after the last one it stands for ever."""

    def __init__(self, *attempts: TunnelEnd | Exception | TunnelUp) -> None:
        self.attempts = list(attempts)
        self.runs = 0
        self.checks = 0
        self.ended = False

    def check(self) -> None:
        self.checks += 1

    async def run(self, report: Callable[[TunnelUp], None]) -> TunnelEnd:
        self.runs += 1
        step = self.attempts.pop(0) if self.attempts else TunnelUp("https://wx.example.com")
        if isinstance(step, Exception):
            raise step
        if isinstance(step, TunnelEnd):
            return step
        report(step)
        try:
            await asyncio.Event().wait()
        finally:
            self.ended = True
        raise AssertionError


def plan(kind: TunnelKind, driver: TunnelDriver, settings: object = None, *, carries_api: bool = False) -> TunnelPlan:
    return TunnelPlan(kind, settings or object(), lambda: driver, carries_api)


class Seen:
    """What was published, and a wait for a phase."""

    def __init__(self) -> None:
        self.states: list[TunnelState] = []
        self.changed = asyncio.Event()

    def publish(self, event: Event) -> None:
        assert isinstance(event, TunnelChanged)
        self.states.append(event.state)
        self.changed.set()

    async def reaches(self, phase: TunnelPhase) -> TunnelState:
        while not self.states or self.states[-1].phase is not phase:
            self.changed.clear()
            await self.changed.wait()
        return self.states[-1]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
async def tunnel(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tunnel]:
    for name, seconds in (("FIRST_WAIT", 0.001), ("LONGEST_WAIT", 0.004), ("WELL_AFTER", LONG), ("FOR_PERSON", LONG)):
        monkeypatch.setattr(supervision, name, seconds)
    made = Tunnel(seen.publish, lambda: NOW)
    yield made
    await made.stop()


async def test_a_tunnel_starts_stands_and_stops(tunnel: Tunnel, seen: Seen) -> None:
    driver = Scripted()
    await tunnel.use(plan(TunnelKind.EXTERNAL, driver))
    up = await seen.reaches(TunnelPhase.UP)
    assert (up.public_url, up.verdict, up.since) == ("https://wx.example.com", CheckVerdict.OK, NOW)
    assert tunnel.state == up
    await tunnel.stop()
    assert driver.ended
    phases = [state.phase for state in seen.states]
    assert phases == [TunnelPhase.STARTING, TunnelPhase.UP, TunnelPhase.STOPPED]


async def test_a_lost_tunnel_comes_back_and_says_once_why_it_is_down(tunnel: Tunnel, seen: Seen) -> None:
    driver = Scripted(LOST, LOST, LOST)
    await tunnel.use(plan(TunnelKind.SSH, driver))
    await seen.reaches(TunnelPhase.UP)
    assert driver.runs == 4
    assert [state.phase for state in seen.states] == [TunnelPhase.STARTING, TunnelPhase.DOWN, TunnelPhase.UP]
    assert seen.states[1].finding.values == {"reason": "lost"}


async def test_waits_grow_to_the_longest_and_begin_anew_after_it_stood(
    monkeypatch: pytest.MonkeyPatch, seen: Seen
) -> None:
    waits: list[float] = []

    async def at_once(seconds: float, awake: asyncio.Event) -> None:
        waits.append(seconds)

    monkeypatch.setattr(supervision, "sleep", at_once)

    class Standing(Scripted):
        async def run(self, report: Callable[[TunnelUp], None]) -> TunnelEnd:
            if len(waits) == 8:
                report(TunnelUp())
                return LOST
            return await super().run(report)

    monkeypatch.setattr(supervision, "WELL_AFTER", 0.0)
    tunnel = Tunnel(seen.publish, lambda: NOW)
    await tunnel.use(plan(TunnelKind.SSH, Standing(*[LOST] * 7, REFUSED, LOST)))
    while seen.states[-1:] == [] or len(waits) < 10:
        seen.changed.clear()
        await asyncio.sleep(0)
    await tunnel.stop()
    assert waits == [1, 2, 4, 8, 16, 32, 60, 600, 1, 2]


async def test_a_tunnel_that_needs_a_person_is_tried_again_on_command(tunnel: Tunnel, seen: Seen) -> None:
    driver = Scripted(REFUSED)
    await tunnel.use(plan(TunnelKind.SSH, driver))
    assert (await seen.reaches(TunnelPhase.DOWN)).verdict is CheckVerdict.SSH_KEY_REFUSED
    assert driver.runs == 1
    tunnel.try_again()
    await seen.reaches(TunnelPhase.UP)


async def test_another_driver_takes_the_place_of_the_first(tunnel: Tunnel, seen: Seen) -> None:
    first, second = Scripted(), Scripted(TunnelUp("https://other.example.com"))
    await tunnel.use(plan(TunnelKind.EXTERNAL, first))
    await seen.reaches(TunnelPhase.UP)
    await tunnel.use(plan(TunnelKind.COMMAND, second))
    assert first.ended
    state = await seen.reaches(TunnelPhase.UP)
    assert (state.kind, state.public_url) == (TunnelKind.COMMAND, "https://other.example.com")


@pytest.mark.expects_log("The tunnel failed")
async def test_a_driver_that_breaks_is_reported_and_begins_again(tunnel: Tunnel, seen: Seen) -> None:
    await tunnel.use(plan(TunnelKind.COMMAND, Scripted(RuntimeError("token=abc"))))
    await seen.reaches(TunnelPhase.UP)
    down = next(state for state in seen.states if state.phase is TunnelPhase.DOWN)
    assert (down.verdict, str(down.values["reason"])) == (CheckVerdict.TUNNEL_DOWN, "Unexpected error: RuntimeError")


async def test_equal_settings_leave_the_tunnel_alone(tunnel: Tunnel, seen: Seen) -> None:
    first, second = Scripted(), Scripted()
    await tunnel.use(plan(TunnelKind.SSH, first, "the same"))
    await seen.reaches(TunnelPhase.UP)
    await tunnel.use(plan(TunnelKind.SSH, second, "the same"))
    tunnel.try_again()
    assert (first.ended, first.checks, second.runs) == (False, 1, 0)


async def test_calls_wait_for_the_tunnel_that_carries_them(tunnel: Tunnel, seen: Seen) -> None:
    waiting = asyncio.create_task(tunnel.api_route())
    await tunnel.use(plan(TunnelKind.SSH, Scripted(REFUSED, TunnelUp(api_port=4433)), carries_api=True))
    await seen.reaches(TunnelPhase.DOWN)
    assert not waiting.done()
    tunnel.try_again()
    assert await waiting == ("127.0.0.1", 4433)
    await tunnel.use(plan(TunnelKind.EXTERNAL, Scripted()))
    assert await tunnel.api_route() is None
