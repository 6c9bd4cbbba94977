"""Endpoints about the API itself: quotas, failed calls, addresses, callback check."""

from aiohttp import web

from wxdesk.sandbox.api.call import ApiRequest, Endpoint, answer, ok
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.message_checks import parse_body
from wxdesk.sandbox.platform.platform import Platform
from wxdesk.sandbox.push.journal import Journal

_OPERATORS = frozenset({"DEFAULT", "CHINANET", "UNICOM", "CAP"})


class OpenApi:
    """Handlers of these endpoints."""

    def __init__(self, platform: Platform, journal: Journal) -> None:
        self._platform = platform
        self._journal = journal
        self._paths: frozenset[str] = frozenset()

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

    def know(self, paths: frozenset[str]) -> None:
        """Set the paths whose quota can be asked for."""
        self._paths = paths

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
        if path not in self._paths:
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
