"""Outcome of a send when the network fails: not sent, or unknown."""

import asyncio
import socket
import struct

import pytest

from tests.wechat.worlds import ACCOUNT, HELLO, OPENID, Act, Heard, client_to, http_answer, raw_server, read_request
from wxdesk import i18n
from wxdesk.core.errors import DeliveryUnknown, NotSent
from wxdesk.core.events import ApiCalled
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox

OK = b'{"errcode":0,"errmsg":"ok"}'


def _reset(writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    _reset(writer)


async def _half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(http_answer(OK[:10], length=len(OK)))
    await writer.drain()


async def _half_then_silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _half(reader, writer)
    await asyncio.Event().wait()


async def _drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    # One byte every 50 ms, so that no single read is ever late: only a limit for the whole call helps.
    writer.write(http_answer(b"", length=1000))
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(http_answer(b" " * 2_000_000 + OK))
    await writer.drain()


async def _not_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01\x02\x00\r\n\r\n")
    await writer.drain()


async def _no_errcode(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(http_answer(b"{}"))
    await writer.drain()


@pytest.mark.parametrize(
    "act", [_never, _closes, _resets, _half, _half_then_silence, _drips, _floods, _not_http, _no_errcode]
)
async def test_a_request_that_was_written_and_not_answered_is_of_unknown_delivery(heard: Heard, act: Act) -> None:
    async with raw_server(act) as (url, seen), client_to(url, heard, deadline=1.5) as client:
        await client.check(ACCOUNT)
        with pytest.raises(DeliveryUnknown):
            await client.send(ACCOUNT, OPENID, HELLO)
    assert len(seen) == 1, "the request was written once, and not again"


async def test_a_gateways_page_means_not_sent(heard: Heard) -> None:
    async def bad_gateway(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http_answer(b"<html>502</html>", "502 Bad Gateway", "text/html"))
        await writer.drain()

    async with raw_server(bad_gateway) as (url, _), client_to(url, heard) as client:
        with pytest.raises(NotSent):
            await client.send(ACCOUNT, OPENID, HELLO)


async def test_a_right_answer_of_the_raw_server_is_taken(heard: Heard) -> None:
    async def right(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http_answer(OK))
        await writer.drain()

    async with raw_server(right) as (url, seen), client_to(url, heard) as client:
        await client.send(ACCOUNT, OPENID, HELLO)
    assert len(seen) == 1


@pytest.mark.parametrize("base", ["http://nobody.invalid", "ftp://a", "http://["])
async def test_without_a_connection_nothing_was_sent(heard: Heard, base: str) -> None:
    await _cannot_send(heard, base)


async def test_the_error_of_a_call_is_translated_only_where_it_is_shown(heard: Heard) -> None:
    i18n.use("zh_CN")
    await _cannot_send(heard, "ftp://a")


async def test_where_nobody_listens_nothing_was_sent(heard: Heard) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # taken, so that no other program can begin to listen there
        await _cannot_send(heard, f"http://127.0.0.1:{silent.getsockname()[1]}")


async def _cannot_send(heard: Heard, base: str) -> None:
    async with client_to(base, heard) as client:
        with pytest.raises(NotSent):
            await client.send(ACCOUNT, OPENID, HELLO)
    assert heard.of(ApiCalled)[0].outcome in (
        "WeChat cannot be reached",
        "WeChat cannot be reached: its name leads to no address",
        "the address of WeChat's API is not a valid one",
    )


async def test_a_connection_that_opens_and_never_reads_is_not_a_written_request(heard: Heard) -> None:
    """TLS to a server that does not speak it: the deadline passes before a byte of the request left."""
    over = asyncio.Event()

    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    silent = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with client_to(f"https://127.0.0.1:{port}", heard, deadline=0.3) as client:
        http = client._http
        with pytest.raises(NotSent):
            await http.post("/cgi-bin/message/custom/send", {"access_token": "t"}, b"{}")
    over.set()
    silent.close()
    await silent.wait_closed()


async def test_a_kept_connection_that_was_closed_meanwhile_is_not_used_again(heard: Heard) -> None:
    bodies: list[bytes] = []
    closed = asyncio.Event()

    async def one_answer_a_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, body = await read_request(reader)
        bodies.append(body)
        writer.write(http_answer(OK))
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        closed.set()

    server = await asyncio.start_server(one_answer_a_connection, "127.0.0.1", 0)
    async with client_to(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard) as client:
        for number in range(1, 4):
            closed.clear()
            await client._http.post("/send", {}, b"%d" % number)
            await closed.wait()
    server.close()
    await server.wait_closed()
    assert bodies == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("kind", "error", "delivered"),
    [
        (FaultKind.BEFORE, DeliveryUnknown, 0),
        (FaultKind.AFTER, DeliveryUnknown, 1),
        (FaultKind.RESET_BEFORE, DeliveryUnknown, 0),
        (FaultKind.RESET_AFTER, DeliveryUnknown, 1),
        (FaultKind.GATEWAY, NotSent, 0),
    ],
)
async def test_the_sandboxs_faults(
    sandbox: Sandbox, heard: Heard, kind: FaultKind, error: type[Exception], delivered: int
) -> None:
    sandbox.faults.plan(SimulatedFault(kind))
    async with client_to(sandbox.url, heard, deadline=1.5) as client:
        with pytest.raises(error):
            await client.send(ACCOUNT, OPENID, HELLO)
    assert len(sandbox.sent) == delivered
