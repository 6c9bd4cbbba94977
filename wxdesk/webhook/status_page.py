"""Status page of `wxdesk serve`: /healthz for balancers, /metrics for Prometheus.

It is off unless config.toml gives it a port, and listens on this machine alone unless that says otherwise, because
whoever reaches it may read it. It names accounts and kinds of trouble, and nothing that is secret or a customer's.
"""

import asyncio
import json
import logging
from bisect import bisect_left
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from http import HTTPStatus

from aiohttp import hdrs, web

from wxdesk import __version__
from wxdesk.config.reading import ServeSettings
from wxdesk.core.errors import Phrase, StoreError
from wxdesk.core.events import ApiCalled, ConfigurationChanged, Event, PushSeen, ReplyChanged, TroubleRaised
from wxdesk.core.system_failures import why_not_listening
from wxdesk.core.troubles import TroubleArea
from wxdesk.core.wechat.errcodes import is_known
from wxdesk.desk.desk import Desk
from wxdesk.desk.runtime.lease_keeper import STANDING_BY
from wxdesk.desk.runtime.timers import sleep
from wxdesk.webhook.http_server import Limits, PlainResponse, Server

logger = logging.getLogger(__name__)

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Bounds in seconds of the acknowledgement's time; WeChat gives up after 5."""

HEARD = (PushSeen, ReplyChanged, ApiCalled)

_ACKNOWLEDGED = {"kept", "transferred", "duplicate"}

_COUNTERS = {
    "wxdesk_pushes_total": ("Requests at the listener, by their outcome.", ("account", "outcome")),
    "wxdesk_replies_total": ("Moves of replies into a state.", ("state",)),
    "wxdesk_api_calls_total": ("Calls to WeChat's API: ok, an errcode, or failed.", ("account", "call", "outcome")),
}

type Gauges = Mapping[str, tuple[str, Mapping[str, int]]]
"""Present figures by name: what each is, and its values by label (empty: none)."""


class Metrics:
    """Counts since the server's start, gathered from the bus, in Prometheus' format.

    Every label is from a closed set: names of accounts, our own words, and errcodes that are known. Nothing of a
    customer is among them, and no stranger can make them more.
    """

    def __init__(self) -> None:
        self._counts: dict[str, Counter[tuple[str, ...]]] = {name: Counter() for name in _COUNTERS}
        self._buckets = [0] * (len(BUCKETS) + 1)
        self._seconds = 0.0

    def on_event(self, event: Event) -> None:
        """Count an event."""
        match event:
            case PushSeen(account, outcome, milliseconds=milliseconds):
                self._counts["wxdesk_pushes_total"][account, outcome] += 1
                if outcome in _ACKNOWLEDGED:
                    self._observe(milliseconds / 1000)
            case ReplyChanged(state=state):
                self._counts["wxdesk_replies_total"][state.value,] += 1
            case ApiCalled(account, call):
                self._counts["wxdesk_api_calls_total"][account, call, _kind_of(event.errcode)] += 1
            case _:
                pass

    def text(self, gauges: Gauges) -> str:
        """Write all of it, with the present `gauges` at the end."""
        return "".join(f"{line}\n" for line in (*self._counter_lines(), *self._histogram_lines(), *_lines_of(gauges)))

    def _observe(self, seconds: float) -> None:
        self._buckets[bisect_left(BUCKETS, seconds)] += 1
        self._seconds += seconds

    def _counter_lines(self) -> Iterator[str]:
        for name, (summary, labels) in _COUNTERS.items():
            yield from _head(name, summary, "counter")
            for values, count in sorted(self._counts[name].items()):
                pairs = ",".join(f'{label}="{value}"' for label, value in zip(labels, values, strict=True))
                yield f"{name}{{{pairs}}} {count}"

    def _histogram_lines(self) -> Iterator[str]:
        name, so_far = "wxdesk_acknowledge_seconds", 0
        yield from _head(name, "Time from a push's arrival to its acknowledgement.", "histogram")
        for bound, count in zip((*map(str, BUCKETS), "+Inf"), self._buckets, strict=True):
            so_far += count
            yield f'{name}_bucket{{le="{bound}"}} {so_far}'
        yield f"{name}_sum {self._seconds:.6f}"
        yield f"{name}_count {so_far}"


def _lines_of(gauges: Gauges) -> Iterator[str]:
    for name, (summary, values) in gauges.items():
        yield from _head(name, summary, "gauge")
        for label, value in values.items():
            yield f"{name}{{{label}}} {value}" if label else f"{name} {value}"


def _head(name: str, summary: str, kind: str) -> tuple[str, str]:
    return f"# HELP {name} {summary}", f"# TYPE {name} {kind}"


def _kind_of(errcode: int | None) -> str:
    """Return the outcome of a call as a label."""
    if errcode is None:
        return "failed"
    return "ok" if errcode == 0 else str(errcode) if is_known(errcode) else "another errcode"


