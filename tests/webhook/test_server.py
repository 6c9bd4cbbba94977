"""The listener over real connections: checks of the URL, and pushes kept before they are acknowledged."""

import asyncio
import json
from datetime import UTC, datetime

import aiohttp
import pytest

from tests.webhook.conftest import Open
from tests.webhook.envelopes import compat_body, push_envelope
from tests.webhook.pushing import (
    ACCOUNTS,
    APP_ID,
    CIPHER,
    KEY,
    MESSAGES,
    NOW,
    TEXT,
    TIMESTAMP,
    TOKEN,
    Desk,
    ask,
    enveloped,
    message,
    read_reply,
    signed,
    signed_for,
    vector,
    written,
)
from wxdesk.core.errors import StoreError
from wxdesk.core.events import PushSeen
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.webhook.crypto import PushCipher
from wxdesk.webhook.http_server import Limits

ENCRYPTED = CIPHER.encrypt(TEXT)
LIMITS = Limits(body=0.1, lingering=0.1)
SECURE_PUSH = written("/wx/secure", enveloped(ENCRYPTED), signed_for(ENCRYPTED))


def pushes_of(body: bytes) -> dict[str, bytes]:
    """The same message in each of the six ways: three modes, two formats of the envelope."""
    encrypted = CIPHER.encrypt(body)
    return {
        "plain": written("/wx/plain", body, signed(openid="oABC")),
        "compat": written("/wx/compat", compat_body(body, encrypted), signed_for(encrypted)),
        "secure json": written("/wx/secure", push_envelope("gh", encrypted, BodyFormat.JSON), signed_for(encrypted)),
        "secure xml": written("/wx/secure", push_envelope("gh", encrypted, BodyFormat.XML), signed_for(encrypted)),
    }


async def test_the_check_of_the_url_is_answered_to_the_byte(open_desk: Open) -> None:
    entry = vector("official-url-verify")
    account = Account("shop", APP_ID, "gh", PushMode.PLAIN)
    desk = await open_desk(accounts={"shop": (account, Credentials("", entry["token"]))})
    query = {name: entry[name] for name in ("signature", "timestamp", "nonce", "echostr")}
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{desk.url}/wx/shop", params=query) as answer:
            assert (answer.status, answer.content_type) == (200, "text/plain")
            assert await answer.read() == entry["expected_response_body"].encode()
        async with session.get(f"{desk.url}/wx/shop", params=query | {"signature": "f" * 40}) as answer:
            assert (answer.status, await answer.read()) == (403, b"")
    assert desk.outcomes == ["checked", "refused: signature"]


async def test_an_odd_echostr_comes_back_as_it_was_sent(desk: Desk) -> None:
    query = "&".join(f"{name}={value}" for name, value in signed().items())
    answer = await ask(desk, written(f"/wx/secure?{query}&echostr=%FF+%E4%BD%A0%22%3C%2541", method="GET"))
    assert (answer.status, answer.body) == (200, b'\xff \xe4\xbd\xa0"<%41')


@pytest.mark.parametrize("name", ["official-text-json", "official-text-xml"])
async def test_a_push_is_kept_then_acknowledged(desk: Desk, name: str) -> None:
    for path, raw in pushes_of(message(name)).items():
        answer = await ask(desk, raw)
        assert (answer.status, answer.body) == (200, b"success")
        assert answer.headers["content-type"] == "text/plain"
        assert "server" not in answer.headers
        if path != "secure xml":
            kept = desk.shelf.pushes[-1]
            assert (kept.account, kept.body) == (path.split()[0], message(name))
            assert kept.incoming is not None
            assert (kept.incoming.text, kept.received_at) == ("this is a test", NOW)
    assert desk.outcomes == ["kept", "kept", "kept", "duplicate"]
    seen = desk.events[0]
    assert isinstance(seen, PushSeen)
    assert (seen.account, seen.at, seen.kind, seen.key) == ("plain", NOW, "text", desk.shelf.pushes[0].key)
    assert 0 < seen.milliseconds < 5000
    assert seen.signed_at == datetime.fromtimestamp(int(TIMESTAMP), UTC)
    assert seen.is_untimely  # by months


