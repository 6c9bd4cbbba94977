"""A sandbox with an account, a client for it, and a server that misbehaves below HTTP."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from wxdesk.config.reading import WeChatSettings
from wxdesk.core.events import ApiCalled, Event
from wxdesk.core.model.account import Account
from wxdesk.core.model.reply import Content
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.runtime.bus import Bus
from wxdesk.sandbox.demo_customers import LI_LEI, demo_account
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import WeChatClient

ACCOUNT, CREDENTIALS = demo_account()
OPENID = LI_LEI.openid
HELLO = Content(text="您好，我们 9:00–21:00 营业。")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Heard:
    """What was published, and a way to wait for more."""

    events: list[Event] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _bus: Bus = field(default_factory=Bus)

    def __post_init__(self) -> None:
        self._bus.subscribe(self._hear)

    def __call__(self, event: Event) -> None:
        self._bus.publish(event)

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        self._more.set()

    def of[T: Event](self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    def calls(self) -> list[str]:
        return [event.call for event in self.of(ApiCalled)]

    async def wait_for[T: Event](self, kind: type[T], count: int) -> list[T]:
        async with asyncio.timeout(10):
            while len(self.of(kind)) < count:
                self._more.clear()
                await self._more.wait()
        return self.of(kind)


@asynccontextmanager
async def client_to(
    url: str,
    heard: Heard,
    endpoint: Literal["stable", "classic"] = "stable",
    account: Account = ACCOUNT,
    credentials: Credentials = CREDENTIALS,
    deadline: float = 5.0,
    proxy: str = "",
) -> AsyncIterator[WeChatClient]:
    settings = WeChatSettings(url, proxy, endpoint)
    client = WeChatClient(settings, {account.name: credentials}, heard, now, deadline=deadline)
    try:
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def sandbox_with_a_customer() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox()
    await sandbox.start()
    try:
        await sandbox.say(OPENID, "请问几点关门")
        yield sandbox
    finally:
        await sandbox.stop()


type Act = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

TOKEN_ANSWER = b'{"access_token":"71_raw","expires_in":7200}'


def http_answer(
    body: bytes, status: str = "200 OK", content_type: str = "text/plain", length: int | None = None
) -> bytes:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + body


ACCEPTED = http_answer(b'{"errcode":0,"errmsg":"ok"}')


async def read_request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body of one request."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return head, await reader.readexactly(length)


@asynccontextmanager
async def wechat(
    tls: ssl.SSLContext | None, *, answer: bytes = ACCEPTED, token: bytes = b""
) -> AsyncIterator[list[bytes]]:
    """A server in WeChat's place; its port, and the bodies of what was sent to it, as text."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head, body = await read_request(reader)
                is_token = b"stable_token" in head
                seen.append(b"token" if is_token else body)
                writer.write((token or http_answer(TOKEN_ANSWER)) if is_token else answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    seen.append(str(server.sockets[0].getsockname()[1]).encode())
    try:
        yield seen
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def raw_server(on_send: Act, token: bytes = TOKEN_ANSWER) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Gives tokens properly; for a send it reads the request and then leaves the connection to `on_send`.

    Yields its URL and the list of the send bodies that it read.
    """
    seen: list[bytes] = []
    release = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head, body = await read_request(reader)
                if b"/stable_token" in head:
                    writer.write(http_answer(token))
                    await writer.drain()
                    continue
                seen.append(body)
                act = asyncio.ensure_future(on_send(reader, writer))
                done = asyncio.ensure_future(release.wait())
                await asyncio.wait({act, done}, return_when=asyncio.FIRST_COMPLETED)
                act.cancel()
                done.cancel()
                return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen
    finally:
        release.set()
        server.close()
        await server.wait_closed()
