"""aiohttp's server, hardened: bounded connections, deadlines, and answers that give nothing away.

It is the low-level server, not an Application: two routes need no router, and aiohttp answers a request that
is not HTTP outside the Application, quoting it and naming its own version.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from aiohttp import HttpVersion11, hdrs, web

logger = logging.getLogger(__name__)

MAX_LINE = 4096
"""Bytes in a request line or header; a real push's line has about 250."""

MAX_HEADERS = 64
"""Header lines in a request."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a client may take up.

    `connections` are open at most: one more closes the one that has been waiting longest for a request, and if
    none waits, it is answered 503 itself. `first_request` is how long a new connection may take until its first
    request's headers are complete, `body` how long each body may take (WeChat itself gives up after 5),
    `keepalive` how long a connection may be quiet after an answer, and `lingering` how long the rest of a
    refused body is read and thrown away so that its sender can read the answer; all in seconds.
    """

    connections: int = 256
    first_request: float = 8.0
    body: float = 4.0
    keepalive: float = 30.0
    lingering: float = 1.0


DEFAULT_LIMITS = Limits()


_FULL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Answer(web.Response):
    """A response without the Server header, which would name Python's and aiohttp's versions."""

    def __init__(
        self, status: int, body: bytes = b"", *, close: bool = False, content_type: str = "text/plain"
    ) -> None:
        super().__init__(status=status, body=body, content_type=content_type)
        if close:
            self.force_close()

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall(hdrs.SERVER, None)


class Success(web.StreamResponse):
    """The answer to a push that is kept, as finished bytes: one object for all of them.

    It is by far the most frequent answer, and making its headers anew costs aiohttp a quarter of the whole request.
    Only for requests that leave the connection open; others get an ordinary `Answer`.
    """

    _BYTES = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nsuccess"

    @property
    def keep_alive(self) -> bool | None:
        """The connection stays open."""
        return True

    @staticmethod
    def fits(request: web.BaseRequest) -> bool:
        """Whether these bytes are the right answer to the request as HTTP."""
        return request.keep_alive and request.version >= HttpVersion11

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write it all."""
        if request.transport is None:
            raise ConnectionResetError("the client has hung up")
        request.transport.write(self._BYTES)

    async def write_eof(self, data: bytes = b"") -> None:
        """Nothing is left to write."""


class Connection(web.RequestHandler):
    """One client's connection; at work between `begin` and `end`, else waiting for a request."""

    __slots__ = ("_counted", "_first_request_timer", "_server")

    def __init__(self, server: Server, **options: Any) -> None:  # noqa: ANN401 - aiohttp's own options
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._server = server
        self._counted = False
        self._first_request_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or turn it away when all others are at work."""
        if not self._server.take(self):
            cast(asyncio.Transport, transport).write(_FULL)
            cast(asyncio.Transport, transport).close()
            return
        self._counted = True
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        self._first_request_timer = loop.call_later(self._server.limits.first_request, self.force_close)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Forget it."""
        self._stop_timer()
        if self._counted:
            self._counted = False
            self._server.forget(self)
        super().connection_lost(exc)

    def begin(self) -> None:
        """A request has arrived: the connection must not be closed to make room."""
        self._stop_timer()
        self._server.waiting.pop(self, None)

    def end(self) -> None:
        """The request is answered; of those that wait, this connection is the youngest now."""
        if self._counted:
            self._server.waiting[self] = None

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP; aiohttp's own answer would quote it and log it as an error."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("A request met a fault: %s", type(exc).__name__)
        else:
            self._server.turned_away()
        return Answer(status, close=True)

    def _stop_timer(self) -> None:
        if self._first_request_timer is not None:
            self._first_request_timer.cancel()
            self._first_request_timer = None


class Server(web.Server):
    """Makes the connections and bounds their number. `turned_away` is called for what is not HTTP.

    `waiting` holds the connections without a request, the one that has waited longest first.
    """

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        turned_away: Callable[[], None],
        limits: Limits,
    ) -> None:
        super().__init__(handler, handler_cancellation=False)
        self.turned_away = turned_away
        self.waiting: dict[Connection, None] = {}
        self.limits = limits
        self._open = 0

    def __call__(self) -> Connection:
        """A handler for a new connection."""
        return Connection(
            self,
            keepalive_timeout=self.limits.keepalive,
            lingering_time=self.limits.lingering,
            max_line_size=MAX_LINE,
            max_field_size=MAX_LINE,
            max_headers=MAX_HEADERS,
            auto_decompress=False,
            access_log=None,
        )

    def take(self, connection: Connection) -> bool:
        """Count a new connection, closing the one that has waited longest if there are too many.

        False if there are too many and none waits.
        """
        if self._open >= self.limits.connections:
            longest = next(iter(self.waiting), None)
            if longest is None:
                return False
            del self.waiting[longest]
            longest.force_close()
        self._open += 1
        self.waiting[connection] = None
        return True

    def forget(self, connection: Connection) -> None:
        """A connection that was taken is gone."""
        self._open -= 1
        self.waiting.pop(connection, None)
