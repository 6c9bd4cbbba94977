"""Watch on the public address: probes it, tells a loss within 45 s, keeps outages.

A good probe every 30 s is the only proof that messages arrive: whatever lies between two of them that are far
apart (a broken tunnel, a machine asleep, a program that was not running) is an outage.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core import events
from wxdesk.core.errors import Phrase, StoreError, Text
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.public_url import PublicUrl, read_public_url
from wxdesk.core.setup.reach import SHORTEST_OUTAGE, Outage, Reach
from wxdesk.core.setup.tunnel_state import TunnelPhase, TunnelState
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.health import LISTENER, HealthState
from wxdesk.desk.ports import Clock, Prober
from wxdesk.desk.runtime.timers import TICK_SECONDS, sleep
from wxdesk.desk.setup import sentences
from wxdesk.desk.setup.request_facts import is_good
from wxdesk.store.settings import Settings
from wxdesk.store.setup.outages import Outages

log = logging.getLogger(__name__)


PROBED_EVERY = timedelta(seconds=30)
AGAIN_AFTER, WHILE_LOST = timedelta(seconds=4), timedelta(seconds=10)
"""Times between two probes, after a first failure and after more.

With probes of 5 s at most, a loss is told within 45 s.
"""

_LOST = 2
"""Failures in a row that are told as a loss, or one for which somebody asked."""

LOOK_EVERY, ASLEEP = timedelta(seconds=TICK_SECONDS), timedelta(seconds=30)
"""Time between two looks at clock and network; a later one says that it slept."""

HICCUP = timedelta(seconds=15)
"""Time for which WeChat tries again, so that a shorter fault loses nothing."""

KEPT_EVERY = timedelta(minutes=1)
"""Time after which the last good probe is written down anew."""

REACHED_AT = "reached_at"
"""Setting with the time of the last good probe, at most a minute old."""

CALLED_AT = "called_at"
"""Setting with the host in force when WeChat's last good request came."""

_ANY_ADDRESS = re.compile(r"^(0\.0\.0\.0|\[::\])(?=:)")


