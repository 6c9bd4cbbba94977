"""Whatever stands between WeChat and the desk is named by the probe, in WeChat's own shape and time."""

import asyncio
import gzip
import json
import socket
import ssl
from collections.abc import Callable

import pytest
from aiohttp import ClientError, ClientSession

from tests.certificates import Authority
from tests.faulty_proxy import Fault, FaultyProxy
from tests.ports import free_port
from tests.tunnel.conftest import Outside
from tests.webhook.pushing import CIPHER, NOW, TEXT, enveloped, signed, signed_for
from wxdesk.core.events import ApiCalled
from wxdesk.core.setup.findings import CheckVerdict as V
from wxdesk.core.setup.probe_challenges import ProbeChallenge, ProbeChallenges
from wxdesk.tunnel.connection import OwnAddress, own_addresses, system_addresses
from wxdesk.tunnel.exchange import RawAnswer, ask_as_wechat
from wxdesk.tunnel.probe import judge_answer

HTTPS = "https://desk.example.com"


async def test_the_desk_is_found_behind_its_public_address(outside: Outside) -> None:
    async with FaultyProxy(outside.port) as proxy:
        finding = await outside.probe(proxy.port)
    assert (finding.verdict, finding.account) == (V.OK, "secure")
    assert finding.values.items() >= {"host": "desk.example.com", "port": "80"}.items()
    assert not outside.events, "a probe is nobody's push"


async def test_a_probe_has_the_shape_of_wechats_own_check(outside: Outside) -> None:
    async with FaultyProxy(outside.port) as proxy:
        await outside.probe(proxy.port, "http://desk.example.com/shop")
    first, *headers = proxy.heads[0].decode().strip().split("\r\n")
    target = first.split()[1]
    assert target.startswith("/shop/wx/secure?")
    assert [part.partition("=")[0] for part in target.partition("?")[2].split("&")] == list(signed(echostr=""))
    for header in ("Host: desk.example.com", "User-Agent: Mozilla/4.0", "Accept: */*"):
        assert header in headers
    assert "accept-encoding" not in proxy.heads[0].decode().lower()


@pytest.mark.parametrize(
    ("fault", "verdict", "values"),
    [
        (Fault.CHUNKED, V.OK, {}),
        (Fault.HTML_PAGE, V.INTERSTITIAL, {"code": "200", "title": "Free tunnel & more"}),
        (Fault.REGISTRATION, V.FOREIGN_PAGE, {"code": "403", "title": "温馨提示"}),
        (Fault.REGISTRATION_REDIRECT, V.FOREIGN_PAGE, {"code": "302"}),
        (Fault.NOT_FOUND, V.OTHER_PROGRAM, {"code": "404"}),
        (Fault.BAD_GATEWAY, V.OTHER_PROGRAM, {"code": "502"}),
        (Fault.NOT_HTTP, V.OTHER_PROGRAM, {"cause": "not_http"}),
        (Fault.QUOTES, V.ANSWER_CHANGED, {"cause": "quotes", "n": "2"}),
        (Fault.BOM, V.ANSWER_CHANGED, {"cause": "bom", "n": "3"}),
        (Fault.NEWLINE, V.ANSWER_CHANGED, {"cause": "newline", "n": "1"}),
        (Fault.GZIP, V.ANSWER_CHANGED, {"cause": "compressed"}),
        (Fault.SCRIPT, V.ANSWER_CHANGED, {"cause": "script"}),
        (Fault.REPLACED, V.ANSWER_CHANGED, {"cause": "replaced"}),
        (Fault.WRONG_PATH, V.WRONG_PATH, {"cause": "tunnel", "path": "/secure", "expected": "/wx/secure"}),
        (Fault.DROPS, V.CONNECTION_LOST, {"cause": "answer"}),
        (Fault.RESETS, V.CONNECTION_LOST, {"cause": "answer"}),
    ],
)
async def test_what_a_proxy_does_wrong_has_a_name(
    outside: Outside, fault: Fault, verdict: V, values: dict[str, str]
) -> None:
    async with FaultyProxy(outside.port, fault) as proxy:
        finding = await outside.probe(proxy.port)
    assert finding.verdict is verdict
    assert finding.values.items() >= values.items()
    assert finding.values["listener"] == f"127.0.0.1:{outside.port}"
    assert not outside.events, "wherever a probe is led to, it is nobody's push"


