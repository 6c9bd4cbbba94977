"""Clients that take up room: silent ones, slow ones, too many of them, and those that are there at the end."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from time import monotonic
from urllib.parse import urlencode

import pytest
from aiohttp import web

from tests.webhook.conftest import Open
from tests.webhook.pushing import (
    ACCOUNTS,
    CIPHER,
    NONCE,
    NOW,
    TEXT,
    TIMESTAMP,
    Desk,
    ask,
    enveloped,
    read_reply,
    signed,
    signed_for,
    written,
)
from wxdesk.core.conversations.transfer import Receipt
from wxdesk.core.model.push import Push
from wxdesk.webhook.http_server import Limits, Server
from wxdesk.webhook.listener import Listener

PUSH = written("/wx/plain", TEXT, signed())
LAST_PUSH = written("/wx/plain", TEXT, signed(), Connection="close")
HALF_BODY = written("/wx/plain", TEXT[:20], signed(), Content_Length="999")


async def gone(reader: asyncio.StreamReader) -> bool:
    """True once the listener has closed the connection without a word."""
    try:
        async with asyncio.timeout(10):
            return await reader.read() == b""
    except ConnectionResetError:
        return True


@pytest.mark.parametrize("raw", [b"", b"POST /wx/plain HTTP/1.1\r\nHost: de"], ids=["silent", "half a header"])
async def test_a_connection_without_a_request_is_closed(open_desk: Open, raw: bytes) -> None:
    desk = await open_desk(Limits(first_request=0.1))
    reader, _ = await desk.connect(raw)
    assert await gone(reader)
    assert desk.events == []


async def test_a_connection_that_has_been_used_may_rest_longer(open_desk: Open) -> None:
    desk = await open_desk(Limits(first_request=0.3, keepalive=1.0))
    reader, _ = await desk.connect(PUSH)
    assert (await read_reply(reader)).body == b"success"
    since = monotonic()
    assert await gone(reader)
    assert monotonic() - since > 0.6


def test_a_proxy_ends_an_idle_connection_before_it_is_closed_here() -> None:
    """Caddy keeps one for two minutes; a push that met one just being closed was answered 502."""
    assert Limits().keepalive > 120


async def test_a_push_that_takes_long_to_keep_is_not_cut_off(open_desk: Open) -> None:
    desk = await open_desk(Limits(first_request=0.3, keepalive=0.3, body=0.3))
    desk.shelf.gate = asyncio.Event()
    asked = asyncio.create_task(ask(desk, PUSH))
    await desk.shelf.entered.wait()
    done, _ = await asyncio.wait([asked], timeout=0.6)
    assert not done
    desk.shelf.gate.set()
    assert (await asked).body == b"success"


async def test_half_bodies_are_answered_and_closed(open_desk: Open) -> None:
    desk = await open_desk(Limits(body=0.1, lingering=0.05))
    pairs = [await desk.connect(HALF_BODY) for _ in range(50)]
    assert (await ask(desk, PUSH)).body == b"success"
    for reader, _ in pairs:
        answer = await read_reply(reader)
        assert (answer.status, answer.body, answer.headers["connection"]) == (408, b"", "close")
        assert await gone(reader)
    assert len(desk.shelf.pushes) == 1


async def test_a_connection_beyond_the_limit_closes_the_longest_idle_one(open_desk: Open) -> None:
    desk = await open_desk(Limits(connections=3))
    first, second, third = [await desk.connect(PUSH) for _ in range(3)]
    for reader, _ in (first, second, third):
        assert (await read_reply(reader)).status == 200
    first[1].write(PUSH)  # now the second has waited longest
    assert (await read_reply(first[0])).status == 200
    assert (await ask(desk, PUSH)).status == 200
    assert await gone(second[0])
    for reader, writer in (first, third):
        writer.write(PUSH)
        assert (await read_reply(reader)).status == 200


async def test_five_hundred_half_open_connections_keep_nobody_out(open_desk: Open) -> None:
    desk = await open_desk()
    for at in range(500):
        await desk.connect(b"POST /wx/plain HTTP/1.1\r\nHo" * (at % 2))
    since = monotonic()
    assert (await ask(desk, PUSH)).body == b"success"
    assert monotonic() - since < 3  # WeChat waits for 5


async def test_a_body_that_does_not_come_gives_way_to_a_new_connection(open_desk: Open) -> None:
    desk = await open_desk(Limits(connections=2, body=30.0))
    first, second = await desk.connect(HALF_BODY), await desk.connect(HALF_BODY)
    assert (await ask(desk, PUSH)).body == b"success"
    assert await gone(first[0])
    second[1].write(b"x" * 979)
    assert (await read_reply(second[0])).status == 200
    assert desk.outcomes[:2] == ["kept", "refused: broken off"] or desk.outcomes[:2] == ["refused: broken off", "kept"]


async def test_a_wrong_signature_is_refused_before_its_body_is_read(open_desk: Open) -> None:
    desk = await open_desk(Limits(body=30.0, lingering=0.05))
    query = signed() | {"signature": "0" * 40}
    reader, _ = await desk.connect(written("/wx/plain", TEXT[:20], query, Content_Length="999"))
    answer = await read_reply(reader)
    assert (answer.status, answer.body, answer.headers["connection"]) == (403, b"", "close")
    assert await gone(reader)


async def test_a_body_that_nobody_signed_is_read_only_while_places_are_free(open_desk: Open) -> None:
    desk = await open_desk(Limits(unsigned=2, body=30.0, lingering=0.05))
    unsigned = written("/wx/secure", TEXT[:20], {"timestamp": TIMESTAMP, "nonce": NONCE}, Content_Length="999")
    waiting, writer = await desk.connect(unsigned)
    refused, _ = await desk.connect(unsigned)
    answer = await read_reply(refused)
    assert (answer.status, answer.headers["connection"]) == (503, "close")
    assert (await ask(desk, PUSH)).body == b"success"
    assert await gone(refused)
    writer.write(b"x" * 979)
    assert (await read_reply(waiting)).status == 403


async def test_a_connection_beyond_the_limit_gets_503_while_all_are_at_work(open_desk: Open) -> None:
    desk = await open_desk(Limits(connections=2))
    desk.shelf.gate = asyncio.Event()
    at_work = []
    for _ in range(2):
        desk.shelf.entered.clear()
        at_work.append(asyncio.create_task(ask(desk, PUSH)))
        await desk.shelf.entered.wait()
    for _ in range(2):
        reader, _ = await desk.connect()
        answer = await read_reply(reader)
        assert (answer.status, answer.body, answer.headers["connection"]) == (503, b"", "close")
        assert await gone(reader)
    desk.shelf.gate.set()
    assert [(await asked).body for asked in at_work] == [b"success"] * 2
    assert (await ask(desk, PUSH)).body == b"success"


async def test_silent_connections_give_way_the_longest_there_first(open_desk: Open) -> None:
    desk = await open_desk(Limits(connections=2))
    (first, _), (second, writer) = await desk.connect(), await desk.connect()
    assert (await ask(desk, PUSH)).body == b"success"
    assert await gone(first)
    writer.write(PUSH)
    assert (await read_reply(second)).body == b"success"


async def test_two_new_connections_at_the_limit_close_two_idle_ones(open_desk: Open) -> None:
    desk = await open_desk(Limits(connections=2))
    idle = [await desk.connect(PUSH) for _ in range(2)]
    for reader, _ in idle:
        assert (await read_reply(reader)).status == 200
    host, port = desk.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))), socket.create_connection((host, int(port))):
        assert [await gone(reader) for reader, _ in idle] == [True, True]


async def test_an_idle_connection_is_closed_before_one_within_a_request(open_desk: Open) -> None:
    desk = await open_desk(Limits(connections=2, body=30.0))
    (begun, writer), (idle, _) = [await desk.connect(PUSH) for _ in range(2)]
    for reader in (begun, idle):
        assert (await read_reply(reader)).status == 200
    writer.write(PUSH.replace(TEXT, b"").replace(b"\r\nHost", b"\r\nExpect: 100-continue\r\nHost"))
    assert await begun.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert (await ask(desk, PUSH)).status == 200
    assert await gone(idle)
    writer.write(TEXT)
    assert (await read_reply(begun)).body == b"success"


async def test_connections_that_have_ended_leave_their_places(open_desk: Open) -> None:
    desk = await open_desk(Limits(connections=2))
    for _ in range(3):
        reader, _ = await desk.connect(LAST_PUSH)
        assert (await read_reply(reader)).body == b"success"
        assert await gone(reader)
    encrypted = CIPHER.encrypt(TEXT)
    unsigned = {name: value for name, value in signed_for(encrypted).items() if name != "signature"}
    assert (await ask(desk, written("/wx/secure", enveloped(encrypted), unsigned))).body == b"success"


@pytest.mark.parametrize("hang_up", [False, True], ids=["answered", "hung up"])
async def test_places_that_were_left_are_given_once(open_desk: Open, hang_up: bool) -> None:
    desk = await open_desk(Limits(connections=2))
    desk.shelf.gate = asyncio.Event()
    reader, writer = await desk.connect(PUSH if hang_up else LAST_PUSH)
    await desk.shelf.entered.wait()
    if hang_up:
        writer.close()
        for _ in range(2):  # what comes after its end is answered when that has been seen
            assert (await ask(desk, written("/wx/plain", b"", signed(echostr="1"), "GET"))).body == b"1"
        desk.seen.clear()
    desk.shelf.gate.set()
    await desk.seen.wait()
    assert hang_up or (await read_reply(reader)).status == 200
    assert hang_up or await gone(reader)
    desk.shelf.gate.clear()
    at_work = []
    for _ in range(2):
        desk.shelf.entered.clear()
        at_work.append(asyncio.create_task(ask(desk, PUSH)))
        await desk.shelf.entered.wait()
    assert (await ask(desk, b"")).status == 503
    desk.shelf.gate.set()
    assert [(await asked).body for asked in at_work] == [b"success"] * 2


@pytest.mark.expects_log("A request met a fault: ZeroDivisionError")
async def test_a_fault_of_the_program_is_answered_500_and_the_connection_closed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(_: web.BaseRequest) -> web.StreamResponse:
        raise ZeroDivisionError("请问几点关门")

    not_http: list[None] = []
    runner = web.ServerRunner(Server(fail, lambda: not_http.append(None), Limits()))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        reader, writer = await asyncio.open_connection(*runner.addresses[0])
        writer.write(PUSH)
        answer = await read_reply(reader)
        assert (answer.status, answer.body, answer.headers["connection"]) == (500, b"", "close")
        assert await gone(reader)
        writer.close()
    finally:
        await runner.cleanup()
    assert not_http == []
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == [
        "A request met a fault: ZeroDivisionError"
    ]


async def test_a_client_that_sends_many_requests_at_once_takes_turns_with_the_others(desk: Desk) -> None:
    await desk.connect(PUSH + written("/wx/plain", b"", signed(echostr="1"), "GET") * 500)
    most = before = 0
    while len(desk.outcomes) <= 500:
        await asyncio.sleep(0)
        most, before = max(most, len(desk.outcomes) - before), len(desk.outcomes)
    assert most == 1


def _padded_to(size: int) -> str:
    """The path and query of a push, as long as that."""
    path = "/wx/plain?" + urlencode(signed())
    return f"{path}&pad=" + "a" * (size - len(path) - 5)


def _with_headers(count: int) -> bytes:
    return written("/wx/plain", TEXT, signed(), **{f"X-{number}": "1" for number in range(count - 3)})


@pytest.mark.parametrize(
    ("largest", "larger"),
    [
        (written(_padded_to(4096), TEXT), written(_padded_to(4097), TEXT)),
        (written("/wx/plain", TEXT, signed(), X="a" * 4096), written("/wx/plain", TEXT, signed(), X="a" * 4097)),
        (_with_headers(64), _with_headers(65)),
    ],
    ids=["a line of 4096 bytes", "a header of 4096 bytes", "64 headers"],
)
async def test_a_request_may_be_so_large_and_no_larger(desk: Desk, largest: bytes, larger: bytes) -> None:
    assert (await ask(desk, largest)).body == b"success"
    assert (await ask(desk, larger)).status == 400
    assert desk.outcomes == ["kept", "refused: not HTTP"]


async def test_no_request_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    assert (await ask(desk, written("/wx/plain", TEXT, signed(openid="oABC-_def")))).status == 200
    assert "oABC-_def" not in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="a connection is no file there")
@pytest.mark.parametrize(
    ("files", "most", "connections", "asked"),
    [(256, 8192, 4096, 4608), (256, 1024, 512, 1024), (256, 256, 128, 256), (8000, 8192, 4096, 8000)],
)
def test_as_many_connections_may_be_open_as_the_system_allows_files(
    files: int, most: int, connections: int, asked: int
) -> None:
    """In a process of its own, because it may never raise the second figure again."""
    limits, number = "resource.getrlimit(resource.RLIMIT_NOFILE)", "limits_of_this_process().connections"
    program = (
        "import resource; from wxdesk.webhook.http_server import limits_of_this_process;"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, ({files}, {most})); print({number}, *{limits})"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.split() == [str(connections), str(asked), str(most)]


def test_a_body_has_less_time_than_wechat_waits() -> None:
    assert Limits().body < 5


async def test_a_flood_over_many_connections_is_counted_right(open_desk: Open) -> None:
    desk = await open_desk(Limits(connections=8))
    for _ in range(10):
        answers = await asyncio.gather(*(ask(desk, PUSH) for _ in range(8)), return_exceptions=True)
        assert any(getattr(answer, "body", b"") == b"success" for answer in answers)
    assert len(desk.shelf.pushes) == 1
    assert set(desk.outcomes) == {"kept", "duplicate"}


async def test_stop_waits_for_a_push_that_is_being_kept(desk: Desk) -> None:
    desk.shelf.gate = asyncio.Event()
    asked = asyncio.create_task(ask(desk, PUSH))
    await desk.shelf.entered.wait()
    stopping = asyncio.create_task(desk.listener.stop())
    await asyncio.wait([stopping], timeout=0.05)
    desk.shelf.gate.set()
    assert (await asked).body == b"success"
    await stopping


async def test_stop_takes_two_seconds_whatever_is_in_flight(open_desk: Open) -> None:
    desk = await open_desk()
    desk.shelf.gate = asyncio.Event()
    for raw in (b"", b"POST /wx", HALF_BODY, PUSH, PUSH[:-1], b"\x16\x03\r\n\r\n"):
        await desk.connect(raw)
    await desk.shelf.entered.wait()
    since = monotonic()
    await desk.close()
    assert monotonic() - since < 3
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert desk.shelf.pushes == []


async def test_stop_takes_two_seconds_where_a_push_is_kept_for_ever() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def keep(_: Push) -> Receipt:
        begun.set()
        while not ended.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await ended.wait()
        raise asyncio.CancelledError

    listener = Listener(ACCOUNTS, keep, lambda _: None, lambda: NOW, "127.0.0.1", 0)
    host, port = (await listener.start()).removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(PUSH)
    await begun.wait()
    since = monotonic()
    await listener.stop()
    took = monotonic() - since
    ended.set()
    writer.close()
    assert took < 3
