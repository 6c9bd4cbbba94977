"""HTTP calls to WeChat's API; no other module makes them.

It answers one question that the HTTP library does not: was the request handed over to the network before it
failed? Until then nothing can have been sent (`NotSent`); from then on nobody knows (`DeliveryUnknown`).
URLs carry the access_token and the app secret, so no exception of the library leaves this module.
"""

import asyncio
import contextlib
import functools
import socket
import ssl
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import httpx2

from wxdesk.config.reading import WeChatSettings
from wxdesk.core.errors import BadPicture, DeliveryUnknown, NotSent
from wxdesk.core.model.picture import PictureFormat
from wxdesk.core.system_failures import FOREIGN_CERTIFICATE, NAME_UNKNOWN, NOT_REACHED, PROXY_REFUSES
from wxdesk.desk.ports import ApiRoute
from wxdesk.wechat.response import ApiAnswer, read_answer, read_picture

DEADLINE_SECONDS = 10.0
"""For a whole call, from waiting for a connection to the last byte of the answer."""

LARGEST_ANSWER = 256 * 1024
"""Most bytes of a response; real ones have a few hundred."""

LARGEST_PICTURE = 10 * 1024 * 1024
"""Most bytes of a customer's picture; WeChat shrinks real ones far below."""

TOO_LARGE = "The picture is larger than 10 MB."

_SLOWER = 6
"""Factor by which a picture may take longer than an ordinary call."""

_KEEP_ALIVE_SECONDS = 5.0
"""Idle time; short, as sending on a dying connection makes a reply `unknown`."""

_HANDED_OVER = "http11.send_request_body.started"


class TooLargeError(Exception):
    """The response is larger than allowed."""


class _Progress:
    def __init__(self) -> None:
        self.written = False

    async def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Follow the request's steps; once its body has begun, WeChat may receive it."""
        if name == _HANDED_OVER and info["request"].method != b"CONNECT":  # which asks a proxy for the way
            self.written = True

    def failure(self, reason: str, why: BaseException | None = None) -> NotSent | DeliveryUnknown:
        """Make the error for a request that broke now; `reason` if it had been written."""
        return DeliveryUnknown(reason) if self.written else NotSent(_why_not_reached(why))


def _why_not_reached(error: BaseException | None) -> str:
    """Find the reason in the chain of causes of a failed connection."""
    while error is not None:
        if isinstance(error, socket.gaierror):
            return NAME_UNKNOWN
        if isinstance(error, ssl.SSLCertVerificationError):
            return FOREIGN_CERTIFICATE
        if isinstance(error, httpx2.ProxyError):
            return PROXY_REFUSES
        error = error.__cause__ or error.__context__
    return NOT_REACHED