@dataclass(eq=False, repr=False)
class Reachability:
    """Keeper of `state`, one record, readable from any thread.

    `follow` says what to probe; until then, and without an address, nothing is.
    """

    _prober: Prober
    _outages: Outages
    _settings: Settings
    _publish: Callable[[events.Event], None]
    _clock: Clock

    def __post_init__(self) -> None:
        self.state = Reach()
        self._configured: str | None = None  # until it is followed
        self._account = self._listener = self._called_at = ""
        self._tunnel = TunnelState()  # with the address of the one before while it has none
        self._untold = False  # who follows other accounts, too, has to hear
        self._url: PublicUrl | None = None
        self._failures = 0  # without a good probe since
        self._outage_lasts = True  # one of an earlier run may
        self._reached_at: datetime | None = None
        self._kept_at: datetime | None = None
        self._unkept = False  # the last probe, since nothing can be stored: then messages are refused, too
        self._probing = asyncio.Lock()
        self._awake = asyncio.Event()

    async def load(self) -> None:
        """Read when the desk was reachable for the last time."""
        self._called_at = await self._settings.get(CALLED_AT) or ""
        stored = await self._settings.get(REACHED_AT) or ""
        with suppress(ValueError):
            self._reached_at = self._kept_at = datetime.fromisoformat(stored)

    def follow(self, public_url: str, account: str, listener: str) -> None:
        """Probe this address from now on, at once for the first time.

        If it is empty, the tunnel's own is probed. `account` is the one by whose push URL, `listener` where the
        listener listens, for the remedy.
        """
        self._configured, self._account = public_url, account
        self._listener = _ANY_ADDRESS.sub("127.0.0.1", listener)
        self._untold = True
        self._turn()

    def on_event(self, event: events.Event) -> None:
        """Probe at once when the tunnel stands or falls, at the address that it has."""
        if isinstance(event, events.TunnelChanged):
            stays = "" if event.state.phase is TunnelPhase.STOPPED else self._tunnel.public_url  # another one follows
            self._tunnel = replace(event.state, public_url=event.state.public_url or stays)
            self._turn()
        elif isinstance(event, events.PushSeen) and is_good(event) and self._host not in ("", self._called_at):
            self._called_at, self._kept_at = self._host, None  # is written down at once
            self._awake.set()

    @property
    def _host(self) -> str:
        return "" if self._url is None else self._url.host

    def _turn(self) -> None:
        if self._configured is None:
            return
        before = self._url
        self._url, found = read_public_url(self._configured or self._tunnel.public_url)
        if self._url is None:
            self._failures = 0
            self._change_finding(replace(found, at=self._clock()))
        elif before is not None and self._url != before:
            self._change_finding(Finding(found.check, CheckVerdict.UNKNOWN))  # until the first probe of the new one
        self._awake.set()

    async def check(self, account: str = "") -> Finding:
        """Probe now, because somebody asks; a failure counts at once.

        The push URL of another `account` than that of `follow` is probed for whoever asks alone.
        """
        if self._tunnel.phase is TunnelPhase.DOWN:
            self._publish(events.TunnelAsked())
        if self._url is not None and account not in ("", self._account):
            return await self._prober.probe(self._url, account, self._listener)
        async with self._probing:
            return await self._probe(certain=True)

    async def outages(self) -> tuple[Outage, ...]:
        """Return the newest times in which messages may have been missed, oldest first."""
        return await self._outages.newest()

    async def run(self) -> None:
        """Probe for ever; ends only when cancelled."""
        try:
            while True:
                self._awake.clear()
                began = self._clock()
                async with self._probing:
                    try:
                        await self._probe()
                    except StoreError as error:
                        log.error("Outages are not kept at the moment: %s", type(error).__name__)
                await self._rest((self._clock() if self._failures else began) + self._pause())
        finally:
            with suppress(StoreError):
                await self._keep_time(at_once=True)

    # -- probing

    async def _probe(self, *, certain: bool = False) -> Finding:
        url = self._url
        if url is None and self._configured is not None:
            await self._forget()
        if url is None or (self._tunnel.phase is TunnelPhase.STARTING and not certain):
            return self.state.finding
        finding = self._with_cause(await self._prober.probe(url, self._account, self._listener))
        if url != self._url:
            return finding
        self._failures = 0 if finding.ok else max(self._failures + 1, _LOST if certain else 0)
        if finding.ok:
            await self._came_through(finding)
        elif self._failures >= _LOST:
            await self._lose(finding)
        return finding

    def _with_cause(self, finding: Finding) -> Finding:
        """Name the tunnel as the cause, if that is down or has another address.

        Where only its program knows the address, the probe is good at the new one, and WeChat calls the former.
        """
        if finding.ok and not self._configured and self._called_at not in ("", self._host):
            renamed = {**finding.values, "url": self._tunnel.public_url, "former": self._called_at}
            return replace(finding, verdict=CheckVerdict.TUNNEL_RENAMED, values=renamed)
        if finding.ok or self._tunnel.finding.ok:
            return finding
        values = dict(finding.values) | dict(self._tunnel.values)
        return replace(finding, verdict=self._tunnel.verdict, values=values)

    async def _came_through(self, finding: Finding) -> None:
        now, news = finding.at or self._clock(), False
        try:
            if self._was_off(now):
                await self._begin_outage(finding)
            self._reached_at = now
            if self._outage_lasts:
                await self._outages.end(now)
                self._outage_lasts, news = False, True
            await self._keep_time()
        except StoreError:
            if self._unkept:  # a second time: WeChat has given up what it sent meanwhile
                self._reached_at = self._kept_at
            self._unkept = True
            raise
        finally:
            self._change_finding(finding, news=news)

    async def _lose(self, finding: Finding) -> None:
        try:
            await self._begin_outage(finding)
        finally:
            self._change_finding(finding)

    async def _begin_outage(self, finding: Finding) -> None:
        """Store that one lasts, also if that failed before; the store keeps one at a time."""
        if self._reached_at is not None:
            self._outage_lasts = True
            verdict = CheckVerdict.DESK_OFF if self._was_off(self._clock()) else finding.verdict
            await self._outages.begin(self._reached_at, verdict)

    def _was_off(self, now: datetime) -> bool:
        """Tell if nobody probed for longer than any loss takes to be noticed."""
        return self._reached_at is not None and now - self._reached_at >= SHORTEST_OUTAGE

    async def _forget(self) -> None:
        """Expect no messages from now on, since there is no address."""
        if self._reached_at is not None:
            await self._outages.end(self._clock())
            await self._settings.set(REACHED_AT, "")
        self._reached_at, self._outage_lasts = None, False

    async def _keep_time(self, *, at_once: bool = False) -> None:
        reached, kept = self._reached_at, self._kept_at
        if reached is not None and reached != kept and (at_once or kept is None or reached - kept >= KEPT_EVERY):
            await self._settings.set(REACHED_AT, reached.isoformat())
            await self._settings.set(CALLED_AT, self._called_at)
            self._kept_at, self._unkept = reached, False

    def _change_finding(self, finding: Finding, *, news: bool = False) -> None:
        """Keep a finding; publish another one than before, or the end of an outage."""
        before, since = self.state.finding, self.state.since
        if since is None or finding.ok is not before.ok:
            since = finding.at
        self.state = Reach(finding, since, self._failures >= _LOST and self._reached_at is not None)
        same = _what_is_said(finding) == _what_is_said(before)
        news, self._untold = news or self._untold, False
        if news or not same:
            self._publish(events.ReachabilityChanged(self.state))
        if same:
            return
        log.info("The public address: %s", finding.verdict)
        silent = finding.ok or finding.verdict is CheckVerdict.NO_PUBLIC_URL
        words, pasted = ("", "") if silent else (sentences.trouble(finding), sentences.copy(finding))
        self._publish(events.TroubleRaised(TroubleArea.REACH, words, copy=pasted))

    # -- waiting

    def _pause(self) -> timedelta:
        return (PROBED_EVERY, AGAIN_AFTER, WHILE_LOST)[min(self._failures, _LOST)]

    async def _rest(self, until: datetime) -> None:
        """Wait until a time, or for an address, the end of a sleep or another network."""
        addresses = self._prober.own_addresses()
        while not self._awake.is_set():
            now = self._clock()
            left = until - now if self._url is not None else LOOK_EVERY
            if not timedelta() < left <= PROBED_EVERY:  # more is left where the clock was set back
                return
            await sleep(min(left, LOOK_EVERY).total_seconds(), self._awake)
            if self._clock() - now > ASLEEP or self._prober.own_addresses() != addresses:
                log.info("This machine slept, or is in another network: everything is checked again")
                self._publish(events.NetworkChanged())
                return


