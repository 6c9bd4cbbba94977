"""A loss is told within 45 seconds, its end at once, and what was missed is kept, also over a sleep or a stop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.prepared import SQLITE, prepare
from wxdesk.core.events import Event, NetworkChanged, ReachabilityChanged, TroubleRaised, TunnelChanged
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.core.setup.public_url import PublicUrl
from wxdesk.core.setup.reach import Outage
from wxdesk.core.setup.tunnel_state import TunnelKind, TunnelPhase, TunnelState
from wxdesk.desk.setup import reachability
from wxdesk.desk.setup.reachability import REACHED_AT, Reachability
from wxdesk.i18n import tr
from wxdesk.store import Store, open_store

URL = "https://desk.example.com"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachability, "LOOK_EVERY", timedelta(milliseconds=1))


@dataclass
class Outside:
    """The world as a probe meets it: `verdict` is what it finds, `takes` how long that lasts by the desk's clock."""

    verdict: V = V.OK
    takes: timedelta = timedelta()
    addresses: tuple[str, ...] = ("192.0.2.7",)
    now: datetime = NOON
    probes: list[tuple[datetime, str]] = field(default_factory=list)
    listener: str = ""
    probed: asyncio.Event = field(default_factory=asyncio.Event)
    events: list[Event] = field(default_factory=list)
    watch: Reachability | None = None

    async def probe(self, url: PublicUrl, account: str, listener: str) -> Finding:
        self.probes.append((self.now, str(url)))
        self.listener = listener
        self.now += self.takes
        self.probed.set()
        return Finding(Check.ADDRESS, self.verdict, account, {"host": url.host}, self.now)

    def own_addresses(self) -> tuple[str, ...]:
        return self.addresses

    def clock(self) -> datetime:
        return self.now

    @property
    def troubles(self) -> list[str]:
        return [tr(event.text) for event in self.events if isinstance(event, TroubleRaised)]

    def told(self) -> list[V]:
        return [event.reach.finding.verdict for event in self.events if isinstance(event, ReachabilityChanged)]

    async def next_probe(self, before: Callable[[], None] = lambda: None) -> datetime:
        """Let the clock go on, second by second, until something is probed; return when that began."""
        self.probed.clear()
        before()
        while not self.probed.is_set():
            await asyncio.sleep(0.002)
            if not self.probed.is_set():
                self.now += seconds(1)
        await self.settled()
        return self.probes[-1][0]

    async def settled(self) -> None:
        """Let the watch begin its round, if it was woken, take in what it finds, and the store write it."""
        assert self.watch is not None
        while self.watch._awake.is_set():  # noqa: ASYNC110 - the watch clears it
            await asyncio.sleep(0)
        async with self.watch._probing:
            pass


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path)
    opened = await open_store(SQLITE, tmp_path)
    yield opened
    await opened.close()