class ApiHttp:
    """Connections to WeChat's API.

    They pass the proxy of the `settings` if there is one, but not on a `route` through the tunnel. Both may change
    between calls. `on_date` gets the `Date` of each response of WeChat's as soon as it begins to arrive.
    """

    def __init__(self, settings: WeChatSettings, *, deadline: float, on_date: Callable[[str], None]) -> None:
        self.settings = settings
        self.route: ApiRoute = _directly
        self._deadline = deadline
        self._on_date = on_date
        self._clients: dict[str, httpx2.AsyncClient] = {}  # pools by the proxy that they pass, "" for none

    def _client(self, proxy: str) -> httpx2.AsyncClient:
        return self._clients.get(proxy) or self._clients.setdefault(proxy, self._new_client(proxy))

    def _new_client(self, proxy: str) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            verify=authorities(),
            proxy=proxy or None,
            trust_env=False,
            # asyncio.timeout bounds the whole call, which limits for its parts would not. But cancelling a TLS
            # handshake leaks its socket, so connecting (twice: TCP, TLS) gives up by itself before that.
            timeout=httpx2.Timeout(None, connect=self._deadline * 0.4),
            # 32 for replies, the others for tokens and pictures; idle ones are asked before each call if they stand.
            limits=httpx2.Limits(
                max_connections=48, max_keepalive_connections=32, keepalive_expiry=_KEEP_ALIVE_SECONDS
            ),
            headers={"User-Agent": "wxdesk", "Accept-Encoding": "identity"},
            event_hooks={"response": [self._note_date]},
        )

    async def get(self, path: str, query: Mapping[str, str]) -> ApiAnswer:
        """GET `path`; raises `NotSent` or `DeliveryUnknown`."""
        return await self._ask("GET", path, query)

    async def post(self, path: str, query: Mapping[str, str], body: bytes) -> ApiAnswer:
        """POST a JSON `body` (UTF-8) to `path`; raises `NotSent` or `DeliveryUnknown`."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return await self._ask("POST", path, query, content=body, headers=headers)

    async def upload(self, path: str, query: Mapping[str, str], data: bytes, written: PictureFormat) -> ApiAnswer:
        """POST a picture as multipart/form-data; raises `NotSent` or `DeliveryUnknown`."""
        file = (f"picture.{written.value}", data, written.media_type)  # WeChat requires an ASCII name
        return await self._ask("POST", path, query, slower=_SLOWER, files={"media": file})

    async def download(self, path: str, query: Mapping[str, str]) -> bytes | ApiAnswer:
        """GET a picture, or WeChat's answer why there is none.

        Raises:
            BadPicture: it is larger than a picture may be; no more than that was read.
            NotSent, DeliveryUnknown: no complete response came.
        """
        try:
            return read_picture(*await self._call("GET", path, query, slower=_SLOWER, most=LARGEST_PICTURE))
        except TooLargeError:
            raise BadPicture(TOO_LARGE) from None

    async def close(self) -> None:
        """Close all connections; calls in progress fail."""
        for client in self._clients.values():
            await client.aclose()

    async def _note_date(self, response: httpx2.Response) -> None:
        date = response.headers.get("Date")
        if date and response.status_code == HTTPStatus.OK:  # any other answer is a gateway's, by its own clock
            self._on_date(date)

    async def _ask(self, method: str, path: str, query: Mapping[str, str], **parts: Any) -> ApiAnswer:  # noqa: ANN401
        try:
            return read_answer(*await self._call(method, path, query, **parts))
        except TooLargeError:
            raise DeliveryUnknown("WeChat's answer cannot be read") from None

    async def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        *,
        slower: int = 1,
        most: int = LARGEST_ANSWER,
        **parts: Any,  # noqa: ANN401 - the request's body, as the HTTP library takes it
    ) -> tuple[int, bytes]:
        """Make a call; return status and body, of which at most `most` bytes are read."""
        progress = _Progress()
        try:
            async with asyncio.timeout(self._deadline * slower):
                client, request = await self._build_request(method, path, query, progress, **parts)
                return await read_response(client, request, most)
        except TimeoutError:
            raise progress.failure("WeChat did not answer in time") from None
        except httpx2.InvalidURL:
            raise NotSent("the address of WeChat's API is not a valid one") from None
        except httpx2.HTTPError as error:
            raise progress.failure("the connection broke before WeChat's answer was complete", error) from None

    async def _build_request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        progress: _Progress,
        **parts: Any,  # noqa: ANN401 - as above
    ) -> tuple[httpx2.AsyncClient, httpx2.Request]:
        """Build a request for a client; in a tunnel it goes to another address."""
        url, through = httpx2.URL(self.settings.api_base.rstrip("/") + path), await self.route()
        extensions: dict[str, Any] = {"trace": progress.trace}
        if through is not None:
            parts["headers"] = {**parts.get("headers", {}), "Host": url.netloc.decode()}
            extensions["sni_hostname"] = url.host  # also the name that the certificate must have
            url = url.copy_with(host=through[0], port=through[1])
        client = self._client(self.settings.proxy if through is None else "")
        return client, client.build_request(method, url, params=dict(query), extensions=extensions, **parts)


async def _directly() -> None:
    """Lead a call through no tunnel."""


async def read_response(client: httpx2.AsyncClient, request: httpx2.Request, most: int) -> tuple[int, bytes]:
    """Send `request`; return status and body, as they come over the wire.

    Raises:
        TooLargeError: the body has more than `most` bytes, or says so. The rest is not read.
    """
    async with contextlib.aclosing(await client.send(request, stream=True)) as response:
        if int(response.headers.get("Content-Length", 0)) > most:
            raise TooLargeError
        body = bytearray()
        # Raw: nobody asked for compression, and a few bytes of it can become more than there is memory.
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > most:
                raise TooLargeError
    return response.status_code, bytes(body)


@functools.cache
def authorities() -> ssl.SSLContext:
    """Load the default certificate authorities once, as that takes 10 ms."""
    return httpx2.create_ssl_context(trust_env=False)