_TITLES: Mapping[str, str] = {
    TroubleArea.DATABASE: "This desk cannot store messages",
    TroubleArea.SERVER: "This window has no server",
}


class Loss(Struct, frozen=True):
    """Fault that keeps messages out, since a time; its words are translated when read."""

    title: str
    why: Text
    since: datetime


def loss_of(health: HealthState, now: datetime, *, is_remote: bool = False) -> Loss | None:
    """Return the fault that keeps messages out which got in; None within `HICCUP`."""
    reach = health.reach
    found = reach.finding if reach.lost else Finding(Check.LISTENER, CheckVerdict.NOT_LISTENING)
    said = sentences.trouble(found)
    no_way = "WeChat does not reach this desk", Phrase("The server reports: {told}", told=said) if is_remote else said
    if reach.lost:
        return Loss(*no_way, reach.since or now)
    if health.refused:
        refusal = health.refusal
        loss = Loss(_TITLES[refusal.key], refusal.text, health.since.get(refusal.key, now))
    else:  # before its first start it is no loss
        loss = Loss(*no_way, now if health.listener_url else health.since.get(LISTENER, now))
    return loss if now - loss.since >= HICCUP else None


def _what_is_said(finding: Finding) -> tuple[CheckVerdict, dict[str, Text]]:
    """Return what identifies a finding: all but values that differ each time."""
    values = {name: value for name, value in finding.values.items() if name not in {"seconds", "n"}}
    return finding.verdict, values
