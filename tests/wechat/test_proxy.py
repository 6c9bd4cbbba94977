"""Calls that pass a company's HTTP proxy: what its failures mean for a reply, and what it learns."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from tests.certificates import Authority
from tests.wechat.worlds import ACCOUNT, CREDENTIALS, HELLO, OPENID, Heard, client_to, read_request, wechat
from wxdesk.config.reading import WeChatSettings
from wxdesk.core.errors import DeliveryUnknown, NotSent
from wxdesk.core.system_failures import NOT_REACHED, PROXY_REFUSES
from wxdesk.sandbox.server import Sandbox

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Proxy:
    """An HTTP proxy on loopback; `answer` is what it says to CONNECT, empty for nothing at all.

    `heads` are the requests as they came in.
    """

    def __init__(self) -> None:
        self.answer = ESTABLISHED
        self.heads: list[bytes] = []
        self.url = ""

    @asynccontextmanager
    async def running(self) -> "AsyncIterator[Proxy]":
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield self

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head, body = await read_request(reader)
            self.heads.append(head)
            method, target = head.split(b" ")[:2]
            if method == b"CONNECT":
                writer.write(self.answer)
                await writer.drain()
                if self.answer == ESTABLISHED:
                    await self._carry(reader, writer, target, b"")
                elif not self.answer:
                    await reader.read()
            else:
                authority, _, rest = target.removeprefix(b"http://").partition(b"/")
                await self._carry(reader, writer, authority, head.replace(target, b"/" + rest, 1) + body)
        writer.close()

    async def _carry(self, reader: StreamReader, writer: StreamWriter, authority: bytes, first: bytes) -> None:
        host, _, port = authority.decode().rpartition(":")
        out_reader, out_writer = await asyncio.open_connection(host, int(port))
        out_writer.write(first)
        back = asyncio.create_task(self._pump(out_reader, writer))
        await self._pump(reader, out_writer)
        back.cancel()
        out_writer.close()

    async def _pump(self, reader: StreamReader, writer: StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    async with Proxy().running() as made:
        yield made


async def test_a_call_passes_the_proxy_which_learns_the_host_alone(trusted: Authority, proxy: Proxy) -> None:
    async with (
        wechat(trusted.context("localhost")) as seen,
        client_to(f"https://localhost:{seen[0].decode()}", Heard(), proxy=proxy.url) as client,
    ):
        await client.send(ACCOUNT, OPENID, HELLO)
    assert len(seen) == 3
    assert [head.split(b"\r\n")[0] for head in proxy.heads] == [b"CONNECT localhost:%s HTTP/1.1" % seen[0]]
    said = b"".join(proxy.heads).decode()
    assert not any(secret in said for secret in (*CREDENTIALS.secrets, OPENID, "access_token"))


async def test_an_address_of_plain_http_is_forwarded(sandbox: Sandbox, proxy: Proxy) -> None:
    async with client_to(sandbox.url, Heard(), proxy=proxy.url) as client:
        await client.send(ACCOUNT, OPENID, HELLO)
    assert [sent.text for sent in sandbox.sent] == [HELLO.text]
    assert proxy.heads


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", PROXY_REFUSES),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nno way", PROXY_REFUSES),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", PROXY_REFUSES),
        (b"no HTTP at all\r\n\r\n", NOT_REACHED),
        (b"", NOT_REACHED),
    ],
    ids=["407", "403", "502", "garbage", "silence"],
)
async def test_a_proxy_that_does_not_let_through_sends_nothing(
    trusted: Authority, proxy: Proxy, answer: bytes, reason: str
) -> None:
    """The proxy was asked for the way only, so the reply may be tried again."""
    proxy.answer = answer
    async with (
        wechat(trusted.context("localhost")) as seen,
        client_to(f"https://localhost:{seen[0].decode()}", Heard(), deadline=1.0, proxy=proxy.url) as client,
    ):
        with pytest.raises(NotSent) as stopped:
            await client.send(ACCOUNT, OPENID, HELLO)
        assert len(seen) == 1
    assert reason in str(stopped.value)


async def test_no_answer_through_the_proxy_leaves_it_unknown(trusted: Authority, proxy: Proxy) -> None:
    async with (
        wechat(trusted.context("localhost"), answer=b"") as seen,
        client_to(f"https://localhost:{seen[0].decode()}", Heard(), deadline=1.0, proxy=proxy.url) as client,
    ):
        with pytest.raises(DeliveryUnknown):
            await client.send(ACCOUNT, OPENID, HELLO)
        assert len(seen) == 3


async def test_another_proxy_or_none_serves_from_the_next_call_on(sandbox: Sandbox, proxy: Proxy) -> None:
    async with client_to(sandbox.url, Heard(), proxy="http://127.0.0.1:9") as client:
        with pytest.raises(NotSent):
            await client.send(ACCOUNT, OPENID, HELLO)
        for url, asked in ((proxy.url, True), ("", False)):
            proxy.heads.clear()
            client.use(WeChatSettings(sandbox.url, url), {ACCOUNT.name: CREDENTIALS}, {ACCOUNT.name: ACCOUNT})
            await client.send(ACCOUNT, OPENID, HELLO)
            assert bool(proxy.heads) is asked
    assert len(sandbox.sent) == 2
