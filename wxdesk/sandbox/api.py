"""WeChat's API over HTTP, as far as customer service needs it, with WeChat's own shapes.

Every answer has HTTP status 200 and Content-Type text/plain, also an error; only a picture comes as itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import BodyPartReader, web

from wxdesk.sandbox.faults import Fault, FaultKind, Faults
from wxdesk.sandbox.platform import MiniProgram, Platform, parse_body
from wxdesk.sandbox.refusal import Refusal

type _Act = Callable[[web.Request], Awaitable[web.Response]]

GATEWAY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"

HOLD_SECONDS = 60.0
"""How long a call that shall get no answer is kept waiting, if the caller does not give up before."""


class Api:
    """The handlers under /cgi-bin."""

    def __init__(self, platform: Platform, faults: Faults) -> None:
        self._platform = platform
        self._faults = faults
        self._closing = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """All of them, each behind the planned faults."""
        table: tuple[tuple[str, str, str, _Act], ...] = (
            ("GET", "/token", "token", self._token),
            ("POST", "/stable_token", "token", self._stable_token),
            ("POST", "/message/custom/send", "send", self._send),
            ("POST", "/message/custom/typing", "typing", self._typing),
            ("POST", "/message/custom/business/typing", "typing", self._typing),
            ("POST", "/media/upload", "upload", self._upload),
            ("GET", "/media/get", "media", self._media),
            ("POST", "/callback/check", "check", self._callback_check),
            ("GET", "/getcallbackip", "check", self._callback_ip),
        )
        served = [
            web.route(method, "/cgi-bin" + path, self._with_faults(call, act)) for method, path, call, act in table
        ]
        wrong = [web.route("*", "/cgi-bin" + path, _requires_post) for method, path, _, _ in table if method == "POST"]
        return served + wrong

    def release(self) -> None:
        """Let go of all calls that wait for an answer they shall not get."""
        self._closing.set()

    def _with_faults(self, call: str, act: _Act) -> _Act:
        async def serve(request: web.Request) -> web.Response:
            try:
                await request.read() if call != "upload" else None
            except ConnectionResetError:  # the caller was gone before he had finished
                return web.Response()
            fault = self._faults.take(call)
            if fault is None:
                return await _answered(act, request)
            return await self._go_wrong(fault, act, request)

        return serve

    async def _go_wrong(self, fault: Fault, act: _Act, request: web.Request) -> web.Response:
        match fault.kind:
            case FaultKind.ERRCODE:
                return _json(Refusal(fault.errcode).as_answer())
            case FaultKind.GATEWAY:
                return web.Response(status=502, text=GATEWAY_PAGE, content_type="text/html")
            case FaultKind.LATENCY:
                await self._hold(fault.milliseconds / 1000)
                return await _answered(act, request)
            case _:
                answer = web.Response()
                if fault.kind in (FaultKind.AFTER, FaultKind.RESET_AFTER):
                    answer = await _answered(act, request)
                if fault.kind in (FaultKind.BEFORE, FaultKind.AFTER):
                    await self._hold(fault.milliseconds / 1000 or HOLD_SECONDS)
                if request.transport is not None:
                    request.transport.abort()
                return answer

    async def _hold(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    def _caller(self, request: web.Request) -> MiniProgram:
        return self._platform.caller(request.query.get("access_token", ""))

    async def _token(self, request: web.Request) -> web.Response:
        token, seconds = self._platform.grant_token(dict(request.query), stable=False)
        return _json({"access_token": token, "expires_in": seconds})

    async def _stable_token(self, request: web.Request) -> web.Response:
        token, seconds = self._platform.grant_token(parse_body(await request.read()), stable=True)
        return _json({"access_token": token, "expires_in": seconds})

    async def _send(self, request: web.Request) -> web.Response:
        self._platform.send(self._caller(request), await request.read())
        return _json({"errcode": 0, "errmsg": "ok"})

    async def _typing(self, request: web.Request) -> web.Response:
        self._platform.type(self._caller(request), await request.read())
        return _json({"errcode": 0, "errmsg": "ok"})

    async def _upload(self, request: web.Request) -> web.Response:
        self._caller(request)
        if request.query.get("type") != "image":
            raise Refusal(40004)
        medium = self._platform.media.put(await _part_named_media(request))
        created_at = int(medium.created_at.timestamp())
        return _json({"type": "image", "media_id": medium.media_id, "created_at": created_at})

    async def _media(self, request: web.Request) -> web.Response:
        self._caller(request)
        medium = self._platform.media.get(request.query.get("media_id", ""))
        name = f"{medium.media_id[:16]}.{medium.content_type.rpartition('/')[2]}"
        disposition = {"Content-disposition": f'attachment; filename="{name}"'}
        return web.Response(body=medium.data, content_type=medium.content_type, headers=disposition)

    async def _callback_check(self, request: web.Request) -> web.Response:
        self._caller(request)
        asked = parse_body(await request.read()).get("action", "all")
        ping = [{"ip": "127.0.0.1", "from_operator": "DEFAULT", "package_loss": "0%", "time": "0.100ms"}]
        dns = [{"ip": "127.0.0.1", "real_operator": "DEFAULT"}]
        parts = {"dns": dns if asked in ("all", "dns") else [], "ping": ping if asked in ("all", "ping") else []}
        return _json(dict(parts))

    async def _callback_ip(self, request: web.Request) -> web.Response:
        self._caller(request)
        return _json({"ip_list": ["127.0.0.1"]})


async def _answered(act: _Act, request: web.Request) -> web.Response:
    try:
        return await act(request)
    except Refusal as refusal:
        return _json(refusal.as_answer())


async def _requires_post(request: web.Request) -> web.Response:
    return _json(Refusal(43002).as_answer())


async def _part_named_media(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        raise Refusal(41005)
    parts = await request.multipart()
    while (part := await parts.next()) is not None:
        if isinstance(part, BodyPartReader) and part.name == "media":
            return bytes(await part.read())
    raise Refusal(41005)


def _json(answer: dict[str, object]) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), content_type="text/plain")
