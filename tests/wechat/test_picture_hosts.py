"""Which addresses of a push are followed: those of WeChat's picture servers, and nothing else in the world."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from tests.sandbox.pictures import torn_box
from tests.wechat.serving import Handler, serving
from tests.wechat.worlds import ACCOUNT, Heard, client_to
from wxdesk.core.errors import BadPicture, NotSent, Refused
from wxdesk.core.events import ApiCalled
from wxdesk.wechat import picture_hosts
from wxdesk.wechat.picture_hosts import PictureHosts
from wxdesk.wechat.pinned import PinnedHttp, any_address, public_address

# As it stands in a push of an official account.
REAL = (
    "http://mmbiz.qpic.cn/mmbiz/FM3loL4GKpYLQQevibnwu2yL5BYPbLkJqZcxuiaiaANeQPrfRDAFt3034jaHIO43TDKIsX7xwYwGc"
    "GAFia8Y0CogWQ/0"
)


class Located:
    """Leads every host to one server, and notes which were asked for."""

    def __init__(self, url: str) -> None:
        self.asked: list[tuple[str, int]] = []
        self._port = urlsplit(url).port or 0

    async def __call__(self, host: str, port: int) -> tuple[str, int]:
        self.asked.append((host, port))
        return "127.0.0.1", self._port


@asynccontextmanager
async def hosts(handler: Handler) -> AsyncIterator[tuple[PictureHosts, Located]]:
    async with serving(handler) as url:
        located = Located(url)
        made = PictureHosts(located, deadline=2.0)
        try:
            yield made, located
        finally:
            await made.close()


async def _picture(request: web.Request) -> web.Response:
    return web.Response(body=torn_box(), content_type="image/png")


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (REAL, "mmbiz.qpic.cn"),
        ("http://mmsns.qpic.cn/mmsns/IKPicpUNEibPVWA4WzXAGqy5iaC/0", "mmsns.qpic.cn"),
        ("http://MMBIZ.qpic.CN:80/a?wx_fmt=png&from=200", "mmbiz.qpic.cn"),
        ("http://thirdwx.qlogo.cn", "thirdwx.qlogo.cn"),
    ],
)
async def test_wechats_picture_servers_are_asked_by_their_name(address: str, host: str) -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return await _picture(request)

    async with hosts(answer) as (made, located):
        assert await made.fetch(address) == torn_box()
    assert located.asked == [(host, 80)]
    assert seen[0].headers["Host"] == host
    assert str(seen[0].rel_url) == (address[len("http://") + len(host) :].removeprefix(":80") or "/")
    assert not {"Cookie", "Authorization", "Referer"} & set(seen[0].headers)


FOREIGN = [
    "",
    "this is a url",
    "https://example.com/a.png",
    "http://qpic.cn.example.com/a.png",
    "http://evilqpic.cn/a.png",
    "http://qpic.cn/a.png",
    "http://mmbiz.qpic.cn.",
    "http://mmbiz.qpic.cn./a.png",
    "http://mmbiz.qpic.cn@127.0.0.1/a.png",
    "http://mmbiz.qpic.cn:80@127.0.0.1/a.png",
    "http://user:password@mmbiz.qpic.cn/a.png",
    "http://127.0.0.1#@mmbiz.qpic.cn/a.png",
    "http://127.0.0.1\\@mmbiz.qpic.cn/a.png",
    "http://127.0.0.1/\\mmbiz.qpic.cn/a.png",
    "http://127.0.0.1?.qpic.cn/",
    "http://127.0.0.1/.qpic.cn/",
    "http://127.0.0.1:8765/wx/shop",
    "http://localhost/a.png",
    "http://2130706433/a.png",
    "http://0x7f000001/a.png",
    "http://0177.0.0.1/a.png",
    "http://[::1]/a.png",
    "http://[::ffff:127.0.0.1]/a.png",
    "http://169.254.169.254/latest/meta-data",
    "http://mmbiz.qpic.cn:8080/a.png",
    "http://mmbiz.qpic.cn:443/a.png",
    "https://mmbiz.qpic.cn:80/a.png",
    "http://mmbiz.qpic.cn:/a.png",
    "http://mmbiz.qpic.cn:080/a.png",
    "http://mmbiz.qpic.cn:٨٠/a.png",
    "http://mmbiz.qpic。cn/a.png",
    "http://mmbiz.qpic.cn/a\u2028b",
    "http://mmbiz.ԛpic.cn/a.png",
    "http://xn--mmbiz-qpic.cn",
    "http://-a.qpic.cn/a.png",
    "http://a-.qpic.cn/a.png",
    "http://a..qpic.cn/a.png",
    "http://.qpic.cn/a.png",
    "http://a_b.qpic.cn/a.png",
    "http://a.b.c.d.e.f.qpic.cn/a.png",
    "http://mmbiz.qpic.cn/a b",
    "http://mmbiz.qpic.cn/a\r\nHost: example.com",
    "http://mmbiz.qpic.cn/a\n",
    " http://mmbiz.qpic.cn/a",
    "http:/mmbiz.qpic.cn/a",
    "http:///mmbiz.qpic.cn/a",
    "//mmbiz.qpic.cn/a",
    "mmbiz.qpic.cn/a",
    "ftp://mmbiz.qpic.cn/a",
    "file://mmbiz.qpic.cn/a",
    "file:///etc/passwd",
    "gopher://mmbiz.qpic.cn/a",
    "javascript://mmbiz.qpic.cn/%0aalert(1)",
    "data:image/png;base64,iVBORw0KGgo=",
    "\\\\mmbiz.qpic.cn\\share\\a.png",
    "http://mmbiz.qpic.cn/" + "a" * 3000,
    "https://mp.weixin.qq.com/s?__biz=a",
    "https://api.weixin.qq.com/cgi-bin/token",
]


@pytest.mark.parametrize("address", FOREIGN)
async def test_no_other_address_is_even_looked_up(address: str) -> None:
    async with hosts(_picture) as (made, located):
        assert await made.fetch(address) is None
    assert located.asked == []


async def test_a_redirect_leads_nowhere() -> None:
    visited: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        visited.append(request.path)
        raise web.HTTPFound("/elsewhere" if request.path == "/a" else "http://127.0.0.1/")

    async with hosts(answer) as (made, _):
        assert await made.fetch("http://mmbiz.qpic.cn/a") is None
    assert visited == ["/a"]


@pytest.mark.parametrize("status", [404, 403, 204])
async def test_an_address_with_nothing_behind_it_gives_no_picture(status: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with hosts(answer) as (made, _):
        assert await made.fetch(REAL) is None


async def test_a_server_in_trouble_may_be_asked_again() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=503, text="busy")

    async with hosts(answer) as (made, _):
        with pytest.raises(NotSent):
            await made.fetch(REAL)


async def test_a_server_that_keeps_silent_is_given_up() -> None:
    async with serving(_picture) as url:
        made = PictureHosts(Located(url), deadline=0.1)
        silence = asyncio.Event()

        async def never(host: str, port: int) -> tuple[str, int]:
            await silence.wait()
            return "127.0.0.1", 1

        made._locate = never
        with pytest.raises(NotSent):
            await made.fetch(REAL)
        await made.close()


async def test_more_than_a_picture_may_have_is_not_read() -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=bytes(11 * 1024 * 1024))

    async with hosts(answer) as (made, _):
        with pytest.raises(BadPicture):
            await made.fetch(REAL)


async def test_an_announcement_of_too_much_is_believed_before_it_comes() -> None:
    given_up = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(10**12)})
        await response.prepare(request)
        await response.write(torn_box())
        await given_up.wait()
        return response

    async with hosts(answer) as (made, _):
        with pytest.raises(BadPicture):
            await made.fetch(REAL)
        given_up.set()


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address that must be refused
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "ff02::1",
        "::127.0.0.1",
        "fec0::1",
        "64:ff9b::a00:1",  # 10.0.0.1 behind a translator
    ],
)
async def test_a_name_that_leads_home_is_not_followed(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def look_up(*asked: object, **more: Any) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (p, 80)) for p in ("203.205.232.1", place)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(NotSent):
        await public_address("mmbiz.qpic.cn", 80)


@pytest.mark.parametrize("place", ["203.205.232.1", "2402:4e00::1", "64:ff9b::cbcd:e801", "198.18.0.7"])
async def test_a_public_address_is_taken(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    entry = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 80))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **more: [entry])
    assert await public_address("mmbiz.qpic.cn", 80) == (place, 80)


async def test_a_name_that_leads_nowhere_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*asked: object, **more: Any) -> list[tuple[object, ...]]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(NotSent):
        await public_address("mmbiz.qpic.cn", 80)


async def test_a_name_that_leads_elsewhere_when_asked_again_is_asked_where_it_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As the name of an attacker does (DNS rebinding): first to a place that may be asked, then to this machine."""
    look_up, places, asked = socket.getaddrinfo, iter(("127.0.0.2", "127.0.0.1")), list[str]()

    def rebound(host: str, *rest: Any, **more: Any) -> list[Any]:
        return look_up(next(places) if host == "rebound.example" else host, *rest, **more)

    async def note(request: web.Request) -> web.Response:
        asked.append(request.transport.get_extra_info("sockname")[0] if request.transport else "")
        return web.Response()

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    runner = web.ServerRunner(web.Server(note))  # type: ignore[arg-type]
    await runner.setup()
    await web.TCPSite(runner, "0.0.0.0", 0).start()  # noqa: S104 - both places are this machine's
    http = PinnedHttp(deadline=5.0)
    try:
        for _ in range(2):
            await http.ask("GET", "http", "rebound.example", runner.addresses[0][1], "/", locate=any_address, most=10)
    finally:
        await http.close()
        await runner.cleanup()
    assert asked == ["127.0.0.2", "127.0.0.1"]