@pytest.mark.parametrize(
    ("to", "named"),
    [
        ("https://desk.example.com/wx/secure?a=1", "https://desk.example.com"),
        ("https://www.example.com/wx/secure", "https://www.example.com"),
        ("/wx/secure/", "http://desk.example.com/wx/secure/"),
        ("http://[nowhere", "http://[nowhere"),
        ("https://www.example.com/\x1b[31m", "https://www.example.com/[31m"),
        ("https://www.example.com/" + "a" * 5000, "https://www.example.com/" + "a" * 175 + "…"),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
    ],
)
async def test_a_redirect_says_where_it_leads(outside: Outside, to: str, named: str | None) -> None:
    async with FaultyProxy(outside.port, Fault.REDIRECT) as proxy:
        proxy.to = to
        finding = await outside.probe(proxy.port)
    assert (finding.verdict, finding.values.get("to")) == (V.REDIRECT, named)
    assert len(proxy.heads) == 1, "WeChat follows none"


async def test_somebody_on_the_way_puts_no_signs_into_the_finding(outside: Outside) -> None:
    async def meddle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]
        if verdict is V.WRONG_PATH:
            asking, other = await asyncio.open_connection("127.0.0.1", outside.port)
            path = b"/%1b%E2%80%AE" + b"y" * 1000
            other.write(b"GET " + path + b"?" + target.partition(b"?")[2] + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            await asking.readuntil(b"\r\n\r\n")
            other.close()
        writer.write("HTTP/1.1 200 OK\r\n\r\n<html><title>\u202e&#x1b;page</title>".encode())
        writer.close()

    async with await asyncio.start_server(meddle, "127.0.0.1", 0) as server:
        for verdict, name in ((V.INTERSTITIAL, "title"), (V.WRONG_PATH, "path")):
            finding = await outside.probe(server.sockets[0].getsockname()[1])
            assert finding.verdict is verdict
            told = str(finding.values[name])
            assert told.isprintable()
            assert len(told) <= 200


async def test_an_old_answer_out_of_a_cache_is_known_as_such(outside: Outside) -> None:
    async with FaultyProxy(outside.port) as proxy:
        for _ in range(20):
            await outside.probe(proxy.port)
        proxy.fault = Fault.CACHED
        finding = await outside.probe(proxy.port)
    assert (finding.verdict, finding.values["cause"]) == (V.ANSWER_CHANGED, "cached")


async def test_another_desk_at_the_end_of_the_way_is_another_program(outside: Outside) -> None:
    outside.challenges = type(outside.challenges)()
    async with FaultyProxy(outside.port) as proxy:
        finding = await outside.probe(proxy.port)
    assert (finding.verdict, finding.values["code"]) == (V.OTHER_PROGRAM, "403")


@pytest.mark.parametrize(("delay", "verdict"), [(0.45, V.SLOW), (0.85, V.TOO_SLOW)])
async def test_a_slow_way_is_measured(outside: Outside, delay: float, verdict: V) -> None:
    async with FaultyProxy(outside.port, Fault.SLOW) as proxy:
        proxy.delay = delay
        finding = await outside.probe(proxy.port, limit=1.0)
    assert finding.verdict is verdict
    assert float(str(finding.values["seconds"])) >= round(delay, 1)


async def test_an_answer_that_never_comes_is_too_slow(outside: Outside) -> None:
    async with FaultyProxy(outside.port, Fault.HANGING) as proxy:
        finding = await outside.probe(proxy.port, limit=0.3)
    assert (finding.verdict, finding.values["seconds"]) == (V.TOO_SLOW, "0.3")


# -- TLS


async def test_a_good_certificate_passes(outside: Outside, authority: Authority) -> None:
    async with FaultyProxy(outside.port, tls=authority.context()) as proxy:
        finding = await outside.probe(proxy.port, HTTPS)
    assert (finding.verdict, finding.values["port"]) == (V.OK, "443")


@pytest.mark.parametrize(
    ("server", "verdict"),
    [
        (lambda ca: ca.context(days=-1), V.CERTIFICATE_EXPIRED),
        (lambda ca: ca.context("www.example.com"), V.CERTIFICATE_OTHER_NAME),
        (lambda ca: ca.self_signed(), V.CERTIFICATE_SELF_SIGNED),
        (lambda ca: ca.context(chain=False), V.CHAIN_INCOMPLETE),
        (lambda ca: ca.context(chain=False, public=False), V.CERTIFICATE_SELF_SIGNED),
        (lambda ca: ca.context(minimum=ssl.TLSVersion.TLSv1_3), V.TLS13_ONLY),
    ],
)
async def test_what_is_wrong_with_a_certificate_has_a_name(
    outside: Outside, authority: Authority, server: Callable[[Authority], ssl.SSLContext], verdict: V
) -> None:
    async with FaultyProxy(outside.port, tls=server(authority)) as proxy:
        finding = await outside.probe(proxy.port, HTTPS)
    assert finding.verdict is verdict
    assert len(proxy.heads) == (1 if finding.ok else 0), "nothing is sent to whom nobody knows"


async def test_a_handshake_that_never_ends_is_too_slow(outside: Outside) -> None:
    gone = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        gone.set()

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    async with server:
        finding = await outside.probe(server.sockets[0].getsockname()[1], HTTPS, limit=0.2)
        await gone.wait()
    assert finding.verdict is V.TOO_SLOW


async def test_our_answer_compressed_without_a_word_is_known(outside: Outside) -> None:
    challenge = ProbeChallenge("/wx/shop", "", b"1234", met_at="/wx/shop")
    for body in (gzip.compress(b"1234"), gzip.compress(b"0" * 10_000_000)):
        _, values = judge_answer(RawAnswer(200, {}, body), challenge, ProbeChallenges(), HTTPS)
        assert values["cause"] == ("compressed" if len(body) < 100 else "replaced")


async def test_a_server_without_tls_at_the_port_of_https_is_named(outside: Outside) -> None:
    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        finding = await outside.probe(server.sockets[0].getsockname()[1], HTTPS)
    assert finding.verdict is V.TLS_FAILED


# -- name, address and port


@pytest.mark.parametrize(
    ("addresses", "own", "verdict", "values"),
    [
        (socket.gaierror(socket.EAI_NONAME, "unknown"), ("192.0.2.7",), V.NAME_UNRESOLVED, {}),
        ((), ("192.0.2.7",), V.NAME_UNRESOLVED, {}),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), (), V.OFFLINE, {}),
        (("2001:db8::1",), ("192.0.2.7",), V.IPV6_ONLY, {"ip": "2001:db8::1"}),
    ],
)
async def test_the_finding_names_the_fault_of_a_host_name(
    outside: Outside, addresses: tuple[str, ...] | OSError, own: tuple[str, ...], verdict: V, values: dict[str, str]
) -> None:
    outside.addresses, outside.own = addresses, own
    finding = await outside.probe(9)
    assert finding.verdict is verdict
    assert finding.values.items() >= values.items()
    assert "seconds" not in finding.values


