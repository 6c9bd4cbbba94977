"""Simulated WeChat that runs on this machine: API, pushes, control and pictures.

By default it answers on loopback, and then only requests that name loopback as their host, so that no web
page in a browser can reach it under a name of its own; another address has to be asked for.
"""

import re
from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from wxdesk.core.setup.public_url import bracketed
from wxdesk.desk.ports import Clock, utc_now
from wxdesk.sandbox.api.dispatch import Api
from wxdesk.sandbox.control.server import Control
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push.pusher import DEADLINE_SECONDS
from wxdesk.sandbox.simulated_wechat import SimulatedWeChat

HOST = "127.0.0.1"

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_OWN_NAME = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d+)?", re.IGNORECASE | re.ASCII)

_LARGEST_REQUEST = 12 * 1024 * 1024


class Sandbox(SimulatedWeChat):
    """Simulated WeChat as a server: its API, its pictures, and the control API."""

    def __init__(
        self,
        programs: Iterable[MiniProgram] = (),
        *,
        port: int = 0,
        host: str = HOST,
        clock: Clock = utc_now,
        push_deadline: float = DEADLINE_SECONDS,
    ) -> None:
        super().__init__(programs, clock=clock, push_deadline=push_deadline)
        self._host = host
        self._port = port
        self._api = Api(self.platform, self.faults, self.journal)
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Start listening; return the API's base URL. Raises `OSError` for a taken port."""
        app = web.Application(middlewares=[guard(loopback=self._host in _LOOPBACK)], client_max_size=_LARGEST_REQUEST)
        app.add_routes(self._api.routes())
        app.add_routes(Control(self).routes())
        app.add_routes([web.get("/pictures/{media_id}", self._picture)])
        # No access log: it would write tokens and secrets.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self.url = f"http://{_reachable_host(self._host)}:{self._runner.addresses[0][1]}"
        return self.url

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        self._api.release()
        await self.dispatcher.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _picture(self, request: web.Request) -> web.Response:
        try:
            medium = self.platform.media.get(request.match_info["media_id"])
        except ApiRefusal:
            raise web.HTTPNotFound from None
        return web.Response(body=medium.data, content_type=medium.content_type)


def _reachable_host(host: str) -> str:
    """Name the host by which this machine reaches a listener on `host`."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - not bound here, but understood
        return HOST
    return bracketed(host)


def guard(*, loopback: bool) -> Middleware:
    """Refuse requests from foreign web pages; with `loopback` also other machines.

    A web page in a browser on this machine can call loopback, even under a name of its own; it cannot hide its
    origin or the name that it called.
    """

    @web.middleware
    async def refuse_strangers(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Origin", f"http://{request.host}") != f"http://{request.host}":
            raise web.HTTPForbidden
        if loopback and not (_OWN_NAME.fullmatch(request.host) and request.remote in _LOOPBACK):
            raise web.HTTPForbidden
        return await handler(request)

    return refuse_strangers
