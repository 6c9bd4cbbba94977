"""The strings that move the simulated WeChat, over HTTP under /control: JSON in, JSON out.

    POST /control/message       {openid, type: text|image|card, content, …}   a customer writes
    POST /control/enter         {openid, session_from}                        a customer enters the chat
    POST /control/push          {openid, fields}                              any push body
    GET  /control/sent          ?after=N                                      what was accepted for customers
    GET  /control/customers                                                   who wrote, and what is allowed
    POST /control/fault         {kind, call, times, errcode, milliseconds} or {clear: true}
    POST /control/expire_token  {account, how: expire|revoke}
    POST /control/push_url      {account, url, verify}

`account` may be left out wherever there is only one. What is wrong with a request is answered with 400.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from aiohttp import web

from wxdesk.sandbox.customers import TORN_BOX_MEDIA_ID
from wxdesk.sandbox.faults import FOR_PUSHES, Fault, FaultKind
from wxdesk.sandbox.pusher import PushOutcome

if TYPE_CHECKING:
    from wxdesk.sandbox.server import Sandbox


class _Message(msgspec.Struct, frozen=True):
    openid: str
    type: Literal["text", "image", "card"] = "text"
    content: str = ""
    media_id: str = TORN_BOX_MEDIA_ID
    title: str = ""
    page_path: str = ""
    account: str = ""


class _Enter(msgspec.Struct, frozen=True):
    openid: str
    session_from: str = ""
    account: str = ""


class _Push(msgspec.Struct, frozen=True):
    openid: str
    fields: dict[str, str | int]
    account: str = ""


class _Fault(msgspec.Struct, frozen=True):
    kind: FaultKind | None = None
    call: Literal["send", "token", "typing", "upload", "media", "check", "push", "*"] = "send"
    times: int | None = 1
    errcode: int = -1
    milliseconds: int = 0
    clear: bool = False


class _ExpireToken(msgspec.Struct, frozen=True):
    how: Literal["expire", "revoke"] = "expire"
    account: str = ""


class _PushUrl(msgspec.Struct, frozen=True):
    url: str
    verify: bool = False
    account: str = ""


class Control:
    """The handlers under /control."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        return [
            web.post("/control/message", _asked(_Message, self._message)),
            web.post("/control/enter", _asked(_Enter, self._enter)),
            web.post("/control/push", _asked(_Push, self._push)),
            web.post("/control/fault", _asked(_Fault, self._fault)),
            web.post("/control/expire_token", _asked(_ExpireToken, self._expire_token)),
            web.post("/control/push_url", _asked(_PushUrl, self._push_url)),
            web.get("/control/sent", self._sent),
            web.get("/control/customers", self._customers),
        ]

    async def _message(self, asked: _Message) -> dict[str, Any]:
        if asked.type == "image":
            return _told(await self._sandbox.show(asked.openid, asked.media_id, asked.account))
        if asked.type == "card":
            return _told(await self._sandbox.send_card(asked.openid, asked.title, asked.page_path, asked.account))
        return _told(await self._sandbox.say(asked.openid, asked.content, asked.account))

    async def _enter(self, asked: _Enter) -> dict[str, Any]:
        return _told(await self._sandbox.enter(asked.openid, asked.session_from, asked.account))

    async def _push(self, asked: _Push) -> dict[str, Any]:
        return _told(await self._sandbox.push(asked.openid, asked.fields, asked.account))

    async def _fault(self, asked: _Fault) -> dict[str, Any]:
        if asked.clear:
            self._sandbox.faults.clear()
        if asked.kind is not None:
            call = "push" if asked.kind in FOR_PUSHES else asked.call
            fault = Fault(asked.kind, call, asked.times, asked.errcode, asked.milliseconds)
            self._sandbox.faults.plan(fault)
        return {"planned": [asdict(fault) for fault in self._sandbox.faults.planned]}

    async def _expire_token(self, asked: _ExpireToken) -> dict[str, Any]:
        app_id = self._sandbox.platform.program(asked.account).account.app_id
        tokens = self._sandbox.platform.tokens
        (tokens.expire if asked.how == "expire" else tokens.revoke)(app_id)
        return {"ok": True}

    async def _push_url(self, asked: _PushUrl) -> dict[str, Any]:
        if asked.verify:
            before = self._sandbox.platform.program(asked.account).push_url
            self._sandbox.set_push_url(asked.url, asked.account)
            if not await self._sandbox.verify_push_url(asked.account):
                self._sandbox.set_push_url(before, asked.account)
                return {"ok": False}
        self._sandbox.set_push_url(asked.url, asked.account)
        return {"ok": True}

    async def _sent(self, request: web.Request) -> web.Response:
        try:
            after = int(request.query.get("after", "0"))
        except ValueError:
            raise web.HTTPBadRequest(text="after must be a number") from None
        return _json({"sent": [asdict(sent) for sent in self._sandbox.sent if sent.number > after]})

    async def _customers(self, request: web.Request) -> web.Response:
        customers = [
            {"account": account, "openid": openid, "left": allowance.left, "until": allowance.until}
            for account, openid, allowance in self._sandbox.platform.customers()
        ]
        return _json({"customers": customers})


def _asked[T](
    what: type[T], act: Callable[[T], Awaitable[dict[str, Any]]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def serve(request: web.Request) -> web.Response:
        try:
            asked = msgspec.json.decode(await request.read() or b"{}", type=what)
            return _json(await act(asked))
        except msgspec.DecodeError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        except KeyError as error:
            raise web.HTTPBadRequest(text=f"no account {error}") from None

    return serve


def _told(outcome: PushOutcome) -> dict[str, Any]:
    attempts = [asdict(attempt) for attempt in outcome.attempts]
    return {"accepted": outcome.accepted, "answer": outcome.answer, "attempts": attempts}


def _json(answer: dict[str, Any]) -> web.Response:
    return web.Response(body=msgspec.json.encode(answer), content_type="application/json")