@pytest.mark.parametrize("address", ["10.0.0.8", "192.168.1.9", "127.0.0.1", "100.64.0.1", "169.254.3.3"])
async def test_an_address_that_nobody_outside_reaches_is_named(outside: Outside, address: str) -> None:
    outside.addresses = (address,)
    outside.is_private = outside.usual_privacy
    finding = await outside.probe(9)
    assert (finding.verdict, finding.values["ip"]) == (V.PRIVATE_ADDRESS, address)


async def test_an_address_that_a_proxy_program_pretends_is_not_judged(outside: Outside) -> None:
    outside.addresses = ("198.18.0.7",)
    outside.is_private = outside.usual_privacy
    finding = await outside.probe(9, limit=0.2)
    assert finding.verdict is not V.PRIVATE_ADDRESS


@pytest.mark.parametrize(("egress", "verdict"), [("", V.FIREWALL), ("127.0.0.1", V.HOME_BROADBAND)])
async def test_a_port_that_is_shut_is_named(outside: Outside, shut_port: int, egress: str, verdict: V) -> None:
    outside.egress = egress
    finding = await outside.probe(shut_port)
    assert (finding.verdict, finding.values["cause"]) == (verdict, "refused")
    assert finding.values.items() >= {"ip": "127.0.0.1", "port": "80"}.items()