async def test_a_request_that_was_not_verified_has_no_signed_time(desk: Desk) -> None:
    await ask(desk, written("/wx/plain", TEXT, signed() | {"signature": "0" * 40}))
    await ask(desk, written("/wx/plain", query=signed(echostr="x"), method="GET"))
    seen = [event for event in desk.events if isinstance(event, PushSeen)]
    assert [(one.outcome, one.signed_at is None) for one in seen] == [("refused: signature", True), ("checked", False)]


async def test_all_known_bodies_are_kept(desk: Desk) -> None:
    bodies = [entry["body"].encode() for entry in MESSAGES if entry["direction"] == "in"]
    for body in bodies:
        for raw in pushes_of(body).values():
            assert (await ask(desk, raw)).body == b"success"
    assert {push.body for push in desk.shelf.pushes} <= set(bodies)
    assert all(push.incoming for push in desk.shelf.pushes)
    # The official samples share one MsgId, and their event is there in both formats: 7 of 22 repeat others.
    assert desk.outcomes.count("kept") == len(desk.shelf.pushes) == 3 * (len(bodies) - 7)


async def test_nothing_is_acknowledged_before_it_is_kept(desk: Desk) -> None:
    desk.shelf.gate = asyncio.Event()
    asked = asyncio.create_task(ask(desk, SECURE_PUSH))
    await desk.shelf.entered.wait()
    done, _ = await asyncio.wait([asked], timeout=0.05)
    assert not done
    assert desk.events == []
    desk.shelf.gate.set()
    assert (await asked).body == b"success"
    assert desk.outcomes == ["kept"]


async def test_a_retry_with_another_nonce_is_acknowledged_and_not_kept_again(desk: Desk) -> None:
    again = CIPHER.encrypt(TEXT)
    assert again != ENCRYPTED
    answers = await asyncio.gather(*(ask(desk, SECURE_PUSH) for _ in range(3)))
    answers.append(await ask(desk, written("/wx/secure", enveloped(again), signed_for(again))))
    assert [answer.body for answer in answers] == [b"success"] * 4
    assert len(desk.shelf.pushes) == 1
    assert sorted(desk.outcomes) == ["duplicate", "duplicate", "duplicate", "kept"]


async def test_a_signed_but_unreadable_push_is_kept_and_acknowledged(desk: Desk) -> None:
    encrypted = CIPHER.encrypt(b"\x00nothing known")
    answer = await ask(desk, written("/wx/secure", enveloped(encrypted), signed_for(encrypted)))
    assert (answer.status, answer.body) == (200, b"success")
    (kept,) = desk.shelf.pushes
    assert (kept.incoming, kept.body, kept.format) == (None, b"\x00nothing known", None)
    assert [event.kind for event in desk.events if isinstance(event, PushSeen)] == [""]


