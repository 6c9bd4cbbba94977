"""The only module that calls WeChat over HTTP.

It answers one question that the HTTP library does not: was the request handed over to the network before it
failed? Until then nothing can have been sent (`NotSent`); from then on nobody knows (`DeliveryUnknown`). URLs
carry the access_token and the app secret, so no exception of the library leaves this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import httpx2

from wxdesk.core.errors import DeliveryUnknown, NotSent
from wxdesk.wechat.answer import Answer, read_answer

DEADLINE_SECONDS = 10.0
"""For a whole call, from waiting for a connection to the last byte of the answer."""

LARGEST_ANSWER = 256 * 1024
"""Bytes; answers are a few hundred, so whatever is larger is not WeChat's."""

_KEEP_ALIVE_SECONDS = 5.0
"""Short: a connection that the other side is about to drop would make a reply's fate unknown."""

_SIDE_BY_SIDE = 32

_HANDED_OVER = "http11.send_request_body.started"


class _Progress:
    """How far one request has come."""

    def __init__(self) -> None:
        self.written = False

    async def trace(self, name: str, info: object) -> None:
        """Hear of each step of the request; from the body's start on it may reach WeChat whole."""
        if name == _HANDED_OVER:
            self.written = True

    def failure(self, reason: str) -> NotSent | DeliveryUnknown:
        """The error for a request that broke now; `reason` is used if it had been written."""
        return DeliveryUnknown(reason) if self.written else NotSent("WeChat cannot be reached")


class ApiHttp:
    """One pool of connections to WeChat's API at `base` (scheme and host, no path)."""

    def __init__(self, base: str, *, deadline: float = DEADLINE_SECONDS) -> None:
        self._base = base.rstrip("/")
        self._deadline = deadline
        self._client = httpx2.AsyncClient(
            trust_env=False,
            # asyncio.timeout bounds the whole call, which limits for its parts would not. But cancelling a TLS
            # handshake leaks its socket, so connecting (twice: TCP, TLS) gives up by itself before that.
            timeout=httpx2.Timeout(None, connect=deadline * 0.4),
            limits=httpx2.Limits(max_connections=_SIDE_BY_SIDE, keepalive_expiry=_KEEP_ALIVE_SECONDS),
            headers={"User-Agent": "wxdesk", "Accept-Encoding": "identity"},
        )

    async def get(self, path: str, query: Mapping[str, str]) -> Answer:
        """GET `path`; raises `NotSent` or `DeliveryUnknown`."""
        return await self._call("GET", path, query, None)

    async def post(self, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        """POST a JSON `body` (UTF-8) to `path`; raises `NotSent` or `DeliveryUnknown`."""
        return await self._call("POST", path, query, body)

    async def close(self) -> None:
        """Close all connections; calls under way fail."""
        await self._client.aclose()

    async def _call(self, method: str, path: str, query: Mapping[str, str], body: bytes | None) -> Answer:
        progress = _Progress()
        try:
            async with asyncio.timeout(self._deadline):
                request = self._client.build_request(
                    method,
                    self._base + path,
                    params=dict(query),
                    content=body,
                    headers={"Content-Type": "application/json; charset=utf-8"} if body is not None else None,
                    extensions={"trace": progress.trace},
                )
                status, answer = await self._exchange(request)
        except TimeoutError:
            raise progress.failure("WeChat did not answer in time") from None
        except httpx2.InvalidURL:
            raise NotSent("the address of WeChat's API is not a valid one") from None
        except httpx2.HTTPError:
            raise progress.failure("the connection broke before WeChat's answer was complete") from None
        return read_answer(status, answer)

    async def _exchange(self, request: httpx2.Request) -> tuple[int, bytes]:
        response = await self._client.send(request, stream=True)
        try:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    raise DeliveryUnknown("WeChat's answer cannot be read")
        finally:
            await response.aclose()
        return response.status_code, bytes(body)
