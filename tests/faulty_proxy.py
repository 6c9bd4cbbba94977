"""A reverse proxy on loopback that does one thing wrong at a time, as tunnels, CDNs and web servers do."""

import asyncio
import gzip
import socket
import ssl
import struct
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from enum import Enum
from types import TracebackType
from typing import Self

from tests.ports import free_port

HTML = "Content-Type: text/html"
REGISTRATION_PAGE = "<html><title>温馨提示</title><body>该网站未完成备案，暂时无法访问</body></html>"
TUNNEL_PAGE = (
    "<html><head><title>Free tunnel &amp; more</title></head><body>Click to go on. 京ICP备12345号</body></html>"
)


class Fault(Enum):
    """Ways of doing it wrong; `NONE` passes everything on as it is."""

    NONE = "none"
    REDIRECT = "redirect"
    HTML_PAGE = "html page"
    REGISTRATION = "page of a gate for names without 备案"
    REGISTRATION_REDIRECT = "redirect to that gate"
    NOT_FOUND = "404 of another program"
    BAD_GATEWAY = "502"
    NOT_HTTP = "not HTTP"
    QUOTES = "quotes round the answer"
    BOM = "BOM before the answer"
    NEWLINE = "newline after the answer"
    GZIP = "answer compressed"
    SCRIPT = "script injected"
    REPLACED = "answer replaced by a page of its own"
    CACHED = "first answer for everybody"
    CHUNKED = "answer in chunks"  # nothing wrong with that
    SLOW = "late answer"
    HANGING = "no answer"
    WRONG_PATH = "path cut"
    DROPS = "connection closed"
    RESETS = "connection reset"


class FaultyProxy:
    """Stands before `upstream` (a port on loopback); `fault` may be changed while it runs.

    `delay` is how late `SLOW` answers, in seconds; `to` is where `REDIRECT` sends; `heads` are the requests as they
    came in.
    """

    def __init__(self, upstream: int, fault: Fault = Fault.NONE, tls: ssl.SSLContext | None = None) -> None:
        self.upstream = upstream
        self.fault = fault
        self.delay = 0.0
        self.to = "https://www.example.com/wx/shop"
        self.heads: list[bytes] = []
        self.port = free_port()
        self._tls = tls
        self._cached: bytes | None = None
        self._server: asyncio.Server | None = None
        self._open: set[StreamWriter] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, at the same port each time."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)

    async def stop(self) -> None:
        """Stop listening, and cut what is open."""
        if self._server is not None:
            self._server.close()
            for writer in self._open:
                writer.transport.abort()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._open.add(writer)
        try:
            with suppress(OSError, EOFError):
                head = await reader.readuntil(b"\r\n\r\n")
                self.heads.append(head)
                body = await reader.readexactly(_length(head))
                answer = await self._answer(head, body)
                writer.write(answer)
                await writer.drain()
        finally:
            self._open.discard(writer)
            writer.close()
            if self.fault is Fault.RESETS:
                reset(writer)

    async def _answer(self, head: bytes, body: bytes) -> bytes:
        if (own := self._own_answer()) is not None:
            return own
        if self.fault is Fault.HANGING:
            await asyncio.Event().wait()
        if self.fault is Fault.SLOW:
            await asyncio.sleep(self.delay)
        if self.fault is Fault.WRONG_PATH:
            head = head.replace(b" /wx/", b" /", 1)
        answer = await self._forward(head, body)
        self._cached = self._cached or answer
        return self._cached if self.fault is Fault.CACHED else self._changed(answer)

    def _own_answer(self) -> bytes | None:
        if self.fault is Fault.REDIRECT:
            return _response(b"", "301 Moved Permanently", f"Location: {self.to}")
        return OWN_ANSWERS.get(self.fault)

    async def _forward(self, head: bytes, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            first, _, rest = head.partition(b"\r\n")
            kept = [line for line in rest.split(b"\r\n") if line and not line.lower().startswith(b"connection:")]
            writer.write(b"\r\n".join([first, *kept, b"Connection: close", b"", body]))
            return await reader.read()
        finally:
            writer.close()

    def _changed(self, answer: bytes) -> bytes:
        head, _, body = answer.partition(b"\r\n\r\n")
        status = head.split(b"\r\n")[0].partition(b" ")[2].decode()
        match self.fault:
            case Fault.QUOTES:
                return _response(b'"' + body + b'"', status)
            case Fault.BOM:
                return _response(b"\xef\xbb\xbf" + body, status)
            case Fault.NEWLINE:
                return _response(body + b"\n", status)
            case Fault.GZIP:
                return _response(gzip.compress(body), status, "Content-Encoding: gzip")
            case Fault.SCRIPT:
                return _response(body + b"<script src='//ads'></script>", status)
            case Fault.REPLACED:
                return _response(b"<html>Just a moment</html>", "503 Service Unavailable", HTML)
            case Fault.CHUNKED:
                chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
                return f"HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n".encode() + chunks
        return answer


def _response(body: bytes, status: str, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "Connection: close", "", ""]
    return "\r\n".join(lines).encode() + body


OWN_ANSWERS = {
    Fault.REGISTRATION_REDIRECT: _response(
        b"", "302 Found", "Location: https://dnspod.qcloud.com/static/webblock.html?d=desk.example.com"
    ),
    Fault.REGISTRATION: _response(REGISTRATION_PAGE.encode("gb18030"), "403 Forbidden", HTML),
    Fault.HTML_PAGE: _response(TUNNEL_PAGE.encode(), "200 OK", HTML),
    Fault.NOT_FOUND: _response(b"<html><h1>404 Not Found</h1></html>", "404 Not Found", HTML),
    Fault.BAD_GATEWAY: _response(b"<html>nginx</html>", "502 Bad Gateway", HTML),
    Fault.NOT_HTTP: b"SSH-2.0-OpenSSH_9.9\r\n\r\n",
    Fault.DROPS: b"",
    Fault.RESETS: b"",
}
"""Answers that never come from behind the proxy."""


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def reset(writer: StreamWriter) -> None:
    """Close a connection by RST, as a firewall does."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