@pytest.mark.expects_log("A push for secure")
@pytest.mark.parametrize(
    ("fault", "status", "outcome"),
    [
        (StoreError(reason="disk full"), 503, "failed: store"),
        (asyncio.QueueFull(), 503, "failed: overloaded"),
        (RuntimeError("oABC-_def said 请问几点关门"), 500, "failed: unexpected"),
    ],
)
async def test_a_push_that_could_not_be_kept_is_not_acknowledged(
    desk: Desk, fault: Exception, status: int, outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk.shelf.fault = fault
    answer = await ask(desk, SECURE_PUSH)
    assert (answer.status, answer.body) == (status, b"")
    assert desk.outcomes == [outcome]
    assert [event.finding for event in desk.events if isinstance(event, PushSeen)] == [None]
    assert "oABC" not in caplog.text
    assert "请问" not in caplog.text


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


BIG = b" " * (64 * 1024)
DUPLICATE = written(
    "/wx/plain?" + "&".join(f"{name}={value}" for name, value in [*signed().items(), ("nonce", "1")]), TEXT
)
NO_LENGTH = b"POST /wx/plain HTTP/1.1\r\nHost: desk\r\nTransfer-Encoding: chunked\r\n\r\n"
WRONG: dict[str, tuple[bytes, int, str]] = {
    "no path": (written("/", TEXT, signed()), 404, "unknown address"),
    "unknown account": (written("/wx/nobody", TEXT, signed()), 404, "unknown address"),
    "path below": (written("/wx/plain/x", TEXT, signed()), 404, "unknown address"),
    "path above": (written("/wx", TEXT, signed()), 404, "unknown address"),
    "other case": (written("/WX/plain", TEXT, signed()), 404, "unknown address"),
    "put": (written("/wx/plain", TEXT, signed(), "PUT"), 405, "wrong method"),
    "delete": (written("/wx/plain", TEXT, signed(), "DELETE"), 405, "wrong method"),
    "head": (written("/wx/plain", b"", signed(), "HEAD"), 405, "wrong method"),
    "own method": (written("/wx/plain", TEXT, signed(), "PUSH"), 400, "not HTTP"),
    "too large": (written("/wx/plain", TEXT + BIG, signed()), 413, "too large"),
    "said to be too large": (written("/wx/plain", b"", signed(), Content_Length="9" * 12), 413, "too large"),
    "too large in chunks": (NO_LENGTH + chunked(*[BIG[:8192]] * 9), 413, "too large"),
    "gzip": (written("/wx/plain", TEXT, signed(), Content_Encoding="gzip"), 415, "compressed"),
    "gzip in chunks": (NO_LENGTH.replace(b"chunked", b"gzip, chunked") + b"0\r\n\r\n", 415, "compressed"),
    "gzip and chunks": (NO_LENGTH.replace(b"Tr", b"Transfer-Encoding: gzip\r\nTr") + b"0\r\n\r\n", 400, "not HTTP"),
    "identity": (written("/wx/plain", TEXT, signed(), Content_Encoding="identity"), 415, "compressed"),
    "too large in chunks that come at once": (NO_LENGTH + chunked(*[BIG[:8192]] * 9, b""), 413, "too large"),
    "half a body": (written("/wx/plain", TEXT, signed(), Content_Length="999"), 408, "too slow"),
    "half a chunk": (NO_LENGTH + b"ff\r\n{", 408, "too slow"),
    "no chunk": (NO_LENGTH + b"zz\r\n", 400, "not HTTP"),
    "no query": (written("/wx/plain", TEXT), 403, "signature"),
    "no query at all": (written("/wx/secure", method="GET"), 403, "query"),
    "wrong signature": (written("/wx/plain", TEXT, signed(signature="0" * 40)), 403, "signature"),
    "parameter twice": (DUPLICATE, 403, "query"),
    "clear body": (written("/wx/secure", b"{}", signed()), 403, "not encrypted"),
    "no body": (written("/wx/secure", b"", signed()), 403, "not encrypted"),
    "wrong msg_signature": (
        written("/wx/secure", enveloped(ENCRYPTED), signed(msg_signature="0" * 40)),
        403,
        "signature",
    ),
    "not base64": (written("/wx/secure", enveloped("!!"), signed_for("!!")), 403, "decryption"),
    "wrong cipher": (written("/wx/secure", enveloped("A" * 64), signed_for("A" * 64)), 403, "decryption"),
    "no credentials": (written("/wx/empty", enveloped(ENCRYPTED), signed_for(ENCRYPTED)), 403, "no credentials"),
    "not http": (b"\x16\x03\x01 hello\r\n\r\n", 400, "not HTTP"),
    "two lengths": (written("/wx/plain", TEXT, signed(), content_length="1"), 400, "not HTTP"),
    "length and chunks": (written("/wx/plain", TEXT, signed(), Transfer_Encoding="chunked"), 400, "not HTTP"),
    "long line": (written("/wx/plain?" + "a" * 20_000, TEXT), 400, "not HTTP"),
    "many headers": (written("/wx/plain", TEXT, signed(), **{f"X-{n}": "1" for n in range(200)}), 400, "not HTTP"),
}


@pytest.mark.parametrize(("raw", "status", "why"), WRONG.values(), ids=WRONG.keys())
async def test_wrong_requests_are_refused_with_their_status(
    open_desk: Open, raw: bytes, status: int, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    empty = (Account("empty", APP_ID, "gh"), Credentials("", ""))
    desk = await open_desk(LIMITS, ACCOUNTS | {"empty": empty})
    answer = await ask(desk, raw)
    assert (answer.status, answer.body) == (status, b"")
    assert "server" not in answer.headers
    assert answer.headers.keys() <= {"content-length", "content-type", "date", "connection", "allow"}
    assert answer.headers.get("allow") == ("GET, POST" if status == 405 else None)
    if status in {404, 405, 413, 415}:
        assert answer.headers["connection"] == "close"
    assert desk.outcomes == [f"refused: {why}"]
    [seen] = [event for event in desk.events if isinstance(event, PushSeen)]
    assert (seen.kind, seen.key, seen.signed_at) == ("", "", None)
    if why == "not HTTP":
        assert (seen.account, seen.milliseconds) == ("", 0.0)
    assert desk.shelf.pushes == []
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []
    assert (await ask(desk, SECURE_PUSH)).body == b"success"


async def test_all_failures_of_the_checks_look_the_same(desk: Desk) -> None:
    other_app = PushCipher(TOKEN, KEY, "wx_other").encrypt(TEXT)
    answers = [
        await ask(desk, written("/wx/secure", enveloped(encrypted), query))
        for encrypted, query in [
            (ENCRYPTED, signed()),
            (ENCRYPTED, signed(msg_signature="f" * 40)),
            ("!!", signed_for("!!")),
            ("A" * 64, signed_for("A" * 64)),
            (other_app, signed_for(other_app)),
            ("", signed()),
        ]
    ]
    answers.append(await ask(desk, written("/wx/secure", TEXT, signed())))
    answers.append(await ask(desk, written("/wx/compat", message("official-text-xml"), signed())))
    seen = [(answer.status, {**answer.headers, "date": ""}, answer.body) for answer in answers]
    assert seen == [seen[0]] * len(answers)
    assert seen[0][0] == 403


async def test_a_connection_serves_one_push_after_the_other(desk: Desk) -> None:
    reader, writer = await desk.connect()
    for raw, status in [(SECURE_PUSH, 200), (WRONG["clear body"][0], 403), (SECURE_PUSH, 200)]:
        writer.write(raw)
        assert (await read_reply(reader)).status == status


async def test_a_body_that_comes_in_pieces_is_taken(desk: Desk) -> None:
    reader, writer = await desk.connect()
    for at in range(0, len(SECURE_PUSH), 100):
        writer.write(SECURE_PUSH[at : at + 100])
        await writer.drain()
        await asyncio.sleep(0)
    assert (await read_reply(reader)).body == b"success"


async def test_a_body_in_chunks_is_taken(desk: Desk) -> None:
    body = enveloped(ENCRYPTED)
    head = written("/wx/secure", b"", signed_for(ENCRYPTED), Transfer_Encoding="chunked")
    head = head.replace(b"Content-Length: 0\r\n", b"")
    assert (await ask(desk, head + chunked(body[:50], body[50:], b""))).body == b"success"


async def test_a_sender_that_expects_100_continue_gets_it(desk: Desk) -> None:
    head, _, body = written("/wx/plain", TEXT, signed(), Expect="100-continue").partition(b"\r\n\r\n")
    reader, writer = await desk.connect()
    writer.write(head + b"\r\n\r\n")
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(body)
    assert (await read_reply(reader)).body == b"success"


async def test_a_push_whose_sender_hangs_up_is_kept(desk: Desk) -> None:
    desk.shelf.gate = asyncio.Event()
    _, writer = await desk.connect()
    writer.write(SECURE_PUSH)
    await desk.shelf.entered.wait()
    writer.close()
    await writer.wait_closed()
    desk.shelf.gate.set()
    await desk.seen.wait()
    assert desk.outcomes == ["kept"]
    assert len(desk.shelf.pushes) == 1


async def test_a_request_that_was_answered_is_at_work_no_more(desk: Desk) -> None:
    desk.shelf.gate = asyncio.Event()
    reader, _ = await desk.connect(SECURE_PUSH)
    await desk.shelf.entered.wait()
    server = desk.listener._server
    assert server is not None
    assert len(server._at_work) == 1
    desk.shelf.gate.set()
    assert (await read_reply(reader)).status == 200
    assert not server._at_work


async def test_the_largest_body_is_taken_and_one_byte_more_is_not(desk: Desk) -> None:
    largest = TEXT + b" " * (64 * 1024 - len(TEXT))
    assert (await ask(desk, written("/wx/plain", largest, signed()))).status == 200
    assert (await ask(desk, written("/wx/plain", largest + b" ", signed()))).status != 200


@pytest.mark.parametrize(
    ("version", "header", "stays"),
    [("1.1", "keep-alive", True), ("1.1", "close", False), ("1.0", "keep-alive", True), ("1.0", "close", False)],
)
async def test_a_sender_is_told_when_the_connection_ends(desk: Desk, version: str, header: str, stays: bool) -> None:
    raw = written("/wx/secure", enveloped(ENCRYPTED), signed_for(ENCRYPTED), Connection=header)
    reader, _ = await desk.connect(raw.replace(b" HTTP/1.1", f" HTTP/{version}".encode(), 1))
    reply = await read_reply(reader)
    assert (reply.status, reply.body) == (200, b"success")
    usual = "keep-alive" if version == "1.1" else "close"
    assert (reply.headers.get("connection", usual).lower() == "keep-alive") is stays
    if not stays:
        assert await reader.read() == b""


async def test_an_account_that_is_shut_is_refused_until_it_is_reopened(desk: Desk) -> None:
    reopen = desk.listener.accounts.shut("secure")
    assert (await ask(desk, SECURE_PUSH)).status != 200
    assert (await ask(desk, written("/wx/plain", TEXT, signed()))).status == 200
    reopen()
    assert (await ask(desk, SECURE_PUSH)).status == 200


async def begun(desk: Desk) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which the listener reads a body in chunks of which nothing has come yet."""
    reader, writer = await desk.connect()
    writer.write(NO_LENGTH.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n"))
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    return reader, writer


async def test_a_body_that_goes_wrong_in_the_middle(desk: Desk) -> None:
    reader, writer = await begun(desk)
    writer.write(b"zz\r\n")
    answer = await read_reply(reader)
    assert (answer.status, answer.body) == (408, b"")
    assert desk.outcomes[0] == "refused: too slow"
    assert desk.shelf.pushes == []


async def test_a_sender_who_hangs_up_in_the_middle(desk: Desk) -> None:
    _, writer = await begun(desk)
    writer.close()
    await desk.seen.wait()
    assert desk.outcomes == ["refused: broken off"]
    assert desk.shelf.pushes == []


async def test_the_declared_type_does_not_matter(desk: Desk) -> None:
    for kind in ("text/xml", "application/json", "multipart/form-data", "x"):
        answer = await ask(desk, written("/wx/plain", TEXT, signed(), Content_Type=kind))
        assert answer.body == b"success"


async def test_an_openid_in_the_query_does_not_count(desk: Desk) -> None:
    await ask(desk, written("/wx/plain", TEXT, signed(openid="somebody else")))
    kept = desk.shelf.pushes[0].incoming
    assert kept is not None
    assert kept.openid == json.loads(TEXT)["FromUserName"]
