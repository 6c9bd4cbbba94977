"""Pictures up to WeChat and down from it, against a WeChat in the same loop and servers that misbehave."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import BodyPartReader, web

from tests.sandbox.pictures import cover, torn_box
from tests.sandbox.worlds import HandClock
from tests.wechat.serving import serving
from tests.wechat.worlds import ACCOUNT, OPENID, Act, Heard, client_to, http_answer, raw_server
from wxdesk.core.errors import BadPicture, NotSent, Refused
from wxdesk.core.events import ApiCalled, TokenChanged
from wxdesk.core.model.picture import PictureFormat
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import NO_PICTURE_NAMED, WeChatClient
from wxdesk.wechat.http import TOO_LARGE

PNG = PictureFormat.PNG


async def test_an_uploaded_picture_can_be_sent_and_fetched(sandbox: Sandbox, client: WeChatClient) -> None:
    media_id = await client.upload(ACCOUNT, torn_box(), PNG)
    await client.send(ACCOUNT, OPENID, Content(ReplyKind.IMAGE, media_id=media_id))
    assert [sent.content for sent in sandbox.sent] == [{"media_id": media_id}]
    assert await client.fetch(ACCOUNT, media_id) == torn_box()


@pytest.mark.parametrize(
    ("written", "name", "content_type"),
    [
        (PictureFormat.PNG, "picture.png", "image/png"),
        (PictureFormat.JPEG, "picture.jpg", "image/jpeg"),
        (PictureFormat.GIF, "picture.gif", "image/gif"),
    ],
)
async def test_an_upload_is_one_part_named_media(
    heard: Heard, written: PictureFormat, name: str, content_type: str
) -> None:
    parts: list[tuple[str | None, str | None, str | None, bytes]] = []
    seen: list[web.Request] = []

    async def upload(request: web.Request) -> web.Response:
        seen.append(request)
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            kind = part.headers.get("Content-Type")
            parts.append((part.name, part.filename, kind, await part.read()))
        return web.Response(text='{"type":"image","media_id":"M1","created_at":"1732464000"}')

    async with serving(upload) as url, client_to(url, heard) as client:
        assert await client.upload(ACCOUNT, torn_box(), written) == "M1"
    assert parts == [("media", name, content_type, torn_box())]
    assert (seen[0].path, seen[0].query["type"]) == ("/cgi-bin/media/upload", "image")
    assert seen[0].content_length is not None, "WeChat takes no chunked upload"


@pytest.mark.parametrize("code", [40001, 40014, 42001])
@pytest.mark.parametrize("call", ["upload", "media"])
async def test_a_refused_token_costs_one_renewal_and_one_repeat(
    sandbox: Sandbox, client: WeChatClient, heard: Heard, call: str, code: int
) -> None:
    media_id = sandbox.platform.media.put(cover()).media_id
    await client.check(ACCOUNT)
    sandbox.platform.tokens.expire(ACCOUNT.app_id)
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, call, errcode=code))
    if call == "upload":
        assert await client.upload(ACCOUNT, torn_box(), PNG)
    else:
        assert await client.fetch(ACCOUNT, media_id) == cover()
    name = "media/upload" if call == "upload" else "media/get"
    assert heard.calls() == ["stable_token", name, "stable_token", name]


async def test_everything_at_once_on_an_expired_token_renews_it_once(
    sandbox: Sandbox, client: WeChatClient, heard: Heard
) -> None:
    media_id = sandbox.platform.media.put(cover()).media_id
    await client.check(ACCOUNT)
    sandbox.platform.tokens.expire(ACCOUNT.app_id)
    heard.events.clear()
    await asyncio.gather(
        *(client.upload(ACCOUNT, torn_box(), PNG) for _ in range(20)),
        *(client.fetch(ACCOUNT, media_id) for _ in range(20)),
        *(client.typing(ACCOUNT, OPENID, on=False) for _ in range(10)),
        return_exceptions=True,
    )
    assert len(heard.of(TokenChanged)) == 1


async def test_wechat_says_why_a_picture_is_not_taken(client: WeChatClient, heard: Heard) -> None:
    with pytest.raises(Refused) as refused:
        await client.upload(ACCOUNT, b"no picture at all", PNG)
    assert refused.value.errcode == 40005
    assert refused.value.rid
    assert heard.of(ApiCalled)[-1].outcome == "40005 this kind of file is not allowed"


@pytest.mark.parametrize(
    "kind", [FaultKind.BEFORE, FaultKind.AFTER, FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER, FaultKind.GATEWAY]
)
@pytest.mark.parametrize("call", ["upload", "media", "typing"])
async def test_a_call_that_gives_nobody_anything_is_never_unknown(
    sandbox: Sandbox, heard: Heard, call: str, kind: FaultKind
) -> None:
    sandbox.faults.plan(SimulatedFault(kind, call, times=None))
    async with client_to(sandbox.url, heard, deadline=0.6) as client:
        await client.check(ACCOUNT)
        work = {
            "upload": client.upload(ACCOUNT, torn_box(), PNG),
            "media": client.fetch(ACCOUNT, "M"),
            "typing": client.typing(ACCOUNT, OPENID, on=True),
        }
        for name, unused in work.items():
            if name != call:
                unused.close()
        with pytest.raises(NotSent):
            await work[call]


async def test_a_picture_may_take_longer_than_a_message(sandbox: Sandbox, heard: Heard) -> None:
    sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, "upload", milliseconds=1500))
    async with client_to(sandbox.url, heard, deadline=1.0) as client:
        assert await client.upload(ACCOUNT, torn_box(), PNG)


async def test_an_expired_picture_is_refused_under_http_200(heard: Heard) -> None:
    clock = HandClock()
    sandbox = Sandbox(clock=clock)
    await sandbox.start()
    try:
        async with client_to(sandbox.url, heard) as client:
            media_id = await client.upload(ACCOUNT, torn_box(), PNG)
            clock.now += timedelta(days=3)
            with pytest.raises(Refused) as refused:
                await client.fetch(ACCOUNT, media_id)
    finally:
        await sandbox.stop()
    assert refused.value.errcode == 40007


@pytest.mark.parametrize(
    "body",
    [
        b'{"errcode":40007,"errmsg":"invalid media_id rid: 6650a1b2-1a2b3c4d-5e6f7a8b"}',
        b'\xef\xbb\xbf {"errcode":"40007","errmsg":"invalid media_id"}\n',
    ],
)
@pytest.mark.parametrize("content_type", ["text/plain", "image/jpeg", "application/json"])
async def test_an_error_is_found_by_its_first_byte_whatever_it_is_called(
    heard: Heard, body: bytes, content_type: str
) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, content_type=content_type)

    async with serving(answer) as url, client_to(url, heard) as client:
        with pytest.raises(Refused) as refused:
            await client.fetch(ACCOUNT, "M")
    assert refused.value.errcode == 40007


async def test_json_without_a_code_is_handed_on_as_it_is(heard: Heard) -> None:
    # A video's answer; whoever wants a picture finds that it is none.
    async def answer(request: web.Request) -> web.Response:
        return web.Response(text='{"video_url":"http://example.com/v"}')

    async with serving(answer) as url, client_to(url, heard) as client:
        assert (await client.fetch(ACCOUNT, "M")).startswith(b'{"video_url"')


@pytest.mark.parametrize("announced", [True, False])
async def test_fifty_megabytes_are_not_read(heard: Heard, announced: bool) -> None:
    sent = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        if announced:
            response.content_length = 50 * 1024 * 1024
        await response.prepare(request)
        try:
            for _ in range(50):
                await response.write(bytes(1024 * 1024))
                sent += 1
        except ConnectionError:
            pass
        return response

    async with serving(flood) as url, client_to(url, heard) as client:
        with pytest.raises(BadPicture) as refused:
            await client.fetch(ACCOUNT, "M")
    assert refused.value.reason == TOO_LARGE
    assert sent < 30
    assert heard.of(ApiCalled)[-1].outcome == TOO_LARGE


async def test_what_comes_compressed_is_not_unpacked(heard: Heard) -> None:
    import gzip

    packed = gzip.compress(bytes(60 * 1024 * 1024))

    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    async with serving(answer) as url, client_to(url, heard) as client:
        assert await client.fetch(ACCOUNT, "M") == packed


async def test_a_redirect_is_not_followed(heard: Heard) -> None:
    visited: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        visited.append(str(request.rel_url))
        return web.Response(body=torn_box())

    async with serving(elsewhere) as foreign:

        async def answer(request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{foreign}/cgi-bin/media/get")

        async with serving(answer) as url, client_to(url, heard) as client:
            with pytest.raises(NotSent):
                await client.fetch(ACCOUNT, "M")
    assert visited == []


async def _half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(http_answer(torn_box()[:200], length=len(torn_box())))
    await writer.drain()


async def _empty(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(http_answer(b""))
    await writer.drain()


@pytest.mark.parametrize("act", [_half, _empty])
async def test_half_a_picture_is_refused(heard: Heard, act: Act) -> None:
    async with raw_server(act) as (url, _), client_to(url, heard) as client:
        with pytest.raises(NotSent):
            await client.fetch(ACCOUNT, "M")


async def test_an_upload_whose_answer_names_nothing_may_be_tried_again(heard: Heard) -> None:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text='{"type":"image"}')

    async with serving(answer) as url, client_to(url, heard) as client:
        with pytest.raises(NotSent):
            await client.upload(ACCOUNT, torn_box(), PNG)


@pytest.mark.parametrize("address", ["", "http://127.0.0.1/a.png"])
async def test_a_message_that_names_nothing_has_no_picture(client: WeChatClient, address: str) -> None:
    with pytest.raises(BadPicture) as refused:
        await client.fetch(ACCOUNT, "", address)
    assert refused.value.reason == NO_PICTURE_NAMED
