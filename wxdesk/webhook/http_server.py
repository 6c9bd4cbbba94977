"""Hardened aiohttp server: limits, deadlines, uninformative errors.

It is the low-level server, not an Application: two routes need no router, and aiohttp answers a request
that is not HTTP outside the Application, quoting it and naming its own version.
"""

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, cast

from aiohttp import HttpVersion11, StreamReader, hdrs, web
from msgspec import Struct

from wxdesk.core.errors import PushRefused
from wxdesk.core.model.push import Refusal

logger = logging.getLogger(__name__)

MAX_LINE = 4096
"""Bytes in a request line or header; a real push's line has about 250."""

MAX_HEADERS = 64
"""Header lines in a request."""

MAX_BODY = 64 * 1024
"""Largest body in bytes; real pushes have less than 10 KiB."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Limits(Struct, frozen=True):
    """Limits on the resources of clients.

    `connections`: most open ones; one more closes the one that has been idle, or has left its request
    unfinished, for the longest time; if all are being answered, it is answered 503 itself.
    `unsigned`: open ones from which on no body is read whose query bears no signature, which WeChat's always does.
    In seconds: `first_request`, until a new connection's first headers are complete;
    `body`, for each body (WeChat itself gives up after 5); `keepalive`, of idle time after a response, longer than
    Caddy's two minutes, so that no push meets a connection that is just being closed;
    `lingering`, for which the rest of a refused body is read and discarded so that its sender can read the
    response.
    """

    connections: int = 4096
    unsigned: int = 512
    first_request: float = 8.0
    body: float = 4.0
    keepalive: float = 150.0
    lingering: float = 1.0


DEFAULT_LIMITS = Limits()

OTHER_FILES = 512
"""Files open beside connections: the database, pictures, calls of the API."""


def limits_of_this_process() -> Limits:
    """Default limits, with fewer connections where too few files may be open.

    The system is asked for enough first: many programs begin with 1,024, on macOS with 256.
    """
    if sys.platform == "win32":
        return DEFAULT_LIMITS  # a connection is no file there
    import resource

    wanted, unlimited = DEFAULT_LIMITS.connections + OTHER_FILES, resource.RLIM_INFINITY
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == unlimited:
        return DEFAULT_LIMITS
    if files < wanted:
        with suppress(ValueError, OSError):
            more = wanted if most == unlimited else min(wanted, most)
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, most))
            files = more
    return Limits(connections=min(DEFAULT_LIMITS.connections, max(files - OTHER_FILES, files // 2)))


class PlainResponse(web.Response):
    """Response without a Server header, which would name Python's version."""

    def __init__(
        self, status: int, body: bytes = b"", *, close: bool = False, content_type: str = "text/plain"
    ) -> None:
        super().__init__(status=status, body=body, content_type=content_type)
        if close:
            self.force_close()

    async def _prepare_headers(self) -> None:
        await super()._prepare_headers()
        self.headers.popall(hdrs.SERVER, None)