GONE = '{"errcode":40007,"errmsg":"invalid media_id"}'


@pytest.mark.parametrize("address", FOREIGN[2:])
async def test_the_client_asks_only_wechat_for_what_it_no_longer_has(heard: Heard, address: str) -> None:
    async def gone(request: web.Request) -> web.Response:
        return web.Response(text=GONE)

    async with serving(gone) as url, client_to(url, heard) as client:
        with pytest.raises(Refused) as refused:
            await client.fetch(ACCOUNT, "M", address)
    assert refused.value.errcode == 40007


async def test_a_picture_that_has_expired_is_fetched_from_its_address(heard: Heard) -> None:
    async def gone(request: web.Request) -> web.Response:
        return web.Response(text=GONE) if request.path.startswith("/cgi-bin") else await _picture(request)

    async with serving(gone) as url, client_to(url, heard) as client:
        await client._picture_hosts.close()
        client._picture_hosts = PictureHosts(Located(url))
        assert await client.fetch(ACCOUNT, "M", REAL) == torn_box()
        assert await client.fetch(ACCOUNT, "", REAL) == torn_box()
    assert [(event.call, event.outcome) for event in heard.of(ApiCalled)][1:] == [
        ("media/get", "40007 the picture has expired at WeChat"),
        ("PicUrl", "0 ok"),
        ("PicUrl", "0 ok"),
    ]


def test_the_pattern_has_no_slow_input() -> None:
    began = time.thread_time()
    for text in ("http://" + "a." * 5000, "http://" + "a-" * 5000 + ".qpic.cn", "http://" + "a" * 100_000):
        assert picture_hosts._ADDRESS.fullmatch(text) is None
    assert time.thread_time() - began < 0.5