@asynccontextmanager
async def watching(outside: Outside, store: Store, url: str = URL) -> AsyncIterator[Reachability]:
    """One run of the program, with the watch at work and its first probe made, if there is something to probe."""
    watch = Reachability(outside, store.outages, store.settings, outside.events.append, outside.clock)
    outside.watch = watch
    await watch.load()
    watch.follow(url, "shop", "127.0.0.1:8765")
    task = asyncio.create_task(watch.run())
    await outside.settled()
    yield watch
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_reachable_address_is_probed_every_thirty_seconds(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        assert await outside.next_probe() - outside.probes[0][0] == seconds(30)
        assert (watch.state.finding.verdict, watch.state.since) == (V.OK, NOON)
    assert outside.told() == [V.OK]
    assert outside.probes[0] == (NOON, URL)


@pytest.mark.parametrize("takes", [0, 5])
async def test_a_loss_is_reported_within_45_seconds_with_cause_and_remedy(store: Store, takes: int) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        outside.verdict, outside.takes = V.FIREWALL, seconds(takes)
        await outside.next_probe()
        assert watch.state.finding.ok
        assert outside.troubles == [""]
        await outside.next_probe()
        assert outside.now - NOON <= seconds(45)
        assert (outside.told(), watch.state.finding.ok, watch.state.lost) == ([V.OK, V.FIREWALL], False, True)
        assert "open 80 and 443" in outside.troubles[-1]
        await outside.next_probe()
        assert len(outside.troubles) == 2, "the same loss is told once"
        assert await store.outages.newest() == (Outage(NOON, None, V.FIREWALL),)


async def test_the_end_of_a_loss_is_reported_and_its_time_kept(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        outside.verdict = V.FIREWALL
        await outside.next_probe()
        lost = await outside.next_probe()
        outside.verdict = V.OK
        back = await outside.next_probe()
        assert back - lost <= seconds(11)
        assert (watch.state.since, outside.troubles[-1]) == (back, "")
    assert await store.outages.newest() == (Outage(NOON, back, V.FIREWALL),)


async def test_a_single_failed_probe_is_no_loss(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store):
        outside.verdict = V.FIREWALL
        failed = await outside.next_probe()
        outside.verdict = V.OK
        assert await outside.next_probe() - failed <= seconds(5)
    assert outside.told() == [V.OK]
    assert await store.outages.newest() == ()


async def test_another_cause_of_the_same_loss_is_reported(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store):
        outside.verdict = V.FIREWALL
        await outside.next_probe()
        await outside.next_probe()
        outside.verdict = V.OTHER_PROGRAM
        await outside.next_probe()
    assert outside.told() == [V.OK, V.FIREWALL, V.OTHER_PROGRAM]


async def test_a_warning_is_no_loss(store: Store) -> None:
    outside = Outside(V.SLOW)
    async with watching(outside, store) as watch:
        assert watch.state.finding.verdict is V.SLOW
    assert outside.troubles == [""]


async def test_the_time_in_which_the_program_did_not_run_is_an_outage(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store):
        stopped = await outside.next_probe()
    outside.now += timedelta(hours=9)
    async with watching(outside, store):
        pass
    assert await store.outages.newest() == (Outage(stopped, outside.now, V.DESK_OFF),)


async def test_a_restart_is_no_outage(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store):
        pass
    outside.now += seconds(20)
    async with watching(outside, store):
        pass
    assert await store.outages.newest() == ()


@pytest.mark.parametrize("off", [timedelta(seconds=5), timedelta(hours=1)])
async def test_a_loss_goes_on_over_a_restart(store: Store, off: timedelta) -> None:
    outside = Outside()
    async with watching(outside, store):
        outside.verdict = V.FIREWALL
        await outside.next_probe()
        await outside.next_probe()
    outside.now += off
    outside.verdict = V.OK
    async with watching(outside, store):
        pass
    assert await store.outages.newest() == (Outage(NOON, outside.now, V.FIREWALL),)


async def test_after_a_sleep_everything_is_checked_at_once(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store):
        outside.probed.clear()
        outside.now += timedelta(minutes=10)
        while not any(isinstance(event, NetworkChanged) for event in outside.events):  # a probe may have been due
            await outside.probed.wait()
            outside.probed.clear()
        await outside.settled()
    assert await store.outages.newest() == (Outage(NOON, outside.now, V.DESK_OFF),)


async def test_a_clock_that_is_set_back_stops_nothing(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store):
        outside.probed.clear()
        outside.now -= timedelta(hours=1)
        await outside.probed.wait()
        assert outside.now == NOON - timedelta(hours=1)


async def test_in_another_network_everything_is_checked_at_once(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store):
        outside.probed.clear()
        outside.addresses = ("198.51.100.4",)
        await outside.probed.wait()
        assert outside.now == NOON
    assert any(isinstance(event, NetworkChanged) for event in outside.events)


async def test_a_tunnel_that_is_being_opened_is_waited_for(store: Store) -> None:
    outside = Outside(V.FIREWALL)
    await store.settings.set(REACHED_AT, NOON.isoformat())
    watch = Reachability(outside, store.outages, store.settings, outside.events.append, outside.clock)
    outside.watch = watch
    await watch.load()
    watch.follow(URL, "shop", "127.0.0.1:8765")
    watch.on_event(TunnelChanged(TunnelState(TunnelKind.SSH, TunnelPhase.STARTING)))
    task = asyncio.create_task(watch.run())
    await outside.settled()
    assert not outside.probes
    outside.verdict = V.OK
    watch.on_event(TunnelChanged(TunnelState(TunnelKind.SSH, TunnelPhase.UP)))
    await outside.probed.wait()
    await outside.settled()
    assert outside.told() == [V.OK]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_tunnel_that_falls_is_the_cause_and_is_looked_at_once(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        outside.verdict = V.OTHER_PROGRAM
        down = TunnelState(TunnelKind.SSH, TunnelPhase.DOWN, "", V.SSH_UNREACHABLE, {"reason": "gone"})
        outside.probed.clear()
        watch.on_event(TunnelChanged(down))
        await outside.probed.wait()
        await outside.next_probe()
        assert outside.now - NOON <= seconds(5)
        assert watch.state.finding.verdict is V.SSH_UNREACHABLE
        assert watch.state.finding.values.items() >= {"host": "desk.example.com", "reason": "gone"}.items()


async def test_a_tunnel_with_another_address_is_the_cause_of_what_fails_at_the_former(store: Store) -> None:
    outside = Outside(V.NAME_UNRESOLVED)
    async with watching(outside, store) as watch:
        renamed = {"url": "https://new.example.com", "former": URL}
        watch.on_event(TunnelChanged(TunnelState(TunnelKind.COMMAND, TunnelPhase.UP, "", V.TUNNEL_RENAMED, renamed)))
        assert (await watch.check()).verdict is V.TUNNEL_RENAMED
        outside.verdict = V.OK  # both names lead here
        assert (await watch.check()).verdict is V.OK


async def test_the_tunnels_own_address_is_probed_where_none_is_configured(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store, "") as watch:
        watch.on_event(TunnelChanged(TunnelState(TunnelKind.COMMAND, TunnelPhase.UP, "https://quick.example.com")))
        await outside.probed.wait()
        watch.on_event(TunnelChanged(TunnelState(TunnelKind.COMMAND, TunnelPhase.DOWN, "", V.TUNNEL_MISSING)))
        assert (await watch.check()).verdict is V.OK
    assert {url for _, url in outside.probes} == {"https://quick.example.com"}


async def test_the_address_of_a_tunnel_is_forgotten_when_another_one_takes_its_place(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store, "") as watch:
        watch.on_event(TunnelChanged(TunnelState(TunnelKind.EXTERNAL, TunnelPhase.UP, URL)))
        await outside.probed.wait()
        await outside.settled()
        watch.on_event(TunnelChanged(TunnelState(TunnelKind.EXTERNAL, TunnelPhase.STOPPED)))
        watch.on_event(TunnelChanged(TunnelState(TunnelKind.COMMAND, TunnelPhase.DOWN, "", V.TUNNEL_MISSING)))
        assert (await watch.check()).verdict is V.NO_PUBLIC_URL


async def test_a_changed_configuration_is_told_the_known_state(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        watch.follow(URL, "shop", "127.0.0.1:8765")
        await outside.settled()
    assert outside.told() == [V.OK, V.OK]


async def test_another_accounts_push_url_is_probed_only_on_demand(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        outside.verdict = V.OTHER_PROGRAM
        found = await watch.check("tea")
        assert (found.verdict, found.account) == (V.OTHER_PROGRAM, "tea")
        assert watch.state.finding.ok


async def test_without_an_address_nothing_is_probed_and_nothing_is_missed(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        watch.follow("", "shop", "127.0.0.1:8765")
        assert watch.state.finding.verdict is V.NO_PUBLIC_URL
        await outside.settled()
    outside.now += timedelta(hours=9)
    async with watching(outside, store, ""):
        pass
    assert len(outside.probes) == 1
    assert await store.outages.newest() == ()
    assert outside.troubles == [""] * 3


async def test_an_address_that_cannot_work_is_reported_at_once(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store, "https://desk.example.com:8765") as watch:
        assert watch.state.finding.verdict is V.WRONG_PORT
    assert "80 (http) and 443 (https)" in outside.troubles[-1]


async def test_an_account_that_was_never_reachable_has_no_outage(store: Store) -> None:
    outside = Outside(V.REDIRECT)
    async with watching(outside, store) as watch:
        await outside.next_probe()
        assert outside.troubles[-1]
        assert not watch.state.lost
    assert await store.outages.newest() == ()


async def test_a_check_on_demand_is_reported_at_once(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        outside.verdict = V.TOO_SLOW
        assert (await watch.check()).verdict is V.TOO_SLOW
        assert watch.state.finding.verdict is V.TOO_SLOW


@pytest.mark.parametrize(
    ("listens", "named"),
    [
        ("0.0.0.0:8765", "127.0.0.1:8765"),
        ("[::]:8765", "127.0.0.1:8765"),
        ("10.0.0.5:8765", "10.0.0.5:8765"),
    ],
)
async def test_the_remedy_names_an_address_that_one_can_enter(store: Store, listens: str, named: str) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        watch.follow(URL, "shop", listens)
        await watch.check()
    assert outside.listener == named


async def test_another_address_is_not_good_before_it_was_probed(store: Store) -> None:
    outside = Outside()
    async with watching(outside, store) as watch:
        verdict = lambda: watch.state.finding.verdict  # noqa: E731
        assert verdict() is V.OK
        watch.follow(URL, "shop", "127.0.0.1:8766")
        await outside.settled()
        assert set(outside.told()) == {V.OK}
        watch.follow("https://other.example.com", "shop", "127.0.0.1:8766")
        assert verdict() is V.UNKNOWN
        await outside.settled()
        assert outside.told()[-2:] == [V.UNKNOWN, V.OK]