RETRY_SECONDS = 5.0
"""Wait before a taken port is tried again."""

BACKLOG_SECONDS = 2.0
"""Time for the database to count what waits; the other figures go without it."""

_LIMITS = Limits(connections=32)
_GRACE_SECONDS = 0.2


class StatusServer:
    """Serves the page at the address in config.toml, and follows its changes.

    `work` tells if this server works, stands by, or is alone; `accepts` if the store commits at the moment; `backlog`
    counts what waits for a decision.
    """

    def __init__(
        self, desk: Desk, work: Callable[[], str], accepts: Callable[[], bool], backlog: Callable[[], Awaitable[int]]
    ) -> None:
        self._desk = desk
        self._work = work
        self._accepts = accepts
        self._backlog = backlog
        self._metrics = Metrics()
        self._changed = asyncio.Event()
        desk.bus.subscribe(self._metrics.on_event, *HEARD)
        desk.bus.subscribe(lambda _: self._changed.set(), ConfigurationChanged)

    async def run(self) -> None:
        """Serve until cancelled; a port that is taken is told, and tried again."""
        while True:
            at = self._desk.configuration.now.config.serve
            server = Server(self._answer, lambda: None, _LIMITS)
            runner = web.ServerRunner(server, shutdown_timeout=_GRACE_SECONDS)
            await runner.setup()
            try:
                listens = await self._listen(runner, at)
                while self._desk.configuration.now.config.serve == at:
                    self._changed.clear()
                    await (self._changed.wait() if listens else sleep(RETRY_SECONDS, self._changed))
                    if not listens:
                        break
            finally:
                await runner.cleanup()

    async def _listen(self, runner: web.ServerRunner, at: ServeSettings) -> bool:
        try:
            if at.status_port:
                await web.TCPSite(runner, at.status_host, at.status_port).start()
                logger.info("Status page at http://%s:%s", at.status_host, at.status_port)
        except OSError as error:
            told = Phrase(
                "The status page is not available at {host}:{port}: {reason}. Look at [serve] in config.toml.",
                host=at.status_host,
                port=at.status_port,
                reason=why_not_listening(error),
            )
            self._desk.bus.publish(TroubleRaised(TroubleArea.STATUS, told))
            return False
        self._desk.bus.publish(TroubleRaised(TroubleArea.STATUS, ""))
        return True

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method not in {hdrs.METH_GET, hdrs.METH_HEAD}:
            return PlainResponse(HTTPStatus.METHOD_NOT_ALLOWED, close=True)
        if request.path == "/healthz":
            return self._health()
        if request.path == "/metrics":
            answer = PlainResponse(HTTPStatus.OK, self._metrics.text(await self._gauges()).encode())
            answer.headers[hdrs.CONTENT_TYPE] = CONTENT_TYPE
            return answer
        return PlainResponse(HTTPStatus.NOT_FOUND, close=True)

    def _health(self) -> PlainResponse:
        listens = bool(self._desk.health.state.listener_url)
        takes_messages = listens and self._accepts()
        told = {
            "takes_messages": takes_messages,
            "listener": listens,
            "store": self._accepts(),
            "work": self._work(),
            "tokens": self._tokens(),
            "troubles": [trouble.key for trouble in self._desk.health.state.troubles],
        }
        status = HTTPStatus.OK if takes_messages else HTTPStatus.SERVICE_UNAVAILABLE
        return PlainResponse(status, json.dumps(told).encode(), content_type="application/json")

    def _tokens(self) -> dict[str, bool]:
        """Tell of each account if it has a valid access_token."""
        known, now = dict(self._desk.health.state.tokens), self._desk.clock()
        ends = {name: known[name].expires_at if name in known else None for name in self._desk.accounts}
        return {name: end is not None and end > now for name, end in ends.items()}

    async def _gauges(self) -> Gauges:
        state = self._desk.health.state
        gauges: dict[str, tuple[str, dict[str, int]]] = {
            "wxdesk_info": ("Always 1; the version.", {f'version="{__version__}"': 1}),
            "wxdesk_listening": ("1 while the listener takes requests.", {"": int(bool(state.listener_url))}),
            "wxdesk_store_accepts": ("1 while the database commits.", {"": int(self._accepts())}),
            "wxdesk_working": ("1 while this server decides and sends.", {"": int(self._work() != STANDING_BY)}),
            "wxdesk_token_valid": (
                "1 while the account has an access_token.",
                {f'account="{name}"': int(valid) for name, valid in self._tokens().items()},
            ),
            "wxdesk_troubles": ("Present troubles; /healthz has their names.", {"": len(state.troubles)}),
        }
        try:
            async with asyncio.timeout(BACKLOG_SECONDS):
                gauges["wxdesk_undecided"] = ("Messages that wait for a decision.", {"": await self._backlog()})
        except (StoreError, TimeoutError):
            logger.debug("Nobody knows what waits while the database does not answer")
        return gauges
