"""Endpoints of the simulated API: those that answer customers, and those about it."""

from aiohttp import BodyPartReader, http_exceptions, web

from wxdesk.sandbox.api.call import Act, ApiRequest, Endpoint, answer, ok
from wxdesk.sandbox.platform import program as paths
from wxdesk.sandbox.platform.contacts import KfState
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.media import LARGEST_FILE
from wxdesk.sandbox.platform.message_checks import parse_body
from wxdesk.sandbox.platform.platform import Platform
from wxdesk.sandbox.push.journal import Journal

_TYPING = "/cgi-bin/message/custom/typing"
_BUSINESS = "/cgi-bin/message/custom/business"


class CustomerService:
    """Endpoints needed to answer customers: tokens, messages, typing, media."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def endpoints(self) -> tuple[Endpoint, ...]:
        """List all endpoints."""
        return (
            Endpoint("GET", paths.TOKEN, "token", self._token, by_token=False),
            Endpoint("POST", paths.STABLE_TOKEN, "token", self._stable_token, by_token=False),
            Endpoint("POST", paths.SEND, "send", self._send),
            Endpoint("POST", f"{_BUSINESS}/send", "send", _with_business_id(self._send)),
            Endpoint("POST", _TYPING, "typing", self._typing),
            Endpoint("POST", f"{_BUSINESS}/typing", "typing", _with_business_id(self._typing)),
            Endpoint("POST", paths.UPLOAD, "upload", self._upload),
            Endpoint("GET", "/cgi-bin/media/get", "media", self._media),
            Endpoint("GET", "/cgi-bin/customservice/getkflist", "kf", self._agents),
            Endpoint("GET", "/cgi-bin/customservice/getonlinekflist", "kf", self._agents_online),
        )

    async def _token(self, call: ApiRequest) -> web.Response:
        return self._grant(call, dict(call.request.query), stable=False)

    async def _stable_token(self, call: ApiRequest) -> web.Response:
        return self._grant(call, parse_body(call.body), stable=True)

    def _grant(self, call: ApiRequest, fields: dict[str, object], *, stable: bool) -> web.Response:
        program = next((one for one in self._platform.programs if one.account.app_id == fields.get("appid")), None)
        if program is not None:
            path = paths.STABLE_TOKEN if stable else paths.TOKEN
            self._platform.meter.count(program.account.app_id, path, program.settings)
        token, seconds = self._platform.grant_token(fields, stable=stable, address=call.address)
        return answer({"access_token": token, "expires_in": seconds})

    async def _send(self, call: ApiRequest) -> web.Response:
        self._platform.send(call.caller, call.body)
        return ok()

    async def _typing(self, call: ApiRequest) -> web.Response:
        self._platform.type(call.caller, call.body)
        return ok()

    async def _upload(self, call: ApiRequest) -> web.Response:
        if call.request.query.get("type") != "image":
            raise ApiRefusal(40004)
        data = await _part_named_media(call.request)
        medium = self._platform.media.put(data, app_id=call.caller.account.app_id)
        created_at = int(medium.created_at.timestamp())
        return answer({"type": "image", "media_id": medium.media_id, "created_at": created_at})

    async def _media(self, call: ApiRequest) -> web.Response:
        medium = self._platform.media.get(call.request.query.get("media_id", ""), call.caller.account.app_id)
        name = f"{medium.media_id[:16]}.{medium.content_type.rpartition('/')[2]}"
        disposition = {"Content-disposition": f'attachment; filename="{name}"'}
        return web.Response(body=medium.data, content_type=medium.content_type, headers=disposition)

    async def _agents(self, call: ApiRequest) -> web.Response:
        agent = call.caller.settings.kf_account
        listed = {"kf_account": agent, "kf_nick": agent.partition("@")[0], "kf_id": "2001", "kf_headimgurl": ""}
        return answer({"kf_list": [listed]})

    async def _agents_online(self, call: ApiRequest) -> web.Response:
        program, now = call.caller, self._platform.clock()
        mine = [contact for account, contact in self._platform.contacts() if account == program.account.name]
        serving = sum(contact.session.state(now) is KfState.OPEN for contact in mine)
        agent = {"kf_account": program.settings.kf_account, "status": 1, "kf_id": "2001", "accepted_case": serving}
        return answer({"kf_online_list": [agent]})


def _with_business_id(act: Act) -> Act:
    """Refuse a call to a `business/` path (for sub-merchants) without businessid."""

    async def checked(call: ApiRequest) -> web.Response:
        if call.caller.settings.business_needs_id and not parse_body(call.body).get("businessid"):
            raise ApiRefusal(40101)
        return await act(call)

    return checked


async def _part_named_media(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        raise ApiRefusal(41005)
    try:
        parts = await request.multipart()
        while (part := await parts.next()) is not None:
            if isinstance(part, BodyPartReader) and part.name == "media" and part.filename:
                return await _read(part)
    except (ValueError, http_exceptions.HttpProcessingError):  # no boundary, or a part that is none
        raise ApiRefusal(41005) from None
    raise ApiRefusal(41005)


async def _read(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk(65536):
        data += chunk
        if len(data) > LARGEST_FILE:
            raise ApiRefusal(45001)
    return bytes(data)


_OPERATORS = frozenset({"DEFAULT", "CHINANET", "UNICOM", "CAP"})


class OpenApi:
    """Endpoints about the API itself: quotas, failed calls, addresses, callback check."""

    def __init__(self, platform: Platform, journal: Journal) -> None:
        self._platform = platform
        self._journal = journal
        self.paths: frozenset[str] = frozenset()
        """Paths whose quota can be asked for."""

    def endpoints(self) -> tuple[Endpoint, ...]:
        """List all endpoints."""
        return (
            Endpoint("POST", "/cgi-bin/clear_quota", "openapi", self._clear_quota),
            Endpoint("POST", "/cgi-bin/clear_quota/v2", "openapi", self._clear_by_secret, by_token=False),
            Endpoint("POST", "/cgi-bin/openapi/quota/get", "openapi", self._quota),
            Endpoint("POST", "/cgi-bin/openapi/rid/get", "openapi", self._rid),
            Endpoint("GET", "/cgi-bin/getcallbackip", "check", self._addresses),
            Endpoint("GET", "/cgi-bin/get_api_domain_ip", "check", self._addresses),
            Endpoint("POST", "/cgi-bin/callback/check", "check", self._callback_check),
        )

    async def _clear_quota(self, call: ApiRequest) -> web.Response:
        if parse_body(call.body).get("appid") != call.caller.account.app_id:
            raise ApiRefusal(40013)
        self._platform.meter.clear(call.caller.account.app_id)
        return ok()

    async def _clear_by_secret(self, call: ApiRequest) -> web.Response:
        fields = dict(call.request.query) | (parse_body(call.body) if call.body.strip() else {})
        program = self._platform.holder(fields.get("appid"), fields.get("appsecret"), call.address)
        self._platform.meter.clear(program.account.app_id)
        return ok()

    async def _quota(self, call: ApiRequest) -> web.Response:
        path = parse_body(call.body).get("cgi_path")
        if not isinstance(path, str) or not path.startswith("/"):
            raise ApiRefusal(76003, "cgi_path is invalid")
        if path not in self.paths:
            raise ApiRefusal(76021)
        app_id, settings, meter = call.caller.account.app_id, call.caller.settings, self._platform.meter
        limit, used = settings.daily_limit(path), meter.used(app_id, path)
        quota = {"daily_limit": limit, "used": used, "remain": max(0, limit - used)}
        by_minute = {"call_count": settings.minutely.get(path, 0), "refresh_second": 60}
        return ok(quota=quota, rate_limit=by_minute)

    async def _rid(self, call: ApiRequest) -> web.Response:
        rid = parse_body(call.body).get("rid")
        found = self._journal.find(str(rid), call.caller.account.name, self._platform.clock())
        request = {
            "invoke_time": int(found.at.timestamp()),
            "cost_in_ms": round(found.milliseconds),
            "request_url": "access_token=***",
            "request_body": found.asked,
            "response_body": found.answer,
            "client_ip": found.caller,
        }
        return ok(request=request)

    async def _addresses(self, call: ApiRequest) -> web.Response:
        return answer({"ip_list": ["127.0.0.1"]})

    async def _callback_check(self, call: ApiRequest) -> web.Response:
        asked = parse_body(call.body)
        action, operator = asked.get("action", "all"), asked.get("check_operator", "DEFAULT")
        if action not in ("all", "dns", "ping"):
            raise ApiRefusal(40202)
        if operator not in _OPERATORS:
            raise ApiRefusal(40203)
        if not call.caller.push_url:
            raise ApiRefusal(40201)
        ping = [{"ip": "127.0.0.1", "from_operator": operator, "package_loss": "0%", "time": "0.100ms"}]
        dns = [{"ip": "127.0.0.1", "real_operator": operator}]
        return answer({"dns": [] if action == "ping" else dns, "ping": [] if action == "dns" else ping})
