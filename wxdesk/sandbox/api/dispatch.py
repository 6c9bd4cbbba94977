"""Simulated API over HTTP: applies planned faults and limits, records every call."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from email.utils import format_datetime

import msgspec
from aiohttp import web
from msgspec import Struct

from wxdesk.desk.runtime.timers import sleep
from wxdesk.sandbox.api.call import ApiRequest, Endpoint, answer
from wxdesk.sandbox.api.endpoints import CustomerService, OpenApi
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.faults import FaultKind, Faults, SimulatedFault
from wxdesk.sandbox.platform.platform import Platform
from wxdesk.sandbox.push.journal import LONGEST_BODY, CallRecord, Journal

type _Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"

HOLD_SECONDS = 60.0
"""Longest time a call without an answer is kept open, unless the caller gives up."""

_GARBAGE = b"\x1f\x8b\x08 this is not what you asked for"


class _AnsweredCall(Struct):
    """A call with its answer; no `response` means silence, `cut` means half of it."""

    response: web.Response | None
    rid: str = ""
    cut: bool = False


class Api:
    """The handlers under /cgi-bin."""

    def __init__(self, platform: Platform, faults: Faults, journal: Journal) -> None:
        self._platform = platform
        self._faults = faults
        self._journal = journal
        self._closing = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """List all routes with planned faults; others are refused as WeChat does."""
        open_api = OpenApi(self._platform, self._journal)
        endpoints = CustomerService(self._platform).endpoints() + open_api.endpoints()
        open_api.paths = frozenset(endpoint.path for endpoint in endpoints)
        served = [web.route(one.method, one.path, self._serve(one)) for one in endpoints]
        wrong = [web.route("*", one.path, _wrong_method(one)) for one in endpoints]
        return [*served, *wrong, web.route("*", "/cgi-bin/{rest:.*}", _no_such_path)]

    def release(self) -> None:
        """Let go of all calls that are held without an answer."""
        self._closing.set()

    def _serve(self, endpoint: Endpoint) -> _Handler:
        async def serve(request: web.Request) -> web.StreamResponse:
            started, at, number = time.perf_counter(), self._platform.clock(), self._journal.next_call()
            try:
                body = b"" if endpoint.group == "upload" else await request.read()
            except ConnectionResetError:  # the caller left before the request was complete
                return web.Response()
            faults = self._faults.take(endpoint.group)
            outcome = await self._respond(faults, endpoint, ApiRequest(request, body))
            response = outcome.response
            asked = body[:LONGEST_BODY].decode("utf-8", "replace") if endpoint.by_token else ""
            text, status = _text_of(response, endpoint), None if response is None else response.status
            names, elapsed = tuple(fault.kind.value for fault in faults), (time.perf_counter() - started) * 1000
            self._journal.add(CallRecord(
                number, at, endpoint.method, endpoint.path, self._caller_of(request), asked, text, status,
                _errcode_in(text), outcome.rid, elapsed, names, request.remote or "",
            ))  # fmt: skip
            if response is not None:
                response.headers["Date"] = format_datetime(self._platform.clock(), usegmt=True)
            return await _send_response(request, outcome)

        return serve

    async def _respond(self, faults: tuple[SimulatedFault, ...], endpoint: Endpoint, call: ApiRequest) -> _AnsweredCall:
        for fault in faults:
            if fault.kind is FaultKind.LATENCY:
                await sleep(fault.milliseconds / 1000, self._closing)
        ending = next((fault for fault in faults if fault.kind is not FaultKind.LATENCY), None)
        if ending is None:
            return await self._do(endpoint, call)
        return await self._go_wrong(ending, endpoint, call)

    async def _do(self, endpoint: Endpoint, call: ApiRequest) -> _AnsweredCall:
        try:
            if endpoint.by_token:
                program = self._platform.caller(call.request.query.get("access_token", ""))
                self._platform.meter.count(program.account.app_id, endpoint.path, program.settings)
                call = ApiRequest(call.request, call.body, program)
            return _AnsweredCall(await endpoint.act(call))
        except ApiRefusal as refusal:
            return _AnsweredCall(answer(refusal.as_answer()), refusal.rid)

    async def _go_wrong(self, fault: SimulatedFault, endpoint: Endpoint, call: ApiRequest) -> _AnsweredCall:
        done = await self._do(endpoint, call) if fault.delivered or fault.kind in _AFTER else _AnsweredCall(None)
        match fault.kind:
            case FaultKind.ERRCODE:
                refusal = ApiRefusal(fault.errcode, fault.text)
                return _AnsweredCall(answer(refusal.as_answer()), refusal.rid)
            case FaultKind.GATEWAY | FaultKind.GATEWAY_TIMEOUT:
                return _AnsweredCall(_gateway_page(fault.kind))
            case FaultKind.GARBAGE:
                return _AnsweredCall(web.Response(body=_GARBAGE, content_type="text/plain"))
            case FaultKind.TRUNCATED:
                return _AnsweredCall(done.response, done.rid, cut=True)
            case FaultKind.BEFORE | FaultKind.AFTER:
                await sleep(fault.milliseconds / 1000 or HOLD_SECONDS, self._closing)
        return _AnsweredCall(None)

    def _caller_of(self, request: web.Request) -> str:
        try:
            return self._platform.caller(request.query.get("access_token", "")).account.name
        except ApiRefusal:
            return ""


_AFTER = frozenset({FaultKind.AFTER, FaultKind.RESET_AFTER, FaultKind.GARBAGE, FaultKind.TRUNCATED})


def _gateway_page(kind: FaultKind) -> web.Response:
    status, words = (502, "502 Bad Gateway") if kind is FaultKind.GATEWAY else (504, "504 Gateway Time-out")
    return web.Response(status=status, text=_PAGE.format(words), content_type="text/html")


async def _send_response(request: web.Request, outcome: _AnsweredCall) -> web.StreamResponse:
    """Send the answer whole, by half, or not at all, which resets the connection."""
    whole = outcome.response
    if whole is None:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()
    if not outcome.cut:
        return whole
    body = whole.body if isinstance(whole.body, bytes) else b""
    half = web.StreamResponse(headers={**whole.headers, "Content-Length": str(len(body))})
    with contextlib.suppress(ConnectionResetError):  # the caller may have left by now
        await half.prepare(request)
        await half.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.close()
    return half


def _text_of(response: web.Response | None, endpoint: Endpoint) -> str:
    if response is None or not isinstance(response.body, bytes):
        return ""
    if not endpoint.by_token and b"access_token" in response.body:
        return "{access_token, expires_in}"
    if response.content_type.startswith("image/"):
        return f"({response.content_type}, {len(response.body)} bytes)"
    return response.body[:LONGEST_BODY].decode("utf-8", "replace")


def _errcode_in(text: str) -> int | None:
    try:
        found = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
    code = found.get("errcode", 0) if isinstance(found, dict) else None
    return code if isinstance(code, int) else None


def _wrong_method(endpoint: Endpoint) -> _Handler:
    async def refuse(request: web.Request) -> web.Response:
        return answer(ApiRefusal(43002 if endpoint.method == "POST" else 43001).as_answer())

    return refuse


async def _no_such_path(request: web.Request) -> web.Response:
    return answer(ApiRefusal(40066).as_answer())
