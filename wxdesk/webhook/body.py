"""Reads a request's body within limits of size and time."""

from __future__ import annotations

import asyncio

from aiohttp import StreamReader, hdrs, web

from wxdesk.core.errors import PushRefused
from wxdesk.webhook.refusal import Refusal

MAX_BODY = 64 * 1024
"""Largest body in bytes; real pushes have less than 10 KiB."""

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


async def read_body(request: web.BaseRequest, seconds: float) -> bytes:
    """Read the whole body, as it came over the wire.

    Raises:
        PushRefused: larger than MAX_BODY, compressed, malformed, or not complete after `seconds`.
    """
    if hdrs.CONTENT_ENCODING in request.headers:
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