class SuccessResponse(web.StreamResponse):
    """Acknowledgement of a push as ready-made bytes, one object for all requests.

    By far the most frequent response; making its headers anew costs aiohttp a quarter of the whole request.
    Only for requests that leave the connection open; others get a `PlainResponse`.
    """

    _BYTES = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nsuccess"

    @property
    def keep_alive(self) -> bool | None:
        """True: the connection stays open."""
        return True

    @staticmethod
    def fits(request: web.BaseRequest) -> bool:
        """Tell if these bytes are a correct response to the request."""
        return request.keep_alive and request.version >= HttpVersion11

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write the whole response."""
        if request.transport is None:
            raise ConnectionResetError("the client has hung up")
        request.transport.write(self._BYTES)

    async def write_eof(self, data: bytes = b"") -> None:
        """Do nothing: everything has been written."""


class Connection(web.RequestHandler):
    """One client's connection: busy between `receive` and `end`, waiting otherwise."""

    __slots__ = ("_counted", "_first_request_timer", "_server")

    def __init__(self, server: "Server", **options: Any) -> None:  # noqa: ANN401 - aiohttp's own options
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._server = server
        self._counted = False
        self._first_request_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept the connection, or reject it when all others are busy."""
        if not self._server.take(self):
            cast(asyncio.Transport, transport).write(_FULL)
            cast(asyncio.Transport, transport).close()
            return
        self._counted = True
        super().connection_made(transport)
        loop = asyncio.get_running_loop()
        self._first_request_timer = loop.call_later(self._server.limits.first_request, self.force_close)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Release the connection's slot."""
        self._stop_timer()
        if self._counted:
            self._counted = False
            self._server.forget(self)
        super().connection_lost(exc)

    def begin(self) -> None:
        """Mark the connection as waiting for a body, the youngest of the waiting ones."""
        self._stop_timer()
        self._server.waiting.pop(self, None)
        self.end()

    def receive(self) -> None:
        """Mark the connection as busy: it must not be closed to make room."""
        self._server.waiting.pop(self, None)

    def end(self) -> None:
        """Mark the connection as idle, the youngest of the waiting ones."""
        if self._counted:
            self._server.waiting[self] = None

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Answer, then give way to other connections if the next request is there already.

        Otherwise aiohttp answers all that it has read from this one, some thousand requests, before anybody else.
        """
        finished = await super().finish_response(request, resp, start_time)
        if self._messages:
            await asyncio.sleep(0)
        return finished

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer a request that is not HTTP, without quoting it as aiohttp would."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.error("A request met a fault: %s", type(exc).__name__)
        else:
            self._server.saw_no_http()
        return PlainResponse(status, close=True)

    def _stop_timer(self) -> None:
        if self._first_request_timer is not None:
            self._first_request_timer.cancel()


class Server(web.Server):
    """Makes the connections and limits their number.

    `saw_no_http` is called for what is not HTTP. `waiting` holds connections without a complete request, the
    oldest first.
    """

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        saw_no_http: Callable[[], None],
        limits: Limits,
    ) -> None:
        super().__init__(handler)
        self.saw_no_http = saw_no_http
        self.waiting: dict[Connection, None] = {}
        self.limits = limits
        self._open = 0

    def __call__(self) -> Connection:
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
        """Count a new connection; at the limit, close the one that waits longest.

        False if the limit is reached and all are being answered.
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

    @property
    def is_crowded(self) -> bool:
        """True while so many are open that bodies are read only of signed requests."""
        return self._open >= self.limits.unsigned

    def forget(self, connection: Connection) -> None:
        """Release the slot of a connection that is gone."""
        self._open -= 1
        self.waiting.pop(connection, None)


async def read_body(request: web.BaseRequest, seconds: float) -> bytes:
    """Read the whole body, as it came over the wire.

    Raises:
        PushRefused: larger than MAX_BODY, compressed, malformed, or not complete after `seconds`.
    """
    if hdrs.CONTENT_ENCODING in request.headers or "," in request.headers.get(hdrs.TRANSFER_ENCODING, ""):
        raise PushRefused(Refusal.ENCODED)
    if (request.content_length or 0) > MAX_BODY:
        raise PushRefused(Refusal.TOO_LARGE)
    content = request.content
    try:
        if content.is_eof():  # a small body comes together with its headers; no timer is needed
            body = content.read_nowait()
            _check_size(body)
            return body
        if request.headers.get(hdrs.EXPECT, "").lower() == "100-continue" and request.transport is not None:
            request.transport.write(_CONTINUE)
        async with asyncio.timeout(seconds):
            return await _read(content)
    except TimeoutError:
        raise PushRefused(Refusal.SLOW) from None
    except (web.RequestPayloadError, ConnectionError):
        raise PushRefused(Refusal.BROKEN_OFF) from None


async def _read(content: StreamReader) -> bytes:
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        _check_size(body)
    return bytes(body)


def _check_size(body: bytes | bytearray) -> None:
    if len(body) > MAX_BODY:
        raise PushRefused(Refusal.TOO_LARGE)