def test_the_address_of_this_machine_is_the_one_that_wechat_refused() -> None:
    own = OwnAddress()
    own.on_event(ApiCalled("shop", "stable_token", "0 ok", NOW, 1.0))
    assert own.value == ""
    refused = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist"
    own.on_event(ApiCalled("shop", "stable_token", "40164 not in the IP list", NOW, 1.0, errmsg=refused))
    own.on_event(ApiCalled("shop", "stable_token", "0 ok", NOW, 1.0))
    assert own.value == "203.0.113.7"


async def test_a_name_server_that_does_not_answer_is_named_in_time(outside: Outside) -> None:
    async def never(_host: str) -> list[str]:
        await asyncio.Event().wait()
        return []

    outside.resolve = never
    assert (await outside.probe(9, limit=0.1)).verdict is V.NAME_UNRESOLVED


async def test_the_system_resolves_names_and_knows_its_own_addresses() -> None:
    assert "127.0.0.1" in await system_addresses("localhost")
    with pytest.raises(OSError, match=r".+"):
        await system_addresses("no-such-name.invalid")
    with pytest.raises(OSError, match=r".+"):
        await system_addresses("a" * 70 + ".example")
    assert all(":" in address or address.count(".") == 3 for address in own_addresses())


# -- nobody else gets an answer


async def _status(port: int, target: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return (await ask_as_wechat(reader, writer, "desk.example.com", target)).status
    finally:
        writer.close()


async def test_a_challenge_is_answered_once_its_probe_asks_and_never_again(outside: Outside) -> None:
    with outside.challenges.issued("/wx/secure", outside.now) as challenge:
        assert await _status(outside.port, f"/wx/secure?{challenge.query}") == 200
        assert await _status(outside.port, f"/wx/plain?{challenge.query}") == 403
    assert await _status(outside.port, f"/wx/secure?{challenge.query}") == 403
    assert await _status(outside.port, "/wx/secure?signature=&timestamp=1&nonce=1&echostr=1") == 403


@pytest.fixture
def shut_port() -> int:
    return free_port()


async def test_a_push_goes_through_the_proxy_as_well(outside: Outside) -> None:
    """So that the proxy serves for whole journeys."""
    body = enveloped(CIPHER.encrypt(TEXT))
    encrypted = json.loads(body)["Encrypt"]
    async with FaultyProxy(outside.port) as proxy, ClientSession() as wechat:
        url = f"http://127.0.0.1:{proxy.port}/wx/secure"
        async with wechat.post(url, params=signed_for(encrypted), data=body) as answer:
            assert (answer.status, await answer.read()) == (200, b"success")
        proxy.fault = Fault.DROPS
        with pytest.raises(ClientError):
            await wechat.post(url, params=signed_for(encrypted), data=body)


async def test_the_right_answer_under_another_status_counts_as_changed() -> None:
    challenge = ProbeChallenge("/wx/shop", "", b"1234", met_at="/wx/shop")
    verdict, values = judge_answer(RawAnswer(206, {}, b"1234"), challenge, ProbeChallenges(), HTTPS)
    assert (verdict, values["cause"]) == (V.ANSWER_CHANGED, "replaced")
