"""The shop's own addresses: what is sent to them, and that nothing that answers there can do harm."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from email.header import decode_header, make_header
from pathlib import Path

import pytest
from aiohttp import web

from tests.wechat.serving import Handler, serving
from wxdesk.core.errors import BadInput
from wxdesk.core.outside import CustomerSheet, PhoneKind, PhoneNotice
from wxdesk.i18n import explain
from wxdesk.wechat.own_endpoints import LARGEST_ANSWER, LONGEST_WECOM, OwnEndpoints

HERE = ("127.0.0.1",)
NOTICE = PhoneNotice("2 customers need you", "王芳 · shop · 7 minutes\n李雷 · shop", 2)
WELL = {
    PhoneKind.WECOM: '{"errcode":0,"errmsg":"ok"}',
    PhoneKind.NTFY: '{"id":"x"}',
    PhoneKind.BARK: '{"code":200,"message":"success"}',
    PhoneKind.SERVERCHAN: '{"code":0,"data":{}}',
    PhoneKind.WEBHOOK: "",
}


@asynccontextmanager
async def endpoints(handler: Handler, deadline: float = 5.0) -> AsyncIterator[tuple[OwnEndpoints, str]]:
    async with serving(handler) as url:
        made = OwnEndpoints(deadline)
        try:
            yield made, url
        finally:
            await made.close()


def _answering(text: str, status: int = 200) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text=text, status=status, headers={"Location": "http://127.0.0.1:1/"})

    return answer


async def _why(asking: Awaitable[object]) -> str:
    with pytest.raises(BadInput) as refused:
        await asking
    return explain(refused.value)


@pytest.mark.parametrize("kind", PhoneKind)
async def test_each_service_gets_a_notice_in_its_own_form(kind: PhoneKind) -> None:
    got: list[tuple[bytes, str]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((await request.read(), request.headers.get("Title", "")))
        return web.Response(text=WELL[kind])

    async with endpoints(take) as (made, url):
        await made.notify(kind, f" {url}/key?x=1 ", NOTICE, HERE)
    [(body, title)] = got
    if kind is PhoneKind.NTFY:
        assert (body.decode(), str(make_header(decode_header(title)))) == (NOTICE.text, NOTICE.title)
        return
    wanted = {
        PhoneKind.WECOM: {"msgtype": "text", "text": {"content": f"{NOTICE.title}\n{NOTICE.text}"}},
        PhoneKind.BARK: {"title": NOTICE.title, "body": NOTICE.text, "group": "wxdesk"},
        PhoneKind.SERVERCHAN: {"title": NOTICE.title, "desp": NOTICE.text},
        PhoneKind.WEBHOOK: {"title": NOTICE.title, "text": NOTICE.text, "waiting": 2},
    }
    assert json.loads(body) == wanted[kind]


async def test_a_customers_text_is_no_markdown_on_the_phone() -> None:
    got: list[str] = []

    async def take(request: web.Request) -> web.Response:
        got.append((await request.json())["desp"])
        return web.Response(text=WELL[PhoneKind.SERVERCHAN])

    async with endpoints(take) as (made, url):
        words = PhoneNotice("wxdesk", "![](http://a.cn/p.png)", 1)
        await made.notify(PhoneKind.SERVERCHAN, f"{url}/key", words, HERE)
    assert got == [r"\!\[\]\(http://a.cn/p.png\)"]


async def test_a_long_notice_is_cut_for_wecom_between_two_letters() -> None:
    got: list[str] = []

    async def take(request: web.Request) -> web.Response:
        got.append((await request.json())["text"]["content"])
        return web.Response(text=WELL[PhoneKind.WECOM])

    async with endpoints(take) as (made, url):
        await made.notify(PhoneKind.WECOM, url, PhoneNotice("x", "客" * 3000, 1), HERE)
    assert LONGEST_WECOM - 3 < len(got[0].encode()) <= LONGEST_WECOM


@pytest.mark.parametrize(
    ("kind", "text", "status", "said"),
    [
        (PhoneKind.WECOM, '{"errcode":93000,"errmsg":"invalid webhook url"}', 200, "does not take it"),
        (PhoneKind.BARK, '{"code":400}', 200, "does not take it"),
        (PhoneKind.BARK, "<html>", 200, "not the JSON"),
        (PhoneKind.WECOM, "[" * 60_000, 200, "not the JSON"),
        (PhoneKind.WECOM, "", 200, "not the JSON"),
        (PhoneKind.WEBHOOK, "gone", 404, "answers with error 404"),
        (PhoneKind.WEBHOOK, "", 302, "answers with error 302"),
        (PhoneKind.WEBHOOK, "x" * (LARGEST_ANSWER + 1), 200, "more than 64 KB"),
    ],
)
async def test_failures_are_reported_without_the_address(kind: PhoneKind, text: str, status: int, said: str) -> None:
    async with endpoints(_answering(text, status)) as (made, url):
        why = await _why(made.notify(kind, f"{url}/SECRET-KEY", NOTICE, HERE))
    assert said in why
    assert "SECRET" not in why


async def test_a_server_that_hangs_or_never_ends_costs_a_moment() -> None:
    done = asyncio.Event()

    async def hang(_: web.Request) -> web.StreamResponse:
        await done.wait()
        return web.Response()

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        try:
            while True:
                await response.write(b" " * 65_536)
        except (ConnectionError, OSError):
            return response

    async with endpoints(hang, 0.3) as (made, url):
        assert "did not answer in time" in await _why(made.notify(PhoneKind.WEBHOOK, url, NOTICE, HERE))
        done.set()
    async with endpoints(endless) as (made, url):
        assert "more than 64 KB" in await _why(made.customer(f"{url}/2gb", "k", {}, HERE))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://127.0.0.1/x", "inside a private network"),
        ("https://localhost/x", "inside a private network"),
        ("https://[::1]/x", "inside a private network"),
        ("https://169.254.169.254/latest", "inside a private network"),
        ("https://0x7f000001/", "inside a private network"),
        ("http://example.com/x", "must begin with https"),
        ("https://no-such-host.invalid/x", "cannot be reached"),
        ("ftp://example.com", "This is not an address"),
        ("https://", "This is not an address"),
        ("https://example.com:99999/", "This is not an address"),
        ("nonsense", "This is not an address"),
    ],
)
async def test_an_unusable_address_of_a_service_is_refused(address: str, said: str) -> None:
    made = OwnEndpoints(2.0)
    assert said in await _why(made.notify(PhoneKind.WEBHOOK, address, NOTICE))
    await made.close()


async def test_a_customer_is_asked_for_in_a_signed_body_and_shown_plain() -> None:
    key, asked = "s3cret", []

    async def shop(request: web.Request) -> web.Response:
        body = await request.read()
        signed = f"{request.headers['X-Wxdesk-Time']}.".encode() + body
        assert request.headers["X-Wxdesk-Signature"] == hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
        asked.append((request.path_qs, json.loads(body)))
        links = [{"name": "Order", "url": "https://shop.example/1"}, {"name": "x", "url": "javascript:alert(1)"}, 7]
        lines: list[object] = [
            {"name": "Level", "text": "<b>gold</b>"},
            "3 orders",
            {"name": "Sum", "text": 12.5},
            None,
            {"a": []},
        ]
        return web.json_response({"title": "Wang Fang", "lines": lines, "links": links, "more": {}})

    about = {"account": "shop", "openid": "oX1", "session_from": "goods_id=7"}
    async with endpoints(shop) as (made, url):
        sheet = await made.customer(f"{url}/wxdesk?shop=1", key, about, HERE)
    assert asked == [("/wxdesk?shop=1", about)]
    assert sheet == CustomerSheet(
        "Wang Fang",
        (("Level", "<b>gold</b>"), ("", "3 orders"), ("Sum", "12.5")),
        (("Order", "https://shop.example/1"),),
    )


@pytest.mark.parametrize("text", ["", "<html>", "[]", "null", "\xff", '{"title":'])
async def test_an_answer_that_is_not_json_is_called_so(text: str) -> None:
    async with endpoints(_answering(text)) as (made, url):
        assert "not the JSON" in await _why(made.customer(url, "k", {}, HERE))


HOSTILE = json.loads(Path("tests/data/hostile_texts.json").read_text(encoding="utf-8"))


async def test_hostile_texts_stay_text() -> None:
    kept = HOSTILE
    texts = [str(one) for one in (kept if isinstance(kept, list) else kept.values())]
    answer = {"title": texts[0], "lines": texts, "links": [{"name": one, "url": one} for one in texts]}
    async with endpoints(_answering(json.dumps(answer))) as (made, url):
        sheet = await made.customer(url, "k", {}, HERE)
    assert all(link[1].startswith(("http://", "https://")) for link in sheet.links)
    assert sheet.lines
