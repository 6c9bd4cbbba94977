"""Control API of the simulated WeChat under /control: JSON in, JSON out.

    GET  /control                                                             a page for people
    GET  /control/state                                                       everything at a glance
    GET  /control/chat          ?openid=…                                     the chat on a customer's phone
    GET  /control/sent          ?after=N                                      messages to customers
    GET  /control/calls         ?after=N                                      the last API calls
    GET  /control/pushes        ?after=N                                      the last pushes
    GET  /control/customers                                                   customers and their limits
    POST /control/message       {openid, type: text|image|card, content, …}   a customer writes
    POST /control/picture       ?openid=…, a PNG, JPEG or GIF as the body     a customer sends this picture
    POST /control/enter         {openid, session_from}                        a customer enters the chat
    POST /control/push          {openid, fields}                              any push body
    POST /control/customer      {openid, blocked, refuses}                    black list, refusal
    POST /control/tool          {openid, do: accept|close|say, content}       WeChat's own service tool
    POST /control/fault         {kind, call, times, …} or {clear} or {remove} see `platform.faults`
    POST /control/expire_token  {how: expire|revoke}
    POST /control/push_url      {url, verify}
    POST /control/clock         {forward}                                     seconds pass at once
    POST /control/settings      {settings: {name: value, …}}                  see `platform.program`
    POST /control/script        {steps: [{do, after, …}, …]}                  orders one after the other

`account` may be left out where there is only one. A wrong request is answered with 400.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from msgspec.structs import asdict

from wxdesk.paths import resource
from wxdesk.sandbox.control import orders, view
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.program import ProgramSettings
from wxdesk.sandbox.simulated_wechat import SimulatedWeChat

type _Data = dict[str, Any]

# Nothing but these three files and calls to the sandbox itself, so nothing that a customer or a back end wrote can
# load or run anything.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class BadOrder(Exception):
    """An invalid order; its text says why."""


class Control:
    """Carries out orders and shows the sandbox's state."""

    def __init__(self, sandbox: SimulatedWeChat) -> None:
        self._sandbox = sandbox
        self._orders: Mapping[str, tuple[type[orders.Order], Callable[[Any], Awaitable[_Data]]]] = {
            "message": (orders.MessageOrder, self._message),
            "enter": (orders.EnterOrder, self._enter),
            "push": (orders.PushOrder, self._push),
            "customer": (orders.CustomerOrder, self._customer),
            "tool": (orders.ToolOrder, self._tool),
            "fault": (orders.FaultOrder, self._fault),
            "expire_token": (orders.ExpireTokenOrder, self._expire_token),
            "push_url": (orders.PushUrlOrder, self._push_url),
            "clock": (orders.ClockOrder, self._clock),
            "settings": (orders.SettingsOrder, self._settings),
            "script": (orders.ScriptOrder, self._script),
        }

    def routes(self) -> list[web.RouteDef]:
        """List all routes."""
        return [
            web.get("/control", _file("control.html", "text/html")),
            web.get("/control/control.css", _file("control.css", "text/css")),
            web.get("/control/control.js", _file("control.js", "text/javascript")),
            *(web.post(f"/control/{name}", self._ordered(name)) for name in self._orders),
            web.post("/control/picture", self._picture),
            web.get("/control/state", self._state),
            web.get("/control/chat", self._chat),
            web.get("/control/sent", _since("sent", self._sandbox.platform.sent, asdict)),
            web.get("/control/calls", _since("calls", self._sandbox.journal.calls, asdict)),
            web.get("/control/pushes", _since("pushes", self._sandbox.journal.pushes, view.push)),
            web.get("/control/customers", self._customers),
        ]

    async def carry_out(self, name: str, raw: Mapping[str, Any]) -> _Data:
        """Carry out the order `name` with its fields; raises `BadOrder`."""
        if name not in self._orders:
            raise BadOrder(f"no order {name!r}")
        kind, act = self._orders[name]
        try:
            return await act(msgspec.convert(raw, kind))
        except (msgspec.ValidationError, ValueError, OverflowError, ApiRefusal) as error:
            raise BadOrder(str(error)) from None
        except KeyError as error:
            raise BadOrder(f"no account {error}") from None

    def _ordered(self, name: str) -> Handler:
        async def serve(request: web.Request) -> web.Response:
            try:
                raw = msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])
                return _json(await self.carry_out(name, raw))
            except (msgspec.DecodeError, RecursionError, BadOrder) as error:
                raise web.HTTPBadRequest(text=str(error)) from None

        return serve

    async def _message(self, asked: orders.MessageOrder) -> _Data:
        if asked.type == "image":
            push = self._sandbox.show(asked.openid, asked.media_id, asked.account)
        elif asked.type == "card":
            push = self._sandbox.send_card(asked.openid, asked.title, asked.page_path, asked.account)
        else:
            push = self._sandbox.say(asked.openid, asked.content, asked.account)
        return view.push_outcome(await push)

    async def _picture(self, request: web.Request) -> web.Response:
        try:
            openid, account = request.query["openid"], request.query.get("account", "")
            return _json(view.push_outcome(await self._sandbox.send_own_picture(openid, await request.read(), account)))
        except (KeyError, ApiRefusal) as error:
            raise web.HTTPBadRequest(text=str(error)) from None

    async def _enter(self, asked: orders.EnterOrder) -> _Data:
        return view.push_outcome(await self._sandbox.enter(asked.openid, asked.session_from, asked.account))

    async def _push(self, asked: orders.PushOrder) -> _Data:
        return view.push_outcome(await self._sandbox.push(asked.openid, asked.fields, asked.account))

    async def _customer(self, asked: orders.CustomerOrder) -> _Data:
        program = self._sandbox.platform.program(asked.account)
        contact = self._sandbox.platform.contact(program, asked.openid)
        contact.blocked = contact.blocked if asked.blocked is None else asked.blocked
        contact.refuses = contact.refuses if asked.refuses is None else asked.refuses
        self._sandbox.on_change()
        return view.customer(program.account.name, contact, self._sandbox.platform)

    async def _tool(self, asked: orders.ToolOrder) -> _Data:
        program = self._sandbox.platform.program(asked.account)
        if asked.do == "say":
            self._sandbox.say_from_tool(asked.openid, asked.content, asked.account)
            return {"ok": True}
        act = self._sandbox.dispatcher.accept if asked.do == "accept" else self._sandbox.dispatcher.end
        return {"ok": act(program, asked.openid)}

    async def _fault(self, asked: orders.FaultOrder) -> _Data:
        planned: _Data = {}
        if asked.clear:
            self._sandbox.faults.clear()
        if asked.remove is not None:
            self._sandbox.faults.take_back(asked.remove)
        if asked.kind is not None:
            planned["id"] = self._sandbox.faults.plan(asked.as_fault(asked.kind))
        self._sandbox.on_change()
        return planned | {"planned": view.faults(self._sandbox)}

    async def _expire_token(self, asked: orders.ExpireTokenOrder) -> _Data:
        app_id = self._sandbox.platform.program(asked.account).account.app_id
        tokens = self._sandbox.platform.tokens
        (tokens.expire if asked.how == "expire" else tokens.revoke)(app_id)
        return {"ok": True}

    async def _push_url(self, asked: orders.PushUrlOrder) -> _Data:
        before = self._sandbox.platform.program(asked.account).push_url
        self._sandbox.set_push_url(asked.url, asked.account)
        if asked.verify and not await self._sandbox.verify_push_url(asked.account):
            self._sandbox.set_push_url(before, asked.account)
            return {"ok": False}
        return {"ok": True}

    async def _clock(self, asked: orders.ClockOrder) -> _Data:
        self._sandbox.forward(asked.forward)
        return {"now": self._sandbox.clock()}

    async def _settings(self, asked: orders.SettingsOrder) -> _Data:
        unknown = asked.settings.keys() - set(ProgramSettings.__struct_fields__)
        if unknown:
            raise BadOrder(f"no setting {', '.join(sorted(unknown))}")
        program = self._sandbox.platform.program(asked.account)
        settings = msgspec.convert(asdict(program.settings) | asked.settings, ProgramSettings)
        self._sandbox.platform.change(asked.account, settings=settings)
        return {"settings": asdict(settings)}

    async def _script(self, asked: orders.ScriptOrder) -> _Data:
        results = []
        for step in asked.steps:
            given = dict(step)
            name = str(given.pop("do", ""))
            await asyncio.sleep(msgspec.convert(given.pop("after", 0), orders.Seconds))
            results.append(await self.carry_out(name, given))
        return {"told": results}

    async def _state(self, request: web.Request) -> web.Response:
        return _json(view.state(self._sandbox))

    async def _chat(self, request: web.Request) -> web.Response:
        try:
            program = self._sandbox.platform.program(request.query.get("account", ""))
        except KeyError as error:
            raise web.HTTPBadRequest(text=f"no account {error}") from None
        openid = request.query.get("openid", "")
        known = {(account, one.openid): one for account, one in self._sandbox.platform.contacts()}
        contact = known.get((program.account.name, openid))
        if contact is None:
            raise web.HTTPBadRequest(text=f"no customer {openid!r}")
        shown = view.customer(program.account.name, contact, self._sandbox.platform)
        return _json({"customer": shown, "chat": [asdict(line) for line in contact.lines]})

    async def _customers(self, request: web.Request) -> web.Response:
        return _json({"customers": view.customers(self._sandbox.platform)})


def _file(name: str, content_type: str) -> Handler:
    text = resource("sandbox", name).read_text(encoding="utf-8")

    async def serve(request: web.Request) -> web.Response:
        return web.Response(text=text, content_type=content_type, charset="utf-8", headers=_HEADERS)

    return serve


def _since(name: str, records: Iterable[Any], describe: Callable[[Any], _Data]) -> Handler:
    async def serve(request: web.Request) -> web.Response:
        try:
            after = int(request.query.get("after", "0"))
        except ValueError:
            raise web.HTTPBadRequest(text="after must be a number") from None
        return _json({name: [describe(one) for one in records if one.number > after]})

    return serve


def _json(data: _Data) -> web.Response:
    return web.Response(body=msgspec.json.encode(data), content_type="application/json")
