"""Status page of `wxdesk serve`: /healthz for balancers, /metrics for Prometheus.

It is off unless config.toml gives it a port, and listens on this machine alone unless that says otherwise, because
whoever reaches it may read it. It names accounts and kinds of trouble, and nothing that is secret or a customer's.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Protocol

from aiohttp import hdrs, web

from wxdesk import __version__
from wxdesk.config.reading import ServeSettings
from wxdesk.core.errors import StoreError
from wxdesk.core.events import ConfigurationChanged, TroubleRaised
from wxdesk.core.system_failures import why_not_listening
from wxdesk.desk.desk import Desk
from wxdesk.desk.runtime.wall_clock import sleep
from wxdesk.i18n import tr
from wxdesk.webhook.http_server import Limits, PlainResponse, Server
from wxdesk.webhook.status.metrics import CONTENT_TYPE, HEARD, Gauges, Metrics

log = logging.getLogger(__name__)

TROUBLE = "status"

RETRY_SECONDS = 5.0
"""Wait before a taken port is tried again."""

BACKLOG_SECONDS = 2.0
"""Time for the database to count what waits; the other figures go without it."""

_LIMITS = Limits(connections=32)
_GRACE_SECONDS = 0.2


class Standing(Protocol):
    """Right to work, as the store's lease has it."""

    @property
    def is_held(self) -> bool:
        """True while this server works."""

    @property
    def is_shared(self) -> bool:
        """True if others may work instead."""


class StatusServer:
    """Serves the page at the address in config.toml, and follows its changes.

    `accepts` tells if the store commits at the moment, `backlog` counts what waits for a decision.
    """

    def __init__(
        self, desk: Desk, lease: Standing, accepts: Callable[[], bool], backlog: Callable[[], Awaitable[int]]
    ) -> None:
        self._desk = desk
        self._lease = lease
        self._accepts = accepts
        self._backlog = backlog
        self._metrics = Metrics()
        self._changed = asyncio.Event()
        desk.bus.subscribe(self._metrics.hear, *HEARD)
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
                log.info("Status page at http://%s:%s", at.status_host, at.status_port)
        except OSError as error:
            told = tr(
                "The status page cannot be had at {host}:{port}: {reason}. Look at [serve] in config.toml.",
                host=at.status_host,
                port=at.status_port,
                reason=tr(why_not_listening(error)),
            )
            self._desk.bus.publish(TroubleRaised(TROUBLE, told))
            return False
        self._desk.bus.publish(TroubleRaised(TROUBLE, ""))
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
            "work": ("working" if self._lease.is_held else "standing by") if self._lease.is_shared else "alone",
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
            "wxdesk_working": ("1 while this server decides and sends.", {"": int(self._lease.is_held)}),
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
            log.debug("Nobody knows what waits while the database does not answer")
        return gauges
